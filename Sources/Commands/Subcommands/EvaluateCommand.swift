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
  @OptionGroup(title: "Settings") var shard: ShardOptions
  @OptionGroup(title: "Settings") var common: CommonOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  mutating func validate() throws { try profile.check(.evaluate, [evaluation, compressor, shard, common]) }

  mutating func run() throws {
    let (profile, options, output) = (profile, [evaluation, compressor, shard, common] as [any SettingOptions], output)
    try output.perform { () throws(CommandError) in
      let whole = try profile.resolve(.evaluate, options).settings
      let settings = try whole.ofPart(.evaluate)
      try settings.checkRequirements(.evaluate)
      let report = try job(settings.host) { () throws(SessionError) in
        try Session.evaluate(settings, progress: output.progress)
      }
      // The predictions come first: with its own file a part is complete.
      if let shard = settings.host.shard, let path = whole.partPath(.evaluate) {
        try EvaluationParts.write(report, settings, shard, to: path)
      }
      try output.print(
        text: { report.text(arenaBudgetBytes: settings.host.arenaBytes) }, json: { report.json },
        isInFile: report.predictionsPath != nil)
      try report.facts.checkPeak()
      // A gate is for the whole: merge looks at it.
      if settings.host.shard == nil, let gate = report.gate, !gate.passed {
        throw .gateNotMet(lower: report.accuracy?.interval.lower, minimum: gate.minimumAccuracy)
      }
    }
  }
}
