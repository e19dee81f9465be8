/// What n results of one experiment, a seed each, say together.
public struct SampleSummary: Sendable, Equatable {
  /// n, at least 1.
  public let count: Int
  public let mean: Double
  /// With n − 1 in the denominator; nil for n = 1.
  public let standardDeviation: Double?
  /// The 95 % t-interval of the mean, cut to where results can lie; nil for n = 1.
  public let interval: ConfidenceInterval?

  /// - Parameters:
  ///   - values: at least one, all finite; both are preconditions.
  ///   - range: where results, and so their mean, can lie: shares in 0…1, errors from 0 on.
  public init(_ values: [Double], within range: ClosedRange<Double> = -Double.infinity...Double.infinity) {
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
    interval = ConfidenceInterval.ofMean(mean, standardDeviation: standardDeviation, count: values.count).map {
      ConfidenceInterval(lower: max($0.lower, range.lowerBound), upper: min($0.upper, range.upperBound))
    }
  }
}
