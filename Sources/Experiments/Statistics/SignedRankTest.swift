import CGSL

/// Wilcoxon's signed-rank test, two-sided: whether paired differences lie symmetrically about 0.
///
/// - Differences of 0 are dropped (Wilcoxon's rule); without any other, p = 1.
/// - Magnitudes that are the same share the mean of their ranks. The same means closer than `resolution`: differences
///   of shares such as 0.3 − 0.2 and 0.4 − 0.3 differ in their last bits alone.
/// - Up to 50 differences the null distribution is exact, given the ranks as they are, ties included: every
///   difference has either sign with probability ½. Beyond, it is normal with the variance of tied ranks and a
///   continuity correction of ½.
public struct SignedRankTest: Sendable, Equatable {
  /// Differences smaller than this are 0: far below the step of any accuracy, far above rounding.
  public static let resolution = 1e-12
  public static let largestExact = 50

  /// How many differences are not 0.
  public let count: Int
  /// The sum of the ranks of the positive differences.
  public let positiveRanks: Double
  /// The probability, were there no effect, of ranks at least as lopsided; 0 < p ≤ 1.
  public let p: Double

  /// Whether the positive differences have more than half of all ranks.
  public var favoursPositive: Bool { positiveRanks > Double(count * (count + 1)) / 4 }

  /// - Parameter differences: any number, all finite (a precondition).
  public init(_ differences: [Double]) {
    precondition(differences.allSatisfy(\.isFinite), "the signed-rank test takes finite differences")
    let sorted = differences.filter { $0.magnitude > Self.resolution }.sorted { $0.magnitude < $1.magnitude }
    // Twice the rank of each, which is whole: tied ranks a…b share (a + b) / 2.
    var doubledRanks: [Int] = []
    var tieSizes: [Int] = []
    while doubledRanks.count < sorted.count {
      let first = doubledRanks.count
      var end = first + 1
      while end < sorted.count && sorted[end].magnitude - sorted[end - 1].magnitude <= Self.resolution { end += 1 }
      doubledRanks += [Int](repeating: first + 1 + end, count: end - first)
      tieSizes.append(end - first)
    }
    let positive = zip(sorted, doubledRanks).reduce(0) { $0 + ($1.0 > 0 ? $1.1 : 0) }
    count = sorted.count
    positiveRanks = Double(positive) / 2
    p =
      sorted.count <= Self.largestExact
      ? Self.exact(positive, doubledRanks) : Self.normal(positiveRanks, count: sorted.count, tieSizes)
  }

  /// Counts, for each sum of doubled ranks, the choices of signs that give it. Of 2^50 choices each count is exact.
  private static func exact(_ positive: Int, _ doubledRanks: [Int]) -> Double {
    let total = doubledRanks.reduce(0, +)
    var choices = [Double](repeating: 0, count: total + 1)
    choices[0] = 1
    for rank in doubledRanks {
      for sum in stride(from: total, through: rank, by: -1) { choices[sum] += choices[sum - rank] }
    }
    // The distribution is symmetric: both tails are as long as the shorter one.
    let tail = choices[...min(positive, total - positive)].reduce(0, +)
    return min(1, 2 * tail / choices.reduce(0, +))
  }

  private static func normal(_ positiveRanks: Double, count: Int, _ tieSizes: [Int]) -> Double {
    let n = Double(count)
    let ties = tieSizes.reduce(0.0) { $0 + Double($1) * (Double($1) * Double($1) - 1) }
    let variance = n * (n + 1) * (2 * n + 1) / 24 - ties / 48
    let distance = (positiveRanks - n * (n + 1) / 4).magnitude
    qkd_gsl_errors_as_status()
    return min(1, 2 * gsl_cdf_ugaussian_Q(max(0, distance - 0.5) / variance.squareRoot()))
  }
}
