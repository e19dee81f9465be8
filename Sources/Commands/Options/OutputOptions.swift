import ArgumentParser
import Sessions

enum TextOrJSON: String, CaseIterable, ExpressibleByArgument {
  case text, json
}

/// How results and messages look.
struct OutputOptions: ParsableArguments {
  @Option(name: .long, help: "Results as text, or as one JSON object (text unless given).") var format: TextOrJSON?

  @Flag(
    name: .shortAndLong,
    help: "No progress bar, and no text report where the results go to a file; errors still show.")
  var quiet = false

  @Option(name: .long, help: "Messages on standard error as text, or as one JSON object a line.")
  var logFormat = TextOrJSON.text

  /// A bar, if somebody watches.
  var progress: Progress {
    !quiet && StandardStreams.isErrorTerminal ? Progress(descriptor: 2) : .none
  }

  /// Prints a report unless it is not wanted: `isInFile` says that the results also stand in a file.
  func print(text: () -> String, json: () -> JSON, isInFile: Bool) throws(CommandError) {
    switch format {
    case .json: try StandardStreams.writeResult(json().text + "\n")
    case .text: try StandardStreams.writeResult(text())
    case nil: if !(quiet && isInFile) { try StandardStreams.writeResult(text()) }
    }
  }

  /// The same; returns what failed.
  func failure(text: () -> String, json: () -> JSON, isInFile: Bool) -> CommandError? {
    do {
      try self.print(text: text, json: json, isInFile: isInFile)
      return nil
    } catch { return error }
  }

  /// Runs a subcommand; an error is told on standard error and becomes the process's exit code.
  func perform(_ body: () throws(CommandError) -> Void) throws(ExitCode) {
    do { try body() } catch {
      if case .skipped = error { return }
      StandardStreams.writeMessage(ErrorReport.line(error, json: logFormat == .json) + "\n")
      throw ExitCode(ExitStatus(error).rawValue)
    }
  }
}
