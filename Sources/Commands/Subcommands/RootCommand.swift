import ArgumentParser
import Settings

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

      PROFILES:
        A NAME is the first NAME.toml of the folders in $QKD_PROFILE_PATH,
        $XDG_CONFIG_HOME/qkd-run/profiles (~/.config), qkd-run/profiles in
        $XDG_CONFIG_DIRS (/etc/xdg), /etc/qkd-run/profiles, and those that
        came with the program.

      EXIT CODES:
        0 done                   64 usage           74 input/output, disk full
        3 some inputs failed     65 bad data        75 locked: try later
        4 quality gate missed    66 no input        77 permission
        5 plan beyond budget     70 internal        78 bad profile
        6 other data's file      71 system          any other: failure
        7 stopped, resumable     73 cannot create
      """,
    version: programVersion,
    subcommands: meant.types, defaultSubcommand: meant.hasDefault ? EvaluateCommand.self : nil)

  private static let meant = Subcommands.meant(by: CommandLineTool.arguments)
}
