import Experiments
import Testing

@Suite struct PairedComparisonTests {
  /// Accuracies of `differences`' seeds around `baseline`.
  private func compare(_ differences: [Double], baseline: Double = 0.8) -> PairedComparison {
    PairedComparison(
      baseline: differences.map { _ in baseline }, treatment: differences.map { baseline + $0 })
  }

  @Test func countsSeeds() {
    let comparison = compare([0.01, -0.02, 0, 0.03, 0.04, 0])
    #expect(comparison.better == 3 && comparison.equal == 2 && comparison.worse == 1)
    #expect(abs(comparison.difference.mean - 0.01) < 1e-15)
    #expect(comparison.p == comparison.test.p)
    // 0.1 + 0.2 is not 0.3 to the last bit.
    #expect(PairedComparison(baseline: [0.3], treatment: [0.1 + 0.2]).equal == 1)
  }

  @Test func verdicts() {
    #expect(compare([0.01, 0.02, 0.03, 0.04, 0.05, 0.06]).verdict == .helps)
    #expect(compare([-0.01, -0.02, -0.03, -0.04, -0.05, -0.06]).verdict == .doesNotHelp)
    // Significant, but less than half a point.
    #expect(compare([0.001, 0.002, 0.001, 0.002, 0.001, 0.001]).verdict == .doesNotHelp)
    // Significant by ranks, which say better, while one seed draws the mean below 0.
    let ranks = [0.011, 0.012, 0.013, 0.014, 0.015, 0.016, 0.017, 0.018, 0.019, 0.02, 0.021, 0.022, -0.5]
    #expect(compare(ranks).p < 0.05 && compare(ranks).difference.mean < 0)
    #expect(compare(ranks).verdict == .undecided)
    // Not significant, and any gain is below half a point.
    #expect(compare([0.001, -0.002, 0.001, 0.002, -0.001, 0]).verdict == .doesNotHelp)
    #expect(compare([0, 0, 0, 0, 0, 0]).verdict == .doesNotHelp)
    #expect(compare([0.1, -0.2, 0.1, 0.2, -0.1, 0]).verdict == .undecided)
    #expect(PairedComparison.Verdict.doesNotHelp.rawValue == "does not help")
  }

  @Test func fiveSeedsDecideNothing() {
    #expect(compare([0.1, 0.1, 0.1, 0.1, 0.1]).verdict == .undecided)
    #expect(compare([0, 0, 0, 0, 0]).verdict == .undecided)
    #expect(compare([0.1]).verdict == .undecided)
  }
}
