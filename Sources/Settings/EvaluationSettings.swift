public struct EvaluationSettings: Sendable, Equatable {
  /// Samples of the stream; 0: all of a file, 1000 of the endless chain. `train` and `distill` test on as many unseen
  /// samples.
  public var samples = 0
  public var batch = 64
  /// The quality gate: the lower end of the accuracy's 95 % interval must reach this; nil: no gate.
  public var minimumAccuracy: Double?
  /// The quality gate of a regression: the upper end of the RMSE's 95 % interval must not exceed this; nil: no gate.
  public var maximumRMSE: Double?
  /// An answer whose probability is below this has low confidence.
  public var confidenceThreshold = 0.9
  /// The quality gate: at most this share of answers may have low confidence; nil: no gate.
  public var maximumLowConfidence: Double?
  /// The quality gate: drift is where the chi-squared test of the predicted classes, or of binned outputs, against
  /// those of the model's own test has a p-value below this; nil: no gate.
  public var driftSignificance: Double?
  /// Measurements of each setting a sample; 0: expectations are exact.
  public var shots = 0
  /// Where predictions go (`.npy`, `.csv`, `.ndjson`); empty: nowhere.
  public var predictionsPath = ""

  public init() {}
}

extension SettingKey {
  static var evaluation: [SettingKey] {
    [
      SettingKey(
        "evaluation.samples", \.evaluation.samples, .integer(0...1 << 40), flags: ["samples"], for: .all, .value,
        "Samples to evaluate, or to test on after training; 0: all of a file (as --input alone does), else 1000"),
      SettingKey(
        "evaluation.batch", \.evaluation.batch, .integer(1...1 << 20), flags: [SettingFlag("batch", [.evaluate])],
        for: [.evaluate], .nothing, "Samples of an evaluation's batch"),
      SettingKey(
        "evaluation.minimum-accuracy", \.evaluation.minimumAccuracy, ValueKind.number(0...1).orNone("none"),
        for: [.evaluate], task: .classification, .value,
        "Quality gate: the lower end of the accuracy's 95 % interval must reach it"),
      SettingKey(
        "evaluation.maximum-rmse", \.evaluation.maximumRMSE, ValueKind.number(0...1e12).orNone("none"),
        for: [.evaluate], task: .regression, .valueUnlessDefault,
        "Quality gate of a regression: the upper end of the RMSE's 95 % interval must not exceed it"),
      SettingKey(
        "evaluation.confidence-threshold", \.evaluation.confidenceThreshold, .number(0...1), for: [.evaluate],
        task: .classification, .value,
        "An answer whose probability is below it has low confidence"),
      SettingKey(
        "evaluation.maximum-low-confidence", \.evaluation.maximumLowConfidence, ValueKind.number(0...1).orNone("none"),
        for: [.evaluate], task: .classification, .value,
        "Quality gate: at most this share of the answers may have low confidence"),
      SettingKey(
        "evaluation.drift-significance", \.evaluation.driftSignificance, ValueKind.number(0...1).orNone("none"),
        for: [.evaluate], .value,
        "Quality gate: predicted classes, or binned outputs, against the model's own test, chi-squared: p must reach it"
      ),
      SettingKey(
        "evaluation.shots", \.evaluation.shots, .integer(0...1 << 30), flags: [SettingFlag("shots", [.evaluate])],
        for: [.evaluate], task: .classification, .valueUnlessDefault,
        "Measurements a sample, and a setting, from which decisions come; 0: from exact values"),
      SettingKey(
        "evaluation.predictions", \.evaluation.predictionsPath, .path, flags: ["predictions"], for: [.evaluate],
        .nothing, "Where predictions go: .npy, .csv or .ndjson"),
    ]
  }
}
