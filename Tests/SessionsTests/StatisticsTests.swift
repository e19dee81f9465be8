import Batches
import Sessions
import TemporaryFolders
import Testing

@Suite struct StatisticsTests {
  /// R: binom::binom.confint(x, n, methods = "wilson"), to 4 digits.
  @Test(arguments: [
    (8, 10, 0.4902, 0.9433), (0, 10, 0, 0.2775), (10, 10, 0.7225, 1), (1, 2, 0.0945, 0.9055),
    (990, 1000, 0.9817, 0.9946),
  ])
  func intervalsAreWilsons(_ successes: Int, _ trials: Int, _ lower: Double, _ upper: Double) {
    let interval = Proportion(successes: successes, trials: trials).interval
    #expect(abs(interval.lower - lower) < 5e-5 && abs(interval.upper - upper) < 5e-5)
    #expect(interval.lower >= 0 && interval.upper <= 1)
  }

  @Test func withoutTrialsEverythingIsPossible() {
    #expect(Proportion(successes: 0, trials: 0).interval == (0, 1))
    #expect(Proportion(successes: 0, trials: 0).value.isNaN)
  }

  @Test func percentilesAreOrderedAndWithinTheRun() throws {
    let folder = TemporaryFolder()
    var settings = shortSettings(in: folder)
    try writeModel(settings.model.path, qubits: 7)
    settings.evaluation.samples = 1000
    settings.evaluation.batch = 10
    let report = try Session.evaluate(settings)
    let latency = report.latency
    #expect(latency.count == 100)
    #expect(latency.p50Microseconds > 0)
    #expect(latency.p50Microseconds <= latency.p90Microseconds && latency.p90Microseconds <= latency.p99Microseconds)
    // Half of the batches take at least the median, to the width of a bucket.
    #expect(latency.p50Microseconds * 50 * (1 - 1 / 32.0) <= report.seconds * 1e6)
  }
}
