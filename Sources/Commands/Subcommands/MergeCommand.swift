import ArgumentParser
import Files

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

  @Argument(help: "The file to write: a report, or predictions.") var output: String
  @Argument(help: ArgumentHelp("The parts' files, OUTPUT.shard-I-of-N.json.", valueName: "part")) var parts: [String]
  @OptionGroup(title: "Output") var options: OutputOptions

  mutating func validate() throws {
    for path in [output] + parts where path.isEmpty || path.utf8.contains(0) {
      throw ValidationError("a file needs a name")
    }
  }

  mutating func run() throws {
    let (path, parts, options) = (output, parts, options.style)
    try options.perform { () throws(CommandError) in
      do throws(MergeError) {
        if let part = parts.first(where: { isSameFile($0, path) }) { throw .outputIsPart(path: part) }
      } catch { throw .merge(error) }
      let set = try merging { () throws(MergeError) in
        try PartSet(paths: parts) { kind in
          switch kind {
          case "reproduce": ExperimentParts.common
          case "evaluate": EvaluationParts.common
          default: nil
          }
        }
      }
      if set.first["report"]?.asString == "evaluate" {
        let summary = try merging { () throws(MergeError) in try EvaluationParts.join(set, into: path) }
        try options.print(text: { summary.text }, json: { summary.json }, isInFile: true)
        if let gate = summary.gate, !gate.passed { throw .gateNotMet(gate.misses) }
        return
      }
      let report = try merging { () throws(MergeError) in
        let report = try ExperimentParts.join(set)
        try write(report, to: path)
        return report
      }
      let seeds = counted(report["seeds"]?.asInteger ?? 0, "seed", "seeds")
      try options.print(
        text: { "\(path): \(seeds) of \(counted(parts.count, "part", "parts")) (written; tools/results prints it)\n" },
        json: { report }, isInFile: true)
    }
  }
}

private func merging<Result>(_ body: () throws(MergeError) -> Result) throws(CommandError) -> Result {
  do { return try body() } catch { throw .merge(error) }
}

private func write(_ report: JSON, to path: String) throws(MergeError) {
  var text = report.text + "\n"
  do {
    var file = try AtomicFile(path: path)
    // A write that fails makes the commit fail.
    _ = text.withUTF8 { file.append(UnsafeRawBufferPointer($0)) }
    try file.commit()
  } catch { throw .file(error) }
}
