import ArgumentParser
import Sessions
import Settings

struct CompressCommand: JobCommand {
  static let configuration = CommandConfiguration(
    commandName: "compress",
    _superCommandName: "qkd-run",
    abstract: "Train an autoencoder on ground states and write it as a file.",
    discussion: """
      It keeps the lowest compression.latent of model.qubits qubits. The report has the fidelity of decoded unseen \
      states, and the bound that their spectrum sets. The file appears when training is complete, or not at all.

      EXAMPLES:
        qkd-run compress --profile autoencoder
        qkd-run compress --output ae.safetensors --set compression.layers=8
        qkd-run compress --output ae.safetensors --set compression.pairs=ring
      """)

  @OptionGroup(title: "Profile") var profile: ProfileOptions
  @OptionGroup(title: "Settings") var training: TrainingOptions
  @OptionGroup(title: "Settings") var common: CommonOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  var request: JobRequest { profile.request(.compress, [training, common], output) }

  static func run(_ request: JobRequest) throws(CommandError) {
    let (settings, output) = (try request.resolve().settings, request.style)
    try settings.checkRequirements(.compress)
    if try isFinished(.compress, settings, output) { return }
    var failure: CommandError?
    _ = try job(settings.host) { () throws(SessionError) in
      try Session.compress(settings, progress: output.progress) { report in
        failure = output.failure(
          text: { report.text }, json: { report.json }, isInFile: true)
        return failure == nil
      }
    }
    if let failure { throw failure }
  }
}
