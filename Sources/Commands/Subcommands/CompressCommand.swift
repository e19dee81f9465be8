import ArgumentParser
import Settings

struct CompressCommand: TrainingCommand {
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
  @OptionGroup(title: "Output") var output: JobOutputOptions

  var request: JobRequest { profile.request(.compress, [training, common], output.style) }
}
