/// Two ways of training compared over the same seeds, seed by seed.
public struct PairedComparison: Sendable, Equatable {
  public enum Verdict: String, Sendable, Equatable {
    case helps = "helps"
    case doesNotHelp = "does not help"
    case undecided = "undecided"
  }

  /// A p-value below this is significant.
  public static let significance = 0.05
  /// A gain below half a point of accuracy is as good as none.
  public static let smallestGain = 0.005
  /// With fewer pairs no signed-rank test can be significant: 2 / 2⁵ > 0.05.
  public static let fewestPairs = 6

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

  /// The two-sided p-value of Wilcoxon's signed-rank test.
  public var p: Double { test.p }

  /// - `doesNotHelp`: the 95 % interval of the difference lies wholly below half a point, so that any gain there is
  ///   would not matter; or p < 0.05 and both ranks and mean say that the treatment is worse.
  /// - `helps`: else, p < 0.05, and both ranks and mean say that the treatment is better.
  /// - `undecided`: all else, and always below six pairs: too few seeds, or too much spread, to tell. So is a
  ///   significant test whose ranks and mean disagree, as a few seeds far off can make them.
  public var verdict: Verdict {
    if difference.count < Self.fewestPairs { return .undecided }
    if let interval = difference.interval, interval.upper < Self.smallestGain { return .doesNotHelp }
    if p >= Self.significance { return .undecided }
    switch (test.favoursPositive, difference.mean > 0) {
    case (true, true): return .helps
    case (false, false): return .doesNotHelp
    default: return .undecided
    }
  }
}
