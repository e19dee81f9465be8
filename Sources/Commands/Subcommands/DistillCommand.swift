import ArgumentParser
import Sessions

struct DistillCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "distill",
    abstract: "Distil a student from a teacher and write it as a model file.",
    discussion: """
      The student is the circuit of the profile's [model] section; the teacher comes with its own conventions. The \
      file appears when training is complete, or not at all.

      EXAMPLES:
        qkd-run distill --profile small-device
        qkd-run distill --profile small-device --seed 7 --output s7.safetensors
        qkd-run distill --teacher t.safetensors --output s.safetensors --batch 32
      """)

  @OptionGroup(title: "Profile") var profile: ProfileOptions
  @OptionGroup(title: "Settings") var distillation: DistillationOptions
  @OptionGroup(title: "Settings") var training: TrainingOptions
  @OptionGroup(title: "Settings") var compressor: CompressorOptions
  @OptionGroup(title: "Settings") var common: CommonOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  mutating func validate() throws { try profile.check(.distill, [distillation, training, compressor, common]) }

  mutating func run() throws {
    let (profile, output) = (profile, output)
    let options: [any SettingOptions] = [distillation, training, compressor, common]
    try output.perform { () throws(CommandError) in
      let settings = try profile.resolve(.distill, options).settings
      try settings.checkRequirements(.distill)
      let report = try session { () throws(SessionError) in
        try Session.distill(settings, progress: output.progress)
      }
      try output.print(
        text: { report.text(arenaBudgetBytes: settings.host.arenaBytes) }, json: { report.json }, isInFile: true)
      try report.facts.checkPeak()
    }
  }
}
