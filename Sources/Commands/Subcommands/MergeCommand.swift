import ArgumentParser
import Reports

struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    _superCommandName: "qkd-run",
    abstract: "Join what several hosts did with --shard into what one would have done.",
    discussion: """
      With --shard I/N, evaluate and reproduce do the I-th of N parts, and write OUTPUT.shard-I-of-N.json instead of \
      OUTPUT. All parts of reproduce become the report of all seeds, those of evaluate the predictions of all samples, \
      both byte for byte what a run without --shard writes.

      Parts of other settings, data or versions are refused, as are missing ones and the same one twice: exit code 6.

      EXAMPLES:
        qkd-run reproduce table-1 --output t.json --shard 1/3    on one host
        qkd-run reproduce table-1 --output t.json --shard 2/3    on another
        qkd-run merge t.json t.json.shard-*-of-3.json
        qkd-run merge p.csv p.csv.shard-*-of-8.json --format json
      """)

  @Argument(help: "The file to write: a report, or predictions.", completion: .file()) var output: String
  @Argument(help: ArgumentHelp("The parts' files, OUTPUT.shard-I-of-N.json.", valueName: "part"), completion: .file())
  var parts: [String]
  @OptionGroup(title: "Output") var options: OutputOptions

  mutating func validate() throws {
    for path in [output] + parts where path.isEmpty || path.utf8.contains(0) {
      throw ValidationError("a file needs a name")
    }
  }

  mutating func run() throws {
    let (path, parts, options) = (output, parts, options.style)
    try options.perform { () throws(CommandError) in
      let merge: Merge
      do throws(MergeError) { merge = try Merge(parts, into: path) } catch { throw .merge(error) }
      try options.print(text: { merge.text }, json: { merge.json })
      if let gate = merge.gate, !gate.passed { throw .gateNotMet(gate.misses) }
    }
  }
}
