import Sessions

/// What `bench` shows.
enum BenchReport {
  static func text(_ results: [BenchResult]) -> String {
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

  static func json(_ results: [BenchResult]) -> JSON {
    .array(
      results.map { result in
        .object([
          ("job", .string(result.job)), ("part", .string(result.part)), ("precision", .string(result.precision)),
          ("threads", .integer(result.threads)), ("lanes", .integer(result.lanes)),
          ("milliseconds", .number(result.milliseconds)),
          ("milliseconds_encoded", .number(result.encodedMilliseconds)),
          ("peak_gflops", .number(result.peakGigaflops)), ("standard_gflops", .number(result.standardGigaflops)),
          ("samples_per_second", .number(result.samplesPerSecond)), ("largest_error", .optional(result.largestError)),
        ])
      })
  }
}
