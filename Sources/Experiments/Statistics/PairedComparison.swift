/// Two ways of training compared over the same seeds, seed by seed.
public struct PairedComparison: Sendable, Equatable {
  /// Treatment − baseline: the mean over the seeds and its 95 % t-interval.
  public let difference: SampleSummary
  /// In how many seeds the treatment is better than the baseline, the same, and worse.
  public let better, equal, worse: Int
  public let test: SignedRankTest

  /// - Parameters:
  ///   - baseline: an accuracy in 0…1 for each seed.
  ///   - treatment: the same seeds' in the same order. As many as in `baseline`, at least one, and all finite are
  ///     preconditions.
  public init(baseline: [Double], treatment: [Double]) {
    precondition(baseline.count == treatment.count, "a paired comparison takes a pair for each seed")
    // An equal pair counts as exactly 0 everywhere.
    let differences = zip(baseline, treatment).map {
      ($1 - $0).magnitude <= SignedRankTest.resolution ? 0 : $1 - $0
    }
    difference = SampleSummary(differences)
    better = differences.count { $0 > 0 }
    equal = differences.count { $0 == 0 }
    worse = differences.count { $0 < 0 }
    test = SignedRankTest(differences)
  }

  /// The two-sided p-value of Wilcoxon's signed-rank test, of this comparison alone.
  public var p: Double { test.p }
}
