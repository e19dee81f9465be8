import ArgumentParser
import Batches
import Files
import Reports
import Sessions
import Settings

extension Job: ExpressibleByArgument {}

struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    _superCommandName: "qkd-run",
    abstract: "Show what a job would hold in memory, and where each setting comes from.",
    discussion: """
      The plan is the layout that the job uses. Exit code 5 when it does not fit the budget. Settings come from a \
      flag, else from the environment, else from the profile, else from the defaults; --keys lists them all.

      EXAMPLES:
        qkd-run plan --profile small-device
        qkd-run plan distill --profile small-device --batch 256
        qkd-run plan train --profile workstation --json | jq .settings
        qkd-run plan reproduce --profile figure-4-calibrated
        qkd-run plan --profile small-device --fit
        qkd-run plan --profile small-device --systemd > qkd-run.service
        qkd-run plan --systemd-timer > qkd-run.timer
        qkd-run plan --keys
      """)

  @Argument(help: "The job to plan.") var job = Job.evaluate
  @Flag(name: .long, help: "One JSON object, as --format json.") var json = false
  @Flag(name: .long, help: "Plan with the largest batch that fits the budget, and say which.") var fit = false
  @Flag(name: .long, help: "Print a unit of systemd that runs the job, limited to its plan.") var systemd = false
  @Flag(name: .long, help: "Print a timer of systemd that starts such a unit every five minutes.") var systemdTimer =
    false
  @Flag(name: .long, help: "List all keys: what is allowed, default, environment variable and flag.") var keys = false
  @OptionGroup(title: "Profile") var profile: ProfileOptions
  @OptionGroup(title: "Settings of evaluate") var evaluation: EvaluationOptions
  @OptionGroup(title: "Settings of distill") var distillation: DistillationOptions
  @OptionGroup(title: "Settings of train, distill and compress") var training: TrainingOptions
  @OptionGroup(title: "Settings of reproduce") var experiment: ExperimentOptions
  @OptionGroup(title: "Settings of train and distill") var selection: SelectionOptions
  @OptionGroup(title: "Settings of evaluate, train and distill") var compressor: CompressorOptions
  @OptionGroup(title: "Settings of evaluate, train and distill") var shots: ShotOptions
  @OptionGroup(title: "Settings of evaluate, train, distill and reproduce") var device: DeviceOptions
  @OptionGroup(title: "Settings of evaluate and reproduce") var shard: ShardOptions
  @OptionGroup(title: "Settings of all jobs") var common: CommonOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  private var request: JobRequest {
    profile.request(
      job,
      [evaluation, distillation, training, selection, experiment, compressor, shots, device, shard, common],
      output.style)
  }

  mutating func validate() throws {
    if json && output.format == .text { throw ValidationError("--json and --format text contradict each other") }
    if (systemd || systemdTimer) && (json || output.format == .json) {
      throw ValidationError("a unit of systemd is no JSON")
    }
    if systemd && systemdTimer { throw ValidationError("--systemd and --systemd-timer are two files") }
    if fit && job == .reproduce { throw ValidationError("--fit is not for reproduce: its batch belongs to it") }
    try request.check()
  }

  mutating func run() throws {
    let (job, request, keys, fit, systemd, timer) = (job, request, keys, fit, systemd, systemdTimer)
    var output = output.style
    if json { output.format = .json }
    output.showsPlan = true
    try output.perform { () throws(CommandError) in
      if keys {
        try output.print(text: { KeyReport.text }, json: { KeyReport.json })
        return
      }
      if timer {
        try StandardStreams.writeResult(SystemdTimer.text(job))
        return
      }
      var resolution = try request.resolve()
      try resolution.settings.checkRequirements(job, isPlan: !systemd)
      if fit { try resolution.fit(job) }
      let planned = try session { () throws(SessionError) in try Session.planOrSmallest(job, resolution.settings) }
      if systemd && planned.refusal == nil {
        let settings = try resolution.settings.ofPart(job)
        var written = [settings.output(of: job).path, job == .distill ? settings.distillation.tapePath : ""]
        if job == .evaluate && settings.spool.isUsed { written = settings.spool.writtenPaths }
        if job == .evaluate { written.append(settings.report.prometheusPath) }
        try StandardStreams.writeResult(planned.systemdUnit(resolution, outputs: written.filter { !$0.isEmpty }))
        return
      }
      try output.print(
        text: { planned.text(resolution) }, json: { planned.json(resolution) })
      if let refusal = planned.refusal { throw .session(.overBudget(refusal)) }
    }
  }
}

extension Resolution {
  /// Sets the job's batch to the largest that fits; leaves it where none does.
  fileprivate mutating func fit(_ job: Job) throws(CommandError) {
    let settings = settings
    let batch = try session { () throws(SessionError) in try Session.largestBatch(job, settings) }
    guard let batch else { return }
    let key = job == .evaluate ? "evaluation.batch" : "training.batch"
    do { try apply([Assignment(key: key, value: .text("\(batch)"), origin: .flag("--fit"))]) } catch {
      throw .setting(error)
    }
  }
}
