/// What n results of one experiment, a seed each, say together.
public struct SampleSummary: Sendable, Equatable {
  /// n, at least 1.
  public let count: Int
  public let mean: Double
  /// With n − 1 in the denominator; nil for n = 1.
  public let standardDeviation: Double?
  /// The 95 % t-interval of the mean, not clipped to where results can lie; nil for n = 1.
  public let interval: ConfidenceInterval?

  /// - Parameter values: at least one, all finite; both are preconditions.
  public init(_ values: [Double]) {
    precondition(!values.isEmpty, "a summary takes at least one value")
    precondition(values.allSatisfy(\.isFinite), "a summary takes finite values")
    let n = Double(values.count)
    // The second pass takes out what the first one's rounding left, so that equal values have exactly no spread.
    let rough = values.reduce(0, +) / n
    let mean = rough + values.reduce(0) { $0 + ($1 - rough) } / n
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    count = values.count
    self.mean = mean
    standardDeviation = values.count > 1 ? (squares / (n - 1)).squareRoot() : nil
    interval = .ofMean(mean, standardDeviation: standardDeviation, count: values.count)
  }
}
