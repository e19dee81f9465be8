import ArgumentParser
import Sessions

struct RootCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "qkd-run",
    abstract: "Run distilled quantum neural networks in a memory budget that is known before anything starts.",
    discussion: """
      Settings: flag > environment (QKD_...) > profile > default; qkd-run plan --keys lists them.

      EXAMPLES:
        qkd-run --profile small-device          evaluate the profile's student
        qkd-run plan --profile small-device     what that would hold in memory
        qkd-run distill --profile small-device  make that student from its teacher
        qkd-run train --profile workstation     train the teacher
        qkd-run reproduce table-1               run the paper's first experiment

      EXIT CODES:
        0 done                   65 bad data        74 input/output, disk full
        4 quality gate missed    66 no input        75 locked: try later
        5 plan beyond budget     70 internal        77 permission
        6 journal of other data  71 system          78 bad profile
        64 usage                 73 cannot create   any other: failure
      """,
    version: Session.version,
    subcommands: [
      EvaluateCommand.self, TrainCommand.self, DistillCommand.self, CompressCommand.self, ReproduceCommand.self,
      PlanCommand.self, HistoryCommand.self, InspectCommand.self, BenchCommand.self,
    ],
    defaultSubcommand: EvaluateCommand.self)
}
