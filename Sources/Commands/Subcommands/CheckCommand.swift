import ArgumentParser
import Reports
import Settings

struct CheckCommand: ParsableCommand {
  static let name = "check"
  static let configuration = CommandConfiguration(
    commandName: name,
    _superCommandName: "qkd-run",
    abstract: "Tell a monitoring system how a profile's runs go: one line, and a plugin's exit code.",
    discussion: """
      Says how old the last success is, how many runs failed since, how many files were set aside, accuracy and drift, \
      and whether the model is the pinned one. It reads what runs left (report.prometheus, the spool), and disturbs \
      none. \
      Without report.prometheus it knows of evaluations alone, not of runs that failed or found nothing to do.

      EXIT CODES, as of all such plugins (Nagios, Icinga, …): 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.

      EXAMPLES:
        qkd-run check --profile station
        qkd-run check --profile station --max-age 2h
      """)

  @Option(
    name: .long,
    help: ArgumentHelp("CRITICAL where the last success is older: 90s, 30m, 2h, 1d.", valueName: "time"))
  var maxAge = "1d"
  @OptionGroup(title: "Profile") var profile: ProfileOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  mutating func validate() throws {
    if Self.seconds(maxAge) == nil {
      throw ValidationError(
        "--max-age is '\(maxAge)'; allowed is a whole number with s, m, h or d behind it, such as 2h")
    }
    if profile.profile == nil && profile.assignments.isEmpty {
      throw ValidationError("check needs a profile (--profile)")
    }
    try profile.request(.evaluate, [], output.style).check()
  }

  mutating func run() throws {
    let request = profile.request(.evaluate, [], output.style)
    // The line is what a plugin is for, whoever wants it quiet.
    var style = output.style
    style.format = style.format ?? .text
    var report: CheckReport
    do throws(CommandError) {
      let settings = try request.resolve().settings
      try settings.checkRequirementsWithoutFlags(.evaluate)
      report = try CheckReport(settings, maxAge: Self.seconds(maxAge) ?? 0)
    } catch { report = CheckReport(unknown: ErrorText.text(error)) }
    do { try style.print(text: { report.line + "\n" }, json: { report.json }) } catch {
      throw ExitCode(CheckReport.Status.unknown.rawValue)
    }
    if report.status != .ok { throw ExitCode(report.status.rawValue) }
  }

  /// What is wrong with the line itself, as a plugin says it.
  /// - Returns: the process's exit code.
  static func tell(mistake: String) -> Int32 {
    let first = mistake.prefix { $0 != "\n" }
    let report = CheckReport(unknown: String(first.hasPrefix("Error: ") ? first.dropFirst(7) : first))
    try? StandardStreams.writeResult(report.line + "\n")
    return report.status.rawValue
  }

  private static func seconds(_ text: String) -> Double? {
    let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    guard let unit = text.last.flatMap({ units[$0] }), let count = Int(text.dropLast()), (0...1_000_000).contains(count)
    else { return nil }
    return Double(count) * unit
  }
}
