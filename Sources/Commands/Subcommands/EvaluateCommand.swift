import ArgumentParser
import Batches
import Evaluation
import Reports
import Sessions
import Settings

struct EvaluateCommand: JobCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    _superCommandName: "qkd-run",
    abstract: "Evaluate a model on a stream of samples, or on each file of a spool (the default).",
    discussion: """
      Prints accuracy with its 95 % Wilson interval, throughput, latency of a batch, heap allocations after the seal, \
      and the RAM that was held beside plan and budget (qkd-run plan shows the plan).

      With spool.inbox every file of a folder is evaluated once: NPY, IDX, text, or NDJSON with labels; labels of \
      others lie beside them as NAME.labels, targets of a regression as NAME.targets. Results are NAME.csv (or \
      .ndjson, .npy) and NAME.json in spool.results, and a line in metrics.ndjson (qkd-run history shows them). Files \
      that cannot be evaluated are set aside with the reason, exit code 3. Nothing is printed where all went well and \
      nobody watches.

      EXAMPLES:
        qkd-run --profile small-device
        qkd-run --profile small-device --samples 10000 --format json
        qkd-run --model student.safetensors --memory "16 MiB"
        qkd-run --model student.safetensors --input states.npy --labels labels.npy
        qkd-run --model student.safetensors --input states.npy --predictions p.csv
        qkd-run --model student.safetensors --inbox in --results out --done done
        zcat rows.gz | qkd-run --model s.safetensors --input - --encoder amplitude
      """)

  @OptionGroup(title: "Profile") var profile: ProfileOptions
  @OptionGroup(title: "Settings") var evaluation: EvaluationOptions
  @OptionGroup(title: "Settings") var device: DeviceOptions
  @OptionGroup(title: "Settings") var shots: ShotOptions
  @OptionGroup(title: "Settings") var compressor: CompressorOptions
  @OptionGroup(title: "Settings") var shard: ShardOptions
  @OptionGroup(title: "Settings") var common: CommonOptions
  @OptionGroup(title: "Output") var output: JobOutputOptions

  var request: JobRequest {
    profile.request(.evaluate, [evaluation, compressor, device, shots, shard, common], output.style)
  }

  static func run(_ request: JobRequest) throws(CommandError) {
    let (resolution, output) = (try request.resolve(), request.style)
    try RunRecord.keep(resolution, output) { record throws(CommandError) in
      try run(resolution, output, record)
    }
  }

  private static func run(
    _ resolution: Resolution, _ output: OutputStyle, _ record: RunRecord
  ) throws(CommandError) {
    let whole = resolution.settings
    let settings = try whole.ofPart(.evaluate)
    try settings.checkRequirements(.evaluate)
    if settings.spool.isUsed { return try runSpool(resolution, output, record) }
    let report = try job(settings.host) { () throws(SessionError) in
      try Session.evaluate(settings, progress: output.progress)
    }
    record.tally.add(report, expected: nil)
    // The predictions come first: with its own file a part is complete.
    if let shard = settings.host.shard, let path = whole.partPath(.evaluate) {
      try EvaluationParts.write(report, settings, shard, to: path)
    }
    try output.print(
      text: { report.text }, json: { report.json })
    // A gate is for the whole: merge looks at it.
    if settings.host.shard == nil, let gate = report.gate, !gate.passed {
      throw .gateNotMet(gate.misses)
    }
  }
}

/// Evaluates each input of a spool; in silence where all went well and nobody watches, so that cron mails failures
/// only.
private func runSpool(
  _ resolution: Resolution, _ output: OutputStyle, _ record: RunRecord
) throws(CommandError) {
  try resolution.checkBesideSpool()
  let settings = resolution.settings
  let observer = SpoolObserver(
    text: { ErrorText.text($0) },
    tell: { event in
      output.progress.clear()
      output.tell(ErrorText.text(event))
      if case .rejected = event { record.tally.rejected += 1 }
    }, evaluated: { record.tally.add($0, expected: $1) })
  let summary = try job(settings.host) { () throws(SessionError) in
    try Session.spool(settings, progress: output.progress, observer: observer)
  }
  if output.format != nil || !output.quiet && StandardStreams.isResultTerminal {
    try output.print(text: { summary.text }, json: { summary.json })
  }
  if summary.rejected + summary.unmoved + summary.gatesMissed > 0 { throw .spool(summary) }
}

extension Resolution {
  /// What would name one input, where there is a folder of them.
  /// - Throws: `CommandError.setting`.
  func checkBesideSpool() throws(CommandError) {
    let (data, predictions) = (settings.data, settings.evaluation.predictionsPath)
    for (key, path) in [
      ("data.path", data.path), ("data.labels", data.labelsPath), ("data.targets", data.targetsPath),
      ("evaluation.predictions", predictions),
    ] where !path.isEmpty {
      throw .setting(
        .value(
          key: key, given: path, allowed: "nothing beside spool.inbox (\(settings.spool.inboxPath))",
          origin: origin(key)))
    }
  }
}
