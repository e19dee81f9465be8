/// One prediction, as it is written.
public struct Prediction {
  /// The number of the sample's row in its stream.
  public let sample: Int
  /// −1: there is none.
  public let label: Int
  public let predicted: Int
  /// One number a class.
  public let probabilities, logits: UnsafeBufferPointer<Double>

  public init(
    sample: Int, label: Int, predicted: Int, probabilities: UnsafeBufferPointer<Double>,
    logits: UnsafeBufferPointer<Double>
  ) {
    self.sample = sample
    self.label = label
    self.predicted = predicted
    self.probabilities = probabilities
    self.logits = logits
  }

  /// Whether the label was predicted; nil without a label.
  var isHit: Bool? { label < 0 ? nil : label == predicted }
}
