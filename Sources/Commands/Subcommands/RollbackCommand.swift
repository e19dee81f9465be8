import ArgumentParser
import Batches
import Evaluation
import Reports
import Sessions

struct RollbackCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rollback",
    _superCommandName: "qkd-run",
    abstract: "Bring back the model that was in a spool's place before.",
    discussion: """
      The model in place and MODEL.previous, which a rollout kept, change places while no run works on the spool; a \
      second rollback changes them again. Nothing is evaluated. history shows it.

      EXAMPLES:
        qkd-run rollback --profile station.toml
      """)

  @OptionGroup(title: "Profile") var profile: ProfileOptions
  @OptionGroup(title: "Settings") var options: RolloutOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  mutating func validate() throws { try profile.request(.evaluate, [options], output.style).check() }

  mutating func run() throws {
    let (request, output) = (profile.request(.evaluate, [options], output.style), output.style)
    try output.perform { () throws(CommandError) in
      let settings = try request.resolveSpool()
      let report = try job(settings.host) { () throws(SessionError) in try Session.rollback(settings) }
      try output.print(text: { report.text }, json: { report.json })
    }
  }
}
