import ArgumentParser
import Files
import Reports
import Settings

struct HistoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history",
    _superCommandName: "qkd-run",
    abstract: "Show how the evaluations of a spool went: a line an input, and the trend.",
    discussion: """
      Reads the metrics that evaluate writes over a spool. An input's time is that of its last change. A model is \
      shown by the first digits of its sha256, with a star where it is another than in the line above; lines in \
      brackets are what rollout and rollback did. Below stand curves over the inputs: accuracy, drift (on a scale of \
      powers of ten), classes; where another model came; where the gate was missed.

      EXAMPLES:
        qkd-run history --profile station
        qkd-run history results/metrics.ndjson --last 20
        qkd-run history --profile station --format json | jq .accuracy
      """)

  @Argument(help: "The metrics; without them, those of the profile's spool.", completion: .file()) var file: String?
  @Option(name: .long, help: ArgumentHelp("Show this many lines, the last ones; 0: all.", valueName: "n"))
  var last = 50
  @OptionGroup(title: "Profile") var profile: ProfileOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  mutating func validate() throws {
    if last < 0 { throw ValidationError("--last is a number from 0 on") }
    if file == nil && profile.profile == nil && profile.assignments.isEmpty {
      throw ValidationError("history needs the metrics, or a profile with a spool (--profile)")
    }
    if file == "" { throw ValidationError("the metrics are a file") }
    try profile.request(.evaluate, [], output.style).check()
  }

  mutating func run() throws {
    let (file, last, request, output) = (file, last, profile.request(.evaluate, [], output.style), output.style)
    try output.perform { () throws(CommandError) in
      var path = file ?? ""
      if file == nil {
        let spool = try request.resolve().settings.spool
        if !spool.isUsed { throw .missing(key: "spool.inbox", flag: "--set spool.inbox=FOLDER", job: .evaluate) }
        path = spool.metricsFile
        if !fileExists(path) { throw .nothingEvaluated(path: path) }
      }
      let history = try History(path: path, last: last == 0 ? .max : last)
      try output.print(
        text: { history.text(columns: StandardStreams.resultColumns, isUnicode: TextLocale.isUnicode) },
        json: { history.json })
    }
  }
}
