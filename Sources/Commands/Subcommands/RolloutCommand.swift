import ArgumentParser
import Batches
import Evaluation
import Reports
import Sessions

struct RolloutCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rollout",
    _superCommandName: "qkd-run",
    abstract: "Put another model in the place of a spool's, if it passes the profile's quality gate.",
    discussion: """
      The candidate is evaluated with the profile's settings on all inputs of the spool that have labels, those that \
      are done and those in the inbox, and must pass the quality gate on all of them together; else nothing changes, \
      exit code 4. Then its bytes are put where model.path is, in one step, while no run works on the spool; the model \
      that was there is kept as MODEL.previous, and rollback brings it back. history shows both.

      A profile that pins another model (model.sha256) refuses the candidate, 65: put its digest there first.

      EXAMPLES:
        qkd-run rollout new.safetensors --profile station.toml
        qkd-run rollout new.safetensors --profile station.toml --dry-run
        qkd-run rollout new.safetensors --profile station.toml --lock-wait 600
      """)

  @Argument(help: "The candidate's model file.", completion: .file()) var candidate: String
  @Flag(name: .long, help: "Evaluate the candidate and say whether it passes; change nothing.") var dryRun = false
  @OptionGroup(title: "Profile") var profile: ProfileOptions
  @OptionGroup(title: "Settings") var options: RolloutOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  mutating func validate() throws {
    if candidate.isEmpty || candidate.utf8.contains(0) { throw ValidationError("a candidate is a model file") }
    try profile.request(.evaluate, [options], output.style).check()
  }

  mutating func run() throws {
    let (candidate, isTrial) = (candidate, dryRun)
    let (request, output) = (profile.request(.evaluate, [options], output.style), output.style)
    try output.perform { () throws(CommandError) in
      let settings = try request.resolveSpool()
      let report = try job(settings.host) { () throws(SessionError) in
        try Session.rollout(candidate, settings, isTrial: isTrial, progress: output.progress)
      }
      try output.print(text: { report.text }, json: { report.json })
      if let gate = report.test?.gate, !gate.passed { throw .gateNotMet(gate.misses) }
    }
  }
}
