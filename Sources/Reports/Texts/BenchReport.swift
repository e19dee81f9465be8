import Bench
import Files

/// What `bench` shows.
package enum BenchReport {
  package static func text(_ circuits: [BenchResult], _ host: [HostBenchResult]) -> String {
    (circuits.isEmpty ? "" : text(circuits)) + (circuits.isEmpty || host.isEmpty ? "" : "\n")
      + (host.isEmpty ? "" : text(host))
  }

  /// A table of each job: no two measure the same things.
  private static func text(_ results: [HostBenchResult]) -> String {
    var jobs: [String] = []
    for result in results where !jobs.contains(result.job) { jobs.append(result.job) }
    return jobs.map { job in
      table(
        [
          Column("job", .left), Column("part", .left), Column("precision", .left), Column("ms"), Column("of empty"),
          Column("peak MiB"), Column("energy"), Column("residual"),
        ],
        results.filter { $0.job == job }.map { result in
          [
            job, result.part, result.precision, result.milliseconds.map { fixedText($0, digits: 3) },
            result.ratio.map { fixedText($0, digits: 2) }, result.peakMebibytes.map { fixedText($0, digits: 2) },
            result.energy.map { fixedText($0, digits: 10) },
            result.largestResidual.map { shortestText(($0 * 1e15).rounded() / 1e15) },
          ]
        })
    }.joined(separator: "\n")
  }

  private static func text(_ results: [BenchResult]) -> String {
    var text = table(
      [
        Column("job", .left), Column("part", .left), Column("precision", .left), Column("lanes"), Column("ms"),
        Column("encoded"),
        Column("GF/s"), Column("of peak"), Column("samples/s"),
      ],
      results.map { result in
        let share = result.standardGigaflops / (result.peakGigaflops * Double(result.threads))
        return [
          result.job, result.part, result.precision, String(result.lanes),
          fixedText(result.milliseconds, digits: 4), fixedText(result.encodedMilliseconds, digits: 4),
          fixedText(result.standardGigaflops, digits: 1), fixedText(100 * share, digits: 0) + " %",
          wholeText(result.samplesPerSecond),
        ]
      })
    if let threads = results.map(\.threads).max(), threads > 1 { text += "threads: \(threads)\n" }
    var seen: [String] = []
    for result in results where !seen.contains(result.precision) {
      seen.append(result.precision)
      text += "peak of one core, \(result.precision): \(fixedText(result.peakGigaflops, digits: 1)) GFLOP/s\n"
      let errors = results.filter { $0.precision == result.precision }.compactMap(\.largestError)
      if let error = errors.max() { text += "largest error, \(result.precision): \(shortestText(error))\n" }
    }
    return text
  }

  private struct Column {
    let name: String
    let alignment: TextTable.Alignment

    init(_ name: String, _ alignment: TextTable.Alignment = .right) { (self.name, self.alignment) = (name, alignment) }
  }

  /// Without the columns in which no row has anything.
  private static func table(_ columns: [Column], _ rows: [[String?]]) -> String {
    let filled = columns.indices.filter { column in rows.contains { $0[column] != nil } }
    var table = TextTable(filled.map { columns[$0].alignment })
    table.add(filled.map { columns[$0].name })
    for row in rows { table.add(filled.map { row[$0] ?? "-" }) }
    return table.text
  }

  package static func json(_ circuits: [BenchResult], _ host: [HostBenchResult]) -> JSON {
    .array(circuits.map(json) + host.map(json))
  }

  private static func json(_ result: HostBenchResult) -> JSON {
    .object([
      ("job", .string(result.job)), ("part", .string(result.part)), ("precision", .optional(result.precision)),
      ("threads", .integer(result.threads)), ("milliseconds", .optional(result.milliseconds)),
      ("ratio", .optional(result.ratio)), ("peak_mib", .optional(result.peakMebibytes)),
      ("energy", .optional(result.energy)), ("residual", .optional(result.largestResidual)),
    ])
  }

  private static func json(_ result: BenchResult) -> JSON {
    .object([
      ("job", .string(result.job)), ("part", .string(result.part)), ("precision", .string(result.precision)),
      ("threads", .integer(result.threads)), ("lanes", .integer(result.lanes)),
      ("milliseconds", .number(result.milliseconds)),
      ("milliseconds_encoded", .number(result.encodedMilliseconds)),
      ("peak_gflops", .number(result.peakGigaflops)), ("standard_gflops", .number(result.standardGigaflops)),
      ("samples_per_second", .number(result.samplesPerSecond)), ("largest_error", .optional(result.largestError)),
    ])
  }
}
