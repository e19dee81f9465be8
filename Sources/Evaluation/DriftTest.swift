import CGSL

/// Whether two lots of answers come from one distribution over the classes: the chi-squared test of homogeneity of the
/// 2 × k table of their counts (Pearson). With shares of both lots together, E = lot · share are the counts to expect,
/// and X² = Σ (count − E)²/E over both lots has, where they are one distribution, about the chi-squared distribution of
/// k − 1 degrees of freedom.
///
/// - The approximation needs E ≥ 5 (Cochran's rule). Classes of which less is expected in the smaller lot are counted
///   as one, together with the rarest of the others until that is enough.
/// - Where fewer than two classes are left, a few samples say for one, nothing can be said: there is no test.
public struct DriftTest: Sendable, Equatable {
  /// X².
  public let statistic: Double
  /// k − 1, of the classes as they were counted.
  public let degrees: Int
  /// The probability of such a statistic, or a larger one, without drift.
  public let p: Double

  public static let leastExpected = 5.0

  /// That of a regression's outputs, each counted in bins: the output with the smallest p, which is multiplied by their
  /// number (Bonferroni).
  /// - Parameters: counts `[output][bin]`, as many of both.
  /// - Returns: nil where nothing can be said of any output.
  public init?(reference: [Int], observed: [Int], bins: Int) {
    precondition(reference.count == observed.count && reference.count % bins == 0, "the same bins")
    let outputs = reference.count / bins
    let tests = (0..<outputs).compactMap { output in
      let range = output * bins..<(output + 1) * bins
      return DriftTest(reference: Array(reference[range]), observed: Array(observed[range]))
    }
    guard let worst = tests.min(by: { $0.p < $1.p }) else { return nil }
    (statistic, degrees, p) = (worst.statistic, worst.degrees, min(1, worst.p * Double(tests.count)))
  }

  /// - Parameters: counts by class, as many classes of both.
  /// - Returns: nil where nothing can be said.
  public init?(reference: [Int], observed: [Int]) {
    precondition(reference.count == observed.count, "the same classes")
    let (m, n) = (reference.reduce(0, +), observed.reduce(0, +))
    let total = Double(m + n)
    let lots = [Double(m) / total, Double(n) / total]
    let smaller = lots.min() ?? 0
    let seen: [(Int, Int)] = zip(reference, observed).filter { $0.0 + $0.1 > 0 }
    let classes = seen.sorted { $0.0 + $0.1 < $1.0 + $1.1 }
    var groups: [(reference: Int, observed: Int)] = []
    var pooled = (reference: 0, observed: 0)
    for (one, other) in classes {
      // They ascend: behind the first that stands alone all do.
      let isEnough = Double(pooled.reference + pooled.observed) * smaller >= Self.leastExpected
      if !isEnough && (pooled != (0, 0) || Double(one + other) * smaller < Self.leastExpected) {
        pooled = (pooled.reference + one, pooled.observed + other)
      } else {
        groups.append((one, other))
      }
    }
    if pooled != (0, 0) { groups.append(pooled) }
    let expectsEnough = groups.allSatisfy { Double($0.reference + $0.observed) * smaller >= Self.leastExpected }
    guard groups.count > 1, expectsEnough else { return nil }
    var sum = 0.0
    for group in groups {
      let both = Double(group.reference + group.observed)
      for (count, lot) in [(group.reference, lots[0]), (group.observed, lots[1])] {
        let expected = both * lot
        sum += (Double(count) - expected) * (Double(count) - expected) / expected
      }
    }
    statistic = sum
    degrees = groups.count - 1
    qkd_gsl_errors_as_status()
    p = gsl_cdf_chisq_Q(sum, Double(groups.count - 1))
  }
}
