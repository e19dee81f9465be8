import ArgumentParser
import CSupport
import Files
import Glibc
import Reports

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
  static var arguments: [String] {
    guard var argument = qkd_arguments(), argument.pointee != nil else {
      return Array(CommandLine.arguments.dropFirst())
    }
    var words: [String] = []
    argument += 1
    while let word = argument.pointee {
      words.append(String(path: UnsafeRawBufferPointer(start: word, count: strlen(word))))
      argument += 1
    }
    return joiningNegativeNumbers(words)
  }

  /// `--samples -1` as `--samples=-1`: a number is no flag, and what is wrong with it the setting says.
  private static func joiningNegativeNumbers(_ words: [String]) -> [String] {
    var result: [String] = []
    for word in words {
      let isNumber = word.first == "-" && word.dropFirst().first.map { $0.isASCII && $0.isNumber || $0 == "." } == true
      if isNumber, let flag = result.last, flag.hasPrefix("--"), !flag.utf8.contains(UInt8(ascii: "=")), flag != "--" {
        result[result.count - 1] = flag + "=" + word
      } else {
        result.append(word)
      }
    }
    return result
  }

  private static func run() -> Int32 {
    if let name = Subcommands.unknown(in: arguments) {
      let names = Subcommands.names
      StandardStreams.writeMessage(
        "Error: There is no command '\(name.printed)'; \(ErrorText.suggestion(name, names))there are "
          + names.joined(separator: ", ") + "\nUsage: qkd-run help <command>\n")
      return ExitStatus.usage.rawValue
    }
    do {
      var command = try RootCommand.parseAsRoot(arguments)
      try command.run()
      return 0
    } catch {
      // Help and version are results; a subcommand's own errors have been told and have no text here.
      let code = RootCommand.exitCode(for: error).rawValue
      let text = RootCommand.fullMessage(for: error)
      if text.isEmpty { return code }
      if code != 0 && arguments.first == CheckCommand.name { return CheckCommand.tell(mistake: text) }
      if code != 0 {
        StandardStreams.writeMessage(
          text.split(omittingEmptySubsequences: false) { $0 == "\n" }.map { String($0).printed }
            .joined(separator: "\n") + "\n")
        return code
      }
      let script = CompletionScript.completed(text)
      do { try StandardStreams.writeResult(script + "\n") } catch {
        StandardStreams.writeMessage(ErrorReport.line(error, json: false) + "\n")
        return ExitStatus(error).rawValue
      }
      return 0
    }
  }
}
