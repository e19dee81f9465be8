import ArgumentParser

/// The subcommands, each of which the language's runtime describes to itself when it is named: some kilobytes for its
/// options that are held to the end. So a line names no more of them than it can mean.
enum Subcommands {
  private static let all: [(name: String, type: @Sendable () -> any ParsableCommand.Type)] = [
    ("evaluate", { EvaluateCommand.self }), ("train", { TrainCommand.self }), ("distill", { DistillCommand.self }),
    ("compress", { CompressCommand.self }), ("reproduce", { ReproduceCommand.self }), ("merge", { MergeCommand.self }),
    ("devices", { DevicesCommand.self }), ("plan", { PlanCommand.self }), ("history", { HistoryCommand.self }),
    ("rollout", { RolloutCommand.self }), ("rollback", { RollbackCommand.self }), ("inspect", { InspectCommand.self }),
    ("export", { ExportCommand.self }), ("import", { ImportCommand.self }), ("bench", { BenchCommand.self }),
    ("check", { CheckCommand.self }),
  ]

  static var names: [String] { all.map(\.name) }

  /// A word in the place of a subcommand's name, or behind `help`, that names none; nil: there is no such word.
  static func unknown(in words: [String]) -> String? {
    let place = words.first == "help" ? 1 : 0
    guard words.count > place, !words[place].hasPrefix("-") else { return nil }
    return words[place] == "help" || all.contains { $0.name == words[place] } ? nil : words[place]
  }

  /// - Parameter words: of the command line, without the program's name.
  /// - Returns: the one that the first word names, or of a line that begins with a flag the default; of a line that
  ///   asks for help or completions, and of any other, all. `hasDefault`: whether a line without a name means the
  ///   default.
  static func meant(by words: [String]) -> (types: [any ParsableCommand.Type], hasDefault: Bool) {
    let asks = words.contains { word in
      word == "-h" || word == "--version"
        || ["--help", "--generate", "---completion", "--experimental"].contains(where: word.hasPrefix)
    }
    if !asks {
      if let first = words.first, let named = all.first(where: { $0.name == first }) { return ([named.type()], false) }
      if words.first?.hasPrefix("-") ?? true { return ([EvaluateCommand.self], true) }
    }
    return (all.map { $0.type() }, true)
  }
}
