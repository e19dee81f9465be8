import ArgumentParser

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
    exit(run())
  }

  private static func run() -> Int32 {
    do {
      var command = try RootCommand.parseAsRoot()
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
