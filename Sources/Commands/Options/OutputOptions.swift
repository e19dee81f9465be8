import ArgumentParser
import Files
import Reports

extension TextOrJSON: ExpressibleByArgument {}

/// The flags of an `OutputStyle`.
struct OutputOptions: ParsableArguments {
  @Option(name: .long, help: "Results as text, or as one JSON object (text unless given).") var format: TextOrJSON?
  @OptionGroup var messages: MessageOptions

  var style: OutputStyle {
    var style = messages.style
    style.format = format
    return style
  }
}

/// The flags of a job's.
struct JobOutputOptions: ParsableArguments {
  @OptionGroup var output: OutputOptions
  @Flag(name: .long, help: "With --format json: the plan's buffers too.") var plan = false

  var style: OutputStyle {
    var style = output.style
    style.showsPlan = plan
    return style
  }

  mutating func validate() throws {
    if plan && output.format != .json {
      throw ValidationError("--plan is for --format json; qkd-run plan shows the plan as text")
    }
  }
}

/// Those of them that concern what is told beside the results.
struct MessageOptions: ParsableArguments {
  @Flag(
    name: .shortAndLong,
    help: "Nothing but errors, and the result where --format asks for it.")
  var quiet = false

  @Option(name: .long, help: "Messages on standard error as text, or as one JSON object a line.")
  var logFormat = TextOrJSON.text

  var style: OutputStyle {
    var style = OutputStyle()
    (style.quiet, style.logFormat) = (quiet, logFormat)
    return style
  }
}

extension OutputStyle {
  /// Runs a subcommand; an error is told on standard error and becomes the process's exit code.
  func perform(_ body: () throws(CommandError) -> Void) throws(ExitCode) {
    let code = status(body)
    if code != 0 { throw ExitCode(code) }
  }
}
