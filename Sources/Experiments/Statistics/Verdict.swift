/// What follows from a comparison, one of a family: all comparisons of a report.
public enum Verdict: String, Sendable, Equatable {
  /// p, corrected for the family, is below 0.05, and the 95 % interval of the mean difference lies on the better side
  /// of 0: above it, or below where results are errors.
  case helps
  /// The same, and it lies on the other side.
  case harms
  /// Neither, and the whole interval lies within ± the margin: equivalence by two one-sided tests at 2.5 %.
  case noDifference = "no difference worth naming"
  /// All else, and always below six pairs, of which no signed-rank test can be significant: 2 / 2⁵ > 0.05.
  case undecided
}

/// A comparison's verdict, and what it rests on.
public struct Judgement: Sendable, Equatable {
  /// p after Holm's correction for all comparisons of the family.
  public let p: Double
  public let verdict: Verdict
  /// Of an undecided comparison: how many seeds would probably decide it, were mean and spread what they were; nil for
  /// others, and where there is no spread to tell from.
  public let seedsToDecide: Int?

  /// A corrected p-value below this is significant.
  public static let significance = 0.05
  public static let fewestPairs = 6

  /// Judges all comparisons of a report, in their order.
  /// - Parameter margin: differences of results within ± this are not worth naming.
  public static func of(_ comparisons: [PairedComparison], margin: Double) -> [Judgement] {
    zip(comparisons, holm(comparisons.map(\.p))).map { Judgement($0, p: $1, of: comparisons.count, margin: margin) }
  }

  /// Holm's step-down correction: the k-th smallest of m p-values times m − k + 1, at least as large as those before.
  public static func holm(_ values: [Double]) -> [Double] {
    var corrected = values
    var largest = 0.0
    for (rank, index) in values.indices.sorted(by: { values[$0] < values[$1] }).enumerated() {
      largest = max(largest, min(1, Double(values.count - rank) * values[index]))
      corrected[index] = largest
    }
    return corrected
  }

  private init(_ comparison: PairedComparison, p: Double, of family: Int, margin: Double) {
    self.p = p
    let difference = comparison.difference
    guard let interval = difference.interval, difference.count >= Self.fewestPairs else {
      (verdict, seedsToDecide) = (.undecided, difference.count < Self.fewestPairs ? Self.fewestPairs : nil)
      return
    }
    if p < Self.significance && (interval.lower > 0 || interval.upper < 0) {
      verdict = (interval.lower > 0) != comparison.prefersLower ? .helps : .harms
    } else if interval.lower > -margin && interval.upper < margin {
      verdict = .noDifference
    } else {
      verdict = .undecided
    }
    seedsToDecide = verdict == .undecided ? Self.seeds(difference, family: family, margin: margin) : nil
  }

  /// By the normal approximation, for a power of 80 %: as many as would show the mean to be other than 0, at 0.05
  /// shared by the family, or to lie within the margin, whichever are fewer.
  private static func seeds(_ difference: SampleSummary, family: Int, margin: Double) -> Int? {
    guard let spread = difference.standardDeviation, spread > 0 else { return nil }
    func needed(_ distance: Double, _ level: Double) -> Double {
      let quantiles = normalQuantile(level) + normalQuantile(0.2)
      return distance > 0 ? (quantiles * spread / distance) * (quantiles * spread / distance) : .infinity
    }
    let shown = needed(difference.mean.magnitude, Self.significance / 2 / Double(max(family, 1)))
    let equivalent = needed(margin - difference.mean.magnitude, 0.025)
    let fewest = min(shown, equivalent)
    return fewest < 1e6 ? max(Int(fewest.rounded(.up)), difference.count + 1) : nil
  }
}
