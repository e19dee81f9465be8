import Bench
import Files

/// What `bench` shows.
package enum BenchReport {
  package static func text(_ circuits: [BenchResult], _ host: [HostBenchResult]) -> String {
    (circuits.isEmpty ? "" : text(circuits)) + (circuits.isEmpty || host.isEmpty ? "" : "\n")
      + (host.isEmpty ? "" : text(host))
  }

  private static func text(_ results: [HostBenchResult]) -> String {
    var table = TextTable([.left, .left, .left, .right, .right, .right, .right, .right])
    table.add(["job", "part", "precision", "ms", "of empty", "peak MiB", "energy", "residual"])
    for result in results {
      table.add([
        result.job, result.part, result.precision ?? "-", result.milliseconds.map { fixedText($0, digits: 3) } ?? "-",
        result.ratio.map { fixedText($0, digits: 2) } ?? "-",
        result.peakMebibytes.map { fixedText($0, digits: 2) } ?? "-", result.energy.map(shortestText) ?? "-",
        result.largestResidual.map { shortestText(($0 * 1e15).rounded() / 1e15) } ?? "-",
      ])
    }
    return table.text
  }

  private static func text(_ results: [BenchResult]) -> String {
    var table = TextTable([
      .left, .left, .left, .right, .right, .right, .right, .right, .right, .right, .right,
    ])
    table.add([
      "job", "part", "precision", "threads", "lanes", "ms", "ms encoded", "standard GF/s", "of peak", "samples/s",
      "error",
    ])
    for result in results {
      let share = result.standardGigaflops / (result.peakGigaflops * Double(result.threads))
      table.add([
        result.job, result.part, result.precision, String(result.threads), String(result.lanes),
        fixedText(result.milliseconds, digits: 4), fixedText(result.encodedMilliseconds, digits: 4),
        fixedText(result.standardGigaflops, digits: 1), fixedText(100 * share, digits: 0) + " %",
        wholeText(result.samplesPerSecond), result.largestError.map(shortestText) ?? "-",
      ])
    }
    var text = table.text
    var seen: [String] = []
    for result in results where !seen.contains(result.precision) {
      seen.append(result.precision)
      text += "peak of one core, \(result.precision): \(fixedText(result.peakGigaflops, digits: 1)) GFLOP/s\n"
    }
    return text
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
