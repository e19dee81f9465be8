import Experiments
import Testing

@Suite struct VerdictTests {
  private func compare(_ differences: [Double]) -> PairedComparison {
    PairedComparison(baseline: differences.map { _ in 0.8 }, treatment: differences.map { 0.8 + $0 })
  }

  private func verdict(_ differences: [Double], among others: Int = 0, margin: Double = 0.005) -> Verdict {
    let family = [compare(differences)] + (0..<others).map { _ in compare([0, 0, 0, 0, 0, 0.001]) }
    return Judgement.of(family, margin: margin)[0].verdict
  }

  /// The corrected values are those of statsmodels 0.15.0, `multipletests(p, method="holm")`.
  @Test func holm() {
    for (given, expected) in [
      ([0.01, 0.04, 0.03, 0.005], [0.03, 0.06, 0.06, 0.02]), ([0.2, 0.9, 0.5], [0.6, 1, 1]),
      ([0.04], [0.04]), ([0.01, 0.01, 0.01], [0.03, 0.03, 0.03]), ([], []),
    ] as [([Double], [Double])] {
      #expect(zip(Judgement.holm(given), expected).allSatisfy { abs($0 - $1) < 1e-15 }, "\(given)")
    }
  }

  @Test func oneRule() {
    let better = [0.01, 0.02, 0.03, 0.04, 0.05, 0.06]
    #expect(verdict(better) == .helps && verdict(better.map { -$0 }) == .harms)
    // Significant alone, not as one of two: p = 0.03125 is 0.0625 then.
    #expect(verdict(better, among: 1) == .undecided)
    // Small, but sure.
    #expect(verdict([0.001, 0.002, 0.001, 0.002, 0.001, 0.001]) == .helps)
    // The ranks are sure, the mean is not: a few seeds far off.
    let ranks = [0.011, 0.012, 0.013, 0.014, 0.015, 0.016, 0.017, 0.018, 0.019, 0.02, 0.021, 0.022, -0.5]
    #expect(compare(ranks).p < 0.05 && verdict(ranks) == .undecided)
    #expect(verdict([0.001, -0.002, 0.001, 0.002, -0.001, 0]) == .noDifference)
    #expect(verdict([0.001, -0.002, 0.001, 0.002, -0.001, 0], margin: 0.001) == .undecided)
    #expect(verdict([0, 0, 0, 0, 0, 0]) == .noDifference)
    #expect(verdict([0.1, -0.2, 0.1, 0.2, -0.1, 0]) == .undecided)
  }

  @Test func errorsAreBetterWhereTheyAreSmaller() {
    let lower = [-0.01, -0.02, -0.03, -0.04, -0.05, -0.06]
    let comparison = PairedComparison(
      baseline: lower.map { _ in 0.8 }, treatment: lower.map { 0.8 + $0 }, prefersLower: true)
    #expect(comparison.better == 6 && comparison.worse == 0 && comparison.difference.mean < 0)
    #expect(Judgement.of([comparison], margin: 0.005)[0].verdict == .helps)
    let higher = PairedComparison(
      baseline: lower.map { 0.8 + $0 }, treatment: lower.map { _ in 0.8 }, prefersLower: true)
    #expect(higher.worse == 6 && Judgement.of([higher], margin: 0.005)[0].verdict == .harms)
  }

  /// The interval within the margin is what two one-sided t-tests at 2.5 % find: statsmodels' `ttost_paired` of these
  /// gives p = 0.00026 and p = 0.027.
  @Test func equivalence() {
    #expect(verdict([0.001, -0.002, 0.001, 0.002, -0.001, 0.0005]) == .noDifference)
    #expect(verdict([0.003, -0.004, 0.002, 0.005, -0.003, 0.004]) == .undecided)
  }

  @Test func fiveSeedsDecideNothing() {
    for differences in [[0.1, 0.1, 0.1, 0.1, 0.1], [0, 0, 0, 0, 0], [0.1]] {
      let judgement = Judgement.of([compare(differences)], margin: 0.005)[0]
      #expect(judgement.verdict == .undecided && judgement.seedsToDecide == 6)
    }
  }

  /// More seeds of the same mean and spread decide, about as many as were said.
  @Test func seedsThatWouldDecide() throws {
    let some = [0.02, -0.01, 0.03, -0.02, 0.015, 0.01, -0.005, 0.0]
    let needed = try #require(Judgement.of([compare(some)], margin: 0.001)[0].seedsToDecide)
    #expect(needed > some.count && needed < 200)
    let more = (0..<2 * needed / some.count).flatMap { _ in some }
    #expect(verdict(more, margin: 0.001) == .helps)
  }
}
