import Evaluation
import Files
import Settings

extension EvaluationReport {
  /// Accuracy, or of a regression RMSE, with its interval.
  package var score: String {
    if let numbers { return numbers.rows[0][1] }
    return accuracy.map(RunFactsReport.text) ?? "unknown: the data have no labels"
  }

  /// The results, a line each.
  public var text: String {
    var table = TextTable([.left, .left])
    table.add(["model", modelPath])
    table.add(["sha256", modelSHA256])
    if let numbers {
      for row in numbers.rows { table.add(row) }
    } else {
      table.add(["accuracy", score])
    }
    for row in shots?.rows ?? [] { table.add(row) }
    for row in device?.rows ?? [] { table.add(row) }
    if let trajectories {
      let uncertain = trajectories.uncertain
      table.add([
        "noise",
        "drawn, \(groupedText(trajectories.runs)) times a sample; other draws might change "
          + "\(groupedText(uncertain.successes)) of \(groupedText(uncertain.trials)) decisions",
      ])
    }
    if let gate {
      table.add(["gate", gate.passed ? "met" : "not met: " + gate.misses.map(ErrorText.text).joined(separator: "; ")])
    }
    let duration = durationText(microseconds: seconds * 1e6)
    table.add(["throughput", "\(wholeText(samplesPerSecond)) samples/s: \(groupedText(samples)) in \(duration)"])
    let (p50, p90, p99) = (latency.p50Microseconds, latency.p90Microseconds, latency.p99Microseconds)
    table.add([
      "latency",
      "p50 \(durationText(microseconds: p50)), p90 \(durationText(microseconds: p90)), "
        + "p99 \(durationText(microseconds: p99)) a batch of \(groupedText(batch)), n = \(groupedText(latency.count))",
    ])
    if numbers == nil {
      table.add(["predicted", groupedText(predicted) + " a class"])
      table.add([
        "confidence",
        "\(fixedText(meanConfidence, digits: 4)) on average; below \(shortestText(confidenceThreshold)): "
          + "\(groupedText(lowConfidence.successes)) of \(groupedText(lowConfidence.trials))",
      ])
    }
    for row in calibration?.rows ?? [] { table.add(row) }
    if let drift {
      table.add([
        "drift",
        "chi-squared \(fixedText(drift.statistic, digits: 2)), "
          + "\(counted(drift.degrees, "degree", "degrees")) of freedom, p = \(fixedText(drift.p, digits: 4))",
      ])
    }
    if let largestResidual, let largestStateError {
      table.add([
        "residual", "at most \(shortText(largestResidual)); ground states are exact to \(shortText(largestStateError))",
      ])
    }
    if let predictionsPath { table.add(["predictions", predictionsPath]) }
    for row in RunFactsReport.rows(facts) { table.add(row) }
    return table.text
  }

  public var json: JSON {
    let latencyMembers: [(String, JSON)] = [
      ("p50", .number(latency.p50Microseconds)), ("p90", .number(latency.p90Microseconds)),
      ("p99", .number(latency.p99Microseconds)), ("n", .integer(latency.count)),
    ]
    var members: [(String, JSON)] = [("job", .string(Job.evaluate.rawValue))]
    members += numbers?.members ?? accuracyMembers
    members += [
      ("samples", .integer(samples)), ("batch", .integer(batch)), ("seconds", .number(seconds)),
      ("samples_per_second", .number(samplesPerSecond)), ("latency_microseconds", .object(latencyMembers)),
      ("predicted", .array(predicted.map(JSON.integer))),
    ]
    if numbers == nil { members += confidenceMembers }
    members += [
      ("drift", drift?.json ?? .null), ("largest_residual", .optional(largestResidual)),
      ("largest_state_error", .optional(largestStateError)), ("gate", gate?.json ?? .null),
      ("device", device?.json ?? .null), ("shots", shots?.json ?? .null),
      ("trajectories", .optional(trajectories?.runs)), ("uncertain", .optional(trajectories?.uncertain.successes)),
      ("predictions", .optional(predictionsPath)), ("model", .string(modelPath)),
      ("model_sha256", .string(modelSHA256)),
    ]
    return .object(members + RunFactsReport.members(facts))
  }

  private var accuracyMembers: [(String, JSON)] {
    [
      ("accuracy", .optional(accuracy?.value)), ("accuracy_interval", RunFactsReport.interval(accuracy)),
      ("correct", .optional(accuracy?.successes)),
    ]
  }
}

extension Calibration {
  /// More classes make lines too wide for a terminal; all have their counts in the JSON report.
  private static let shownClasses = 10

  fileprivate var rows: [[String]] {
    let area = rocArea.map { area in
      ", ROC area \(fixedText(area.value, digits: 6))"
        + (area.error < 1e-6 ? "" : ", exact to \(shortText(area.error))")
    }
    let rows = [
      [
        "calibrated",
        "expected error \(fixedText(expectedError, digits: 4)), Brier score \(fixedText(brierScore, digits: 4))"
          + (area ?? ""),
      ]
    ]
    if confusion.count > Self.shownClasses { return rows }
    let lines = confusion.enumerated().map { "label \($0): \(groupedText($1))" }
    if lines.count == 2 { return rows + [["confusion", lines.joined(separator: "; ")]] }
    return rows + lines.enumerated().map { [$0 == 0 ? "confusion" : "", $1] }
  }
}
