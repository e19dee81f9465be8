import ArgumentParser
import CSupport
import Glibc

/// The program.
public enum CommandLineTool {
  /// Reads the process's arguments, does what they say, and ends the process.
  public static func main() -> Never {
    StandardStreams.prepare()
    let status = run()
    // Nothing is left for the C library to write, nor to close that the system does not.
    _exit(status)
  }

  /// Without the program's name.
  private static var arguments: [String] {
    guard var argument = qkd_arguments(), argument.pointee != nil else {
      return Array(CommandLine.arguments.dropFirst())
    }
    var words: [String] = []
    argument += 1
    while let word = argument.pointee {
      words.append(String(cString: word))
      argument += 1
    }
    return words
  }

  private static func run() -> Int32 {
    do {
      var command = try RootCommand.parseAsRoot(arguments)
      try command.run()
      return 0
    } catch {
      // Help and version are results; a subcommand's own errors have been told and have no text here.
      let code = RootCommand.exitCode(for: error).rawValue
      let text = RootCommand.fullMessage(for: error)
      if text.isEmpty { return code }
      if code != 0 {
        StandardStreams.writeMessage(text + "\n")
        return code
      }
      do { try StandardStreams.writeResult(text + "\n") } catch {
        StandardStreams.writeMessage(ErrorReport.line(error, json: false) + "\n")
        return ExitStatus(error).rawValue
      }
      return 0
    }
  }
}
