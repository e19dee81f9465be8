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
}
