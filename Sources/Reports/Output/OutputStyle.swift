import Batches
import Files

public enum TextOrJSON: String, Sendable, CaseIterable {
  case text, json
}

/// How results and messages look.
public struct OutputStyle: Sendable, Equatable {
  /// nil: text, unless it is not wanted.
  public var format: TextOrJSON?
  /// No progress bar, and no result that `format` does not ask for; errors still show.
  public var quiet = false
  /// Whether a run's JSON has the buffers of its plan.
  public var showsPlan = false
  /// Messages on standard error.
  public var logFormat = TextOrJSON.text

  public init() {}

  /// A bar, if somebody watches.
  package var progress: Progress {
    !quiet && StandardStreams.isErrorTerminal ? Progress(descriptor: 2) : .none
  }

  /// Prints a report unless it is not wanted.
  package func print(text: () -> String, json: () -> JSON) throws(CommandError) {
    switch format {
    case .json:
      try (showsPlan ? json() : json().withoutPlan).write(StandardStreams.writeResult)
      try StandardStreams.writeResult("\n")
    case .text: try StandardStreams.writeResult(text())
    case nil: if !quiet { try StandardStreams.writeResult(text()) }
    }
  }

  /// The same; returns what failed.
  package func failure(text: () -> String, json: () -> JSON) -> CommandError? {
    do {
      try self.print(text: text, json: json)
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
      if case .skipped = error {
        tellEnd("another run works on it, and is left the work")
        return 0
      }
      StandardStreams.writeMessage(ErrorReport.line(error, json: logFormat == .json) + "\n")
      return ExitStatus(error).rawValue
    }
    tellEnd("done")
    return 0
  }

  /// Logs of objects say of every run how it ended; those of text say what is wrong.
  private func tellEnd(_ message: String) {
    if logFormat == .text || quiet { return }
    let members: [(String, JSON)] = [
      ("level", .string("info")), ("message", .string(message)), ("exit_code", .integer(0)),
    ]
    StandardStreams.writeMessage(JSON.object(members).text + "\n")
  }
}

extension JSON {
  /// The same without what `PlanReport` makes.
  fileprivate var withoutPlan: JSON {
    guard case .object(let members) = self else { return self }
    return .object(members.filter { !["plan", "outside_arena"].contains($0.0) })
  }
}
