import ArgumentParser
import CSupport
import Sessions

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The program.
public enum CommandLineTool {
  /// Reads the process's arguments, does what they say, and ends the process.
  public static func main() -> Never {
    StandardStreams.prepare()
    let status = run()
    // Nothing is left for the C library to write, nor to close that the system does not.
    _exit(status)
  }

  /// The subcommand that the arguments mean, with what they set.
  ///
  /// The parser describes a command to itself by reflection, several times over, and from the root on that takes longer
  /// than everything else that a short run does. So the subcommand that the first word names (or the default one) is
  /// asked alone, by the same parser and from the same declarations. Whatever it does not take as it stands, such as
  /// help, requests for completions, mistakes, and options before the name, goes the whole way from the root, which
  /// alone finds words for people.
  private static func command(_ arguments: [String]) throws -> any ParsableCommand {
    if arguments.contains(where: ["-h", "--help", "--version"].contains) {
      return try RootCommand.parseAsRoot(arguments)
    }
    let named = RootCommand.configuration.subcommands.first { $0._commandName == arguments.first }
    if let type = named ?? RootCommand.configuration.defaultSubcommand,
      let command = try? type.parseAsRoot(named == nil ? arguments : Array(arguments.dropFirst())),
      Swift.type(of: command) == type
    {
      return command
    }
    return try RootCommand.parseAsRoot(arguments)
  }

  /// What the parser takes a command line for; nil: for no job, or a mistake.
  public static func parse(_ words: [String]) -> JobRequest? { (try? command(words) as? any JobCommand)?.request }

  private static func run() -> Int32 {
    let given = ProcessArguments()
    if given.count == 1 && given[0] == "--version" {
      return OutputStyle().status { () throws(CommandError) in
        try StandardStreams.writeResult(Session.version + "\n")
      }
    }
    var request = JobRequest(.evaluate)
    if request.read(plain: given) { return request.style.status(request.run) }
    do {
      var command = try command(Array(given))
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
