import Files
import Settings

/// What is written of one evaluated input: its report, and its line in the metrics. Both hold nothing that differs
/// between two runs on the same input: no time of the run, no duration.
struct SpoolRecord {
  let input: FileName
  let status: FileStatus
  let stamp: String
  let digest: String
  let data: String
  let labels: String?
  let predictions: FileName
  let predictionsSHA256: String
  let settings: SpoolDigest
  let report: EvaluationReport

  /// One object in one line, `time` that of the input's last change.
  var metricsLine: String {
    JSON.object(
      [("input", .string(input.text)), ("time", .optional(status.time))] + results + [
        ("data_sha256", .string(data)), ("labels_sha256", .optional(labels)),
        ("model_sha256", .string(report.modelSHA256)), ("settings_sha256", .string(settings.sha256)),
        ("predictions_sha256", .string(predictionsSHA256)), ("version", .string(programVersion)),
      ]
    ).text + "\n"
  }

  var reportText: String {
    let keys = SpoolStamp.keys
    return JSON.object(
      [
        (keys.stamp, .string(stamp)), (keys.digest, .string(digest)), (keys.labels, .optional(labels)),
        ("report", .string("spool")), ("input", .string(input.text)), ("time", .optional(status.time)),
        ("bytes", .integer(status.size)), ("data_sha256", .string(data)), ("model_sha256", .string(report.modelSHA256)),
        ("settings_sha256", .string(settings.sha256)), ("settings", settings.json),
        ("version", .string(programVersion)), ("predictions", .string(predictions.text)),
        ("predictions_sha256", .string(predictionsSHA256)),
      ] + results
    ).text + "\n"
  }

  private var results: [(String, JSON)] {
    if let numbers = report.numbers {
      return [("samples", .integer(report.samples))] + numbers.members + [
        ("predicted", .array(report.predicted.map(JSON.integer))), ("drift", report.drift?.json ?? .null),
        ("gate", report.gate?.json ?? .null),
      ]
    }
    let accuracy = report.accuracy
    let interval = accuracy.map { [$0.interval.lower, $0.interval.upper].map(JSON.number) }
    return [
      ("samples", .integer(report.samples)), ("accuracy", .optional(accuracy?.value)),
      ("accuracy_interval", interval.map(JSON.array) ?? .null), ("correct", .optional(accuracy?.successes)),
      ("labelled", .integer(accuracy?.trials ?? 0)), ("mean_confidence", .number(report.meanConfidence)),
      ("confidence_threshold", .number(report.confidenceThreshold)),
      ("low_confidence", .integer(report.lowConfidence.successes)),
      ("predicted", .array(report.predicted.map(JSON.integer))), ("drift", report.drift?.json ?? .null),
      ("gate", report.gate?.json ?? .null),
    ]
  }
}

extension DriftTest {
  public var json: JSON {
    .object([("statistic", .number(statistic)), ("degrees", .integer(degrees)), ("p", .number(p))])
  }
}

extension QualityGate {
  public var json: JSON {
    .object([("passed", .boolean(passed)), ("misses", .array(misses.map { .string($0.setting) }))])
  }
}

extension QualityGate.Miss {
  /// The setting that is missed.
  public var setting: String {
    switch self {
    case .accuracy: "evaluation.minimum-accuracy"
    case .rmse: "evaluation.maximum-rmse"
    case .lowConfidence: "evaluation.maximum-low-confidence"
    case .drift: "evaluation.drift-significance"
    }
  }
}
