import CGSL

/// A two-sided interval, ends included, in the unit of what it is the interval of.
public struct ConfidenceInterval: Sendable, Equatable {
  public let lower: Double
  public let upper: Double

  public init(lower: Double, upper: Double) {
    self.lower = lower
    self.upper = upper
  }

  /// The 95 % t-interval of a mean: mean ± t · sd / √n, t the 0.975 quantile of Student's distribution with n − 1
  /// degrees of freedom (GSL).
  ///
  /// - It is not clipped: of accuracies it may leave [0, 1].
  /// - Values that are all the same give an interval without width.
  /// - nil for n = 1, which says nothing about the spread.
  static func ofMean(_ mean: Double, standardDeviation: Double?, count: Int) -> ConfidenceInterval? {
    guard let standardDeviation, count > 1 else { return nil }
    qkd_gsl_errors_as_status()
    let half = gsl_cdf_tdist_Pinv(0.975, Double(count - 1)) * standardDeviation / Double(count).squareRoot()
    return ConfidenceInterval(lower: mean - half, upper: mean + half)
  }
}
