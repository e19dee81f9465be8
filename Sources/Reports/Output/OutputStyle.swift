import Batches
import Files

public enum TextOrJSON: String, Sendable, CaseIterable {
  case text, json
}

/// How results and messages look.
public struct OutputStyle: Sendable, Equatable {
  /// nil: text, unless it is not wanted.
  public var format: TextOrJSON?
  /// No progress bar, and no text report where the results go to a file; errors still show.
  public var quiet = false
  /// Messages on standard error.
  public var logFormat = TextOrJSON.text

  public init() {}

  /// A bar, if somebody watches.
  package var progress: Progress {
    !quiet && StandardStreams.isErrorTerminal ? Progress(descriptor: 2) : .none
  }

  /// Prints a report unless it is not wanted: `isInFile` says that the results also stand in a file.
  package func print(text: () -> String, json: () -> JSON, isInFile: Bool) throws(CommandError) {
    switch format {
    case .json: try StandardStreams.writeResult(json().text + "\n")
    case .text: try StandardStreams.writeResult(text())
    case nil: if !(quiet && isInFile) { try StandardStreams.writeResult(text()) }
    }
  }

  /// The same; returns what failed.
  package func failure(text: () -> String, json: () -> JSON, isInFile: Bool) -> CommandError? {
    do {
      try self.print(text: text, json: json, isInFile: isInFile)
      return nil
    } catch { return error }
  }

  /// Something to look at that ends nothing, on standard error.
  package func tell(_ message: String) {
    let line =
      logFormat == .json
      ? JSON.object([("level", .string("warning")), ("message", .string(message))]).text : "qkd-run: " + message.printed
    StandardStreams.writeMessage(line + "\n")
  }

  /// Runs a subcommand and returns the process's exit code; an error is told on standard error.
  package func status(_ body: () throws(CommandError) -> Void) -> Int32 {
    do { try body() } catch {
      if case .skipped = error { return 0 }
      StandardStreams.writeMessage(ErrorReport.line(error, json: logFormat == .json) + "\n")
      return ExitStatus(error).rawValue
    }
    return 0
  }
}
