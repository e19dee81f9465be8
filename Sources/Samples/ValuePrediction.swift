import Files

/// What a file of predictions is of.
public enum PredictionKind: Sendable {
  case classes
  /// Numbers of a regression.
  case values
}

/// A regression's answer, as it is written.
public struct ValuePrediction {
  /// The number of the sample's row in its stream.
  public let sample: Int
  /// One number an output.
  public let values: UnsafeBufferPointer<Double>
  /// nil: the sample has none.
  public let targets: UnsafeBufferPointer<Double>?

  public init(sample: Int, values: UnsafeBufferPointer<Double>, targets: UnsafeBufferPointer<Double>?) {
    self.sample = sample
    self.values = values
    self.targets = targets
  }
}

extension PredictionText {
  /// `sample,value_0,…,target_0,…`
  static func putValueNames(outputs: Int, _ cursor: inout TextCursor) {
    cursor.put("sample")
    for index in 0..<outputs {
      cursor.put(",value_")
      cursor.put(index)
    }
    for index in 0..<outputs {
      cursor.put(",target_")
      cursor.put(index)
    }
    cursor.put("\n")
  }

  /// `0,0.5,0.25`, or `{"sample":0,"values":[0.5],"targets":[0.25]}`; without targets empty fields, or `null`.
  static func put(_ prediction: ValuePrediction, _ isJSON: Bool, _ cursor: inout TextCursor) {
    if isJSON { cursor.put("{\"sample\":") }
    cursor.put(prediction.sample)
    cursor.put(isJSON ? ",\"values\":[" : ",")
    put(prediction.values, isJSON, &cursor)
    cursor.put(isJSON ? "],\"targets\":" : ",")
    if let targets = prediction.targets {
      if isJSON { cursor.put("[") }
      put(targets, isJSON, &cursor)
      if isJSON { cursor.put("]") }
    } else if isJSON {
      cursor.put("null")
    } else {
      for _ in 1..<prediction.values.count { cursor.put(",") }
    }
    cursor.put(isJSON ? "}\n" : "\n")
  }
}

extension PredictionWriter {
  /// Appends one answer of a regression.
  /// - Precondition: a writer of values.
  public mutating func append(_ prediction: ValuePrediction) -> WriteStatus {
    switch consume self {
    case .npy(var writer):
      precondition(1 + 2 * prediction.values.count == writer.columns, "one number an output")
      var status = writer.append(Double(prediction.sample))
      if status == .written { status = writer.append(prediction.values) }
      if let targets = prediction.targets {
        if status == .written { status = writer.append(targets) }
      } else {
        for _ in prediction.values where status == .written { status = writer.append(.nan) }
      }
      self = .npy(writer)
      return status
    case .text(var writer):
      let status = writer.append(prediction)
      self = .text(writer)
      return status
    }
  }
}
