import ArgumentParser
import Batches
import Experiments
import Files
import Reports
import Sessions
import Settings

struct ReproduceCommand: JobCommand {
  static let configuration = CommandConfiguration(
    commandName: "reproduce",
    _superCommandName: "qkd-run",
    abstract: "Run an experiment of the paper, or one of your own, over many seeds.",
    discussion: """
      Each seed trains a teacher, and students with and without it from the same angles on the same batches; the \
      report has means, 95 % intervals, and a verdict for each comparison. Finished seeds stand in a journal beside \
      the report: an interrupted run goes on where it stopped, and more --seeds add to those that are there.

      The profile of an experiment is NAME-PRESET, e.g. table-1-calibrated. Copy it, change a line and its preset, \
      and give the file's path instead of a name.

      EXAMPLES:
        qkd-run reproduce table-1
        qkd-run reproduce figure-4 --preset literal --seeds 5
        qkd-run reproduce figure-5 --mnist mnist --output f5.json && tools/plot f5.json
        qkd-run reproduce my-experiment.toml --threads 1
        qkd-run reproduce table-1 --shard 2/3     the second third of the seeds; see qkd-run merge
      """)

  @Argument(
    help: ArgumentHelp(
      "table-1, figure-4, figure-5, figure-6, scarcity, regression, representation, noisy-teacher, shots, or a "
        + "profile file.",
      valueName: "experiment"),
    completion: .experiment)
  var experiment: String
  @Option(
    name: .long, help: ArgumentHelp("literal: the paper's letter; calibrated: what works.", valueName: "name"),
    completion: .list(["literal", "calibrated"]))
  var preset: String?
  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Sets any key of the profile; repeatable. A flag for the same key wins.", valueName: "key=value"),
    completion: .assignment)
  var assignments: [String] = []
  @OptionGroup(title: "Settings") var report: ReportOptions
  @OptionGroup(title: "Settings") var options: ExperimentOptions
  @OptionGroup(title: "Settings") var device: DeviceOptions
  @OptionGroup(title: "Settings") var shard: ShardOptions
  @OptionGroup(title: "Settings") var common: CommonOptions
  @OptionGroup(title: "Output") var output: JobOutputOptions

  var request: JobRequest {
    var profile = ProfileOptions()
    profile.profile =
      ProfileSearch.isFile(experiment) ? experiment : "\(experiment)-\(preset ?? "calibrated")"
    profile.assignments = assignments
    return profile.request(.reproduce, [report, options, device, shard, common], output.style)
  }

  mutating func validate() throws {
    if experiment.isEmpty || experiment.utf8.contains(0) { throw ValidationError("an experiment needs a name") }
    let presets = ["literal", "calibrated"]
    if !ProfileSearch.isFile(experiment), let suffix = presets.first(where: { experiment.hasSuffix("-" + $0) }) {
      throw ValidationError("\(experiment): write \(experiment.dropLast(suffix.count + 1)) --preset \(suffix)")
    }
    if ProfileSearch.isFile(experiment), let preset {
      throw ValidationError("--preset \(preset) goes with a name, not with the file \(experiment)")
    }
    try request.check()
  }

  static func run(_ request: JobRequest) throws(CommandError) {
    let settings = try request.resolve().settings.ofPart(.reproduce)
    try settings.checkRequirements(.reproduce)
    let report = try job(settings.host) { () throws(SessionError) in
      try Session.reproduce(settings, progress: request.style.progress)
    }
    try write(report)
    try request.style.print(
      text: { report.text }, json: { report.json(facts: true) })
  }
}

private func write(_ report: ExperimentReport) throws(CommandError) {
  do {
    if let shard = report.shard {
      return try Part.write(report.members(facts: false), shard, to: report.reportPath)
    }
    var file = try AtomicFile(path: report.reportPath)
    var text = report.json(facts: false).text + "\n"
    // A write that fails makes the commit fail.
    _ = text.withUTF8 { file.append(UnsafeRawBufferPointer($0)) }
    try file.commit()
  } catch { throw .session(.file(error)) }
}
