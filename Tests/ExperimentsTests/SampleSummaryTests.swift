import Experiments
import Testing

/// Numbers of SciPy 1.17.1, `scipy.stats`.
@Suite struct SampleSummaryTests {
  /// `t.interval(.95, n - 1, mean, sem(values))`.
  @Test func intervalsAreStudents() throws {
    let five = SampleSummary([0.97, 0.95, 0.99, 0.96, 0.93])
    #expect(abs(five.mean - 0.96) < 1e-15 && five.count == 5)
    #expect(abs(try #require(five.standardDeviation) - 0.02236067977499788) < 1e-15)
    let interval = try #require(five.interval)
    #expect(abs(interval.lower - 0.9322355489480221) < 1e-12 && abs(interval.upper - 0.9877644510519779) < 1e-12)
    let two = try #require(SampleSummary([0.5, 0.75]).interval)
    #expect(abs(two.lower + 0.9632755920218368) < 1e-12 && abs(two.upper - 2.2132755920218368) < 1e-12)
    let cut = try #require(SampleSummary([0.5, 0.75], within: 0...1).interval)
    #expect(cut.lower == 0 && cut.upper == 1)
  }

  @Test func oneValueHasNoInterval() {
    let one = SampleSummary([0.9])
    #expect(one.mean == 0.9 && one.standardDeviation == nil && one.interval == nil)
  }

  @Test func equalValuesHaveNoSpread() {
    let same = SampleSummary([0.1, 0.1, 0.1])
    #expect(same.mean == 0.1 && same.standardDeviation == 0)
    #expect(same.interval == ConfidenceInterval(lower: 0.1, upper: 0.1))
  }

  @Test func valuesThatAreNoNumbersAreRefused() async {
    await #expect(processExitsWith: .failure) { _ = SampleSummary([0.9, .nan]) }
    await #expect(processExitsWith: .failure) { _ = SampleSummary([]) }
    await #expect(processExitsWith: .failure) { _ = PairedComparison(baseline: [0.1], treatment: [0.1, 0.2]) }
  }
}
