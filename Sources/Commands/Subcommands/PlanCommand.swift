import ArgumentParser
import Sessions

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
        qkd-run plan --keys
      """)

  @Argument(help: "The job to plan.") var job = Job.evaluate
  @Flag(name: .long, help: "One JSON object, as --format json.") var json = false
  @Flag(name: .long, help: "List all keys: what is allowed, default, environment variable and flag.") var keys = false
  @OptionGroup(title: "Profile") var profile: ProfileOptions
  @OptionGroup(title: "Settings of evaluate") var evaluation: EvaluationOptions
  @OptionGroup(title: "Settings of distill") var distillation: DistillationOptions
  @OptionGroup(title: "Settings of train, distill and compress") var training: TrainingOptions
  @OptionGroup(title: "Settings of reproduce") var experiment: ExperimentOptions
  @OptionGroup(title: "Settings of evaluate, train and distill") var compressor: CompressorOptions
  @OptionGroup(title: "Settings of all jobs") var common: CommonOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  private var options: [any SettingOptions] { [evaluation, distillation, training, experiment, compressor, common] }

  mutating func validate() throws {
    if json && output.format == .text { throw ValidationError("--json and --format text contradict each other") }
    try profile.check(job, options)
  }

  mutating func run() throws {
    let (job, profile, options, keys) = (job, profile, options, keys)
    var output = output
    if json { output.format = .json }
    try output.perform { () throws(CommandError) in
      if keys {
        try output.print(text: { KeyReport.text }, json: { KeyReport.json }, isInFile: false)
        return
      }
      let resolution = try profile.resolve(job, options)
      try resolution.settings.checkRequirements(job)
      let planned = try session { () throws(SessionError) in try Session.planOrSmallest(job, resolution.settings) }
      try output.print(
        text: { planned.text(resolution) }, json: { planned.json(resolution) }, isInFile: false)
      if let refusal = planned.refusal { throw .session(.overBudget(refusal)) }
    }
  }
}
