import ArgumentParser
import Sessions

struct RootCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "qkd-run",
    abstract: "Run distilled quantum neural networks in a memory budget that is known before anything starts.",
    discussion: """
      Settings: flag > environment (QKD_...) > profile > default; qkd-run plan --keys lists them.

      EXAMPLES:
        qkd-run --profile small-device            evaluate the student that the profile names
        qkd-run plan --profile small-device       what that would hold in memory
        qkd-run distill --profile small-device    make that student again from its teacher
        qkd-run train --profile workstation       train the teacher

      EXIT CODES:
        0 done, 4 quality gate not met, 5 plan exceeds the budget, 64 usage, 65 bad data, 66 no input, 70 internal, \
      71 system, 73 cannot create, 74 input/output, 77 permission, 78 bad profile. Any other than 0 means failure.
      """,
    version: Session.version,
    subcommands: [
      EvaluateCommand.self, TrainCommand.self, DistillCommand.self, PlanCommand.self, InspectCommand.self,
    ],
    defaultSubcommand: EvaluateCommand.self)
}
