/// Two ways of training compared over the same seeds, seed by seed.
public struct PairedComparison: Sendable, Equatable {
  /// Treatment − baseline: the mean over the seeds and its 95 % t-interval.
  public let difference: SampleSummary
  /// Whether results are errors, of which the smaller ones are better.
  public let prefersLower: Bool
  /// In how many seeds the treatment is better than the baseline, the same, and worse.
  public let better, equal, worse: Int
  public let test: SignedRankTest

  /// - Parameters:
  ///   - baseline: an accuracy in 0…1, or an error, for each seed.
  ///   - treatment: the same seeds' in the same order. As many as in `baseline`, at least one, and all finite are
  ///     preconditions.
  public init(baseline: [Double], treatment: [Double], prefersLower: Bool = false) {
    precondition(baseline.count == treatment.count, "a paired comparison takes a pair for each seed")
    // An equal pair counts as exactly 0 everywhere.
    let differences = zip(baseline, treatment).map {
      ($1 - $0).magnitude <= SignedRankTest.resolution ? 0 : $1 - $0
    }
    difference = SampleSummary(differences)
    let (above, below) = (differences.count { $0 > 0 }, differences.count { $0 < 0 })
    self.prefersLower = prefersLower
    better = prefersLower ? below : above
    equal = differences.count { $0 == 0 }
    worse = prefersLower ? above : below
    test = SignedRankTest(differences)
  }

  /// The two-sided p-value of Wilcoxon's signed-rank test, of this comparison alone.
  public var p: Double { test.p }
}
