import ArgumentParser
import Sessions

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    _superCommandName: "qkd-run",
    abstract: "Evaluate a model on a stream of samples (the default).",
    discussion: """
      Prints the memory plan, then accuracy with its 95 % Wilson interval, throughput, latency of a batch, heap \
      allocations after the seal, and peak memory beside the budget.

      EXAMPLES:
        qkd-run --profile small-device
        qkd-run --profile small-device --samples 10000 --format json
        qkd-run --model student.safetensors --memory "16 MiB"
        qkd-run --model student.safetensors --input states.npy --labels labels.npy
        qkd-run --model student.safetensors --input states.npy --predictions p.csv
        zcat rows.gz | qkd-run --model s.safetensors --input - --encoder amplitude
      """)

  @OptionGroup(title: "Profile") var profile: ProfileOptions
  @OptionGroup(title: "Settings") var evaluation: EvaluationOptions
  @OptionGroup(title: "Settings") var compressor: CompressorOptions
  @OptionGroup(title: "Settings") var common: CommonOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  mutating func validate() throws { try profile.check(.evaluate, [evaluation, compressor, common]) }

  mutating func run() throws {
    let (profile, options, output) = (profile, [evaluation, compressor, common] as [any SettingOptions], output)
    try output.perform { () throws(CommandError) in
      let settings = try profile.resolve(.evaluate, options).settings
      try settings.checkRequirements(.evaluate)
      let report = try job(settings.host) { () throws(SessionError) in
        try Session.evaluate(settings, progress: output.progress)
      }
      try output.print(
        text: { report.text(arenaBudgetBytes: settings.host.arenaBytes) }, json: { report.json },
        isInFile: report.predictionsPath != nil)
      try report.facts.checkPeak()
      if let gate = report.gate, !gate.passed {
        throw .gateNotMet(lower: report.accuracy?.interval.lower, minimum: gate.minimumAccuracy)
      }
    }
  }
}
