import Files

/// A line of a spool's metrics, as `SpoolRecord` writes it of an input, or `RolloutReport` of another model.
package struct MetricsLine {
  /// The line itself, a tenth of what it is as JSON.
  package let line: [UInt8]
  /// What became of the model; nil: the line is an input's.
  package let event: RolloutReport.Event?
  /// Empty of an event.
  package let input: String
  /// The model that made the results, or that was put in place.
  package let model: String?
  package let time: String?
  package let samples: Int
  package let accuracy: Double?
  package let interval: (lower: Double, upper: Double)?
  package let confidence: Double?
  package let lowConfidence: Int
  package let predicted: [Int]
  /// Of a regression: RMSE, R² and the outputs' means; nil of classes, or without targets.
  package let isRegression: Bool
  package let rmse, r2: Double?
  package let means: [Double]
  package let passed: Bool?
  /// The settings of the quality gate that are missed.
  package let misses: [String]
  /// The probability of the predicted classes without drift; nil where nothing can be said, or was asked.
  package let driftP: Double?

  /// nil where the line is none of a spool's metrics.
  package init?(_ line: [UInt8]) {
    guard let json = JSON(line) else { return nil }
    event = json["event"]?.asString.flatMap(RolloutReport.Event.init(rawValue:))
    guard let input = event == nil ? json["input"]?.asString : "",
      let samples = event == .rollback ? 0 : json["samples"]?.asInteger, samples >= 0,
      let predicted = event == nil ? json["predicted"]?.asArray?.map(\.asInteger) : [], !predicted.contains(nil)
    else { return nil }
    model = json[event == nil ? "model_sha256" : "to_sha256"]?.asString
    let outputs = json["outputs"]?.asArray
    isRegression = outputs != nil || event != nil && json["rmse"] != nil
    guard let low = isRegression || event != nil ? 0 : json["low_confidence"]?.asInteger else { return nil }
    (rmse, r2) = (json["rmse"]?.asNumber, json["r2"]?.asNumber)
    means = (outputs ?? []).compactMap { $0["mean"]?.asNumber }
    self.line = line
    self.input = input
    self.samples = samples
    self.predicted = predicted.compactMap { $0 }
    time = json["time"]?.asString
    accuracy = json["accuracy"]?.asNumber
    let ends = json[isRegression ? "rmse_interval" : "accuracy_interval"]?.asArray?.compactMap(\.asNumber) ?? []
    interval = ends.count == 2 ? (ends[0], ends[1]) : nil
    confidence = json["mean_confidence"]?.asNumber
    lowConfidence = low
    passed = json["gate"]?["passed"]?.asBoolean
    misses = (json["gate"]?["misses"]?.asArray ?? []).compactMap(\.asString)
    driftP = json["drift"]?["p"]?.asNumber
  }

  package var lowShare: Double? { samples > 0 ? Double(lowConfidence) / Double(samples) : nil }

  package func share(of index: Int) -> Double? {
    samples > 0 && index < predicted.count ? Double(predicted[index]) / Double(samples) : nil
  }
}
