import Batches
import Budget
import CGSL
import Kernel
import Measurement
import Models
import Testing

/// Sampled outcomes against the distribution that they come from.
@Suite struct OutcomeLawTests {
  /// Probabilities of the four outcomes of two qubits, and what two logits are worth there.
  private static let probabilities = [0.4, 0.1, 0.2, 0.3]

  /// The law of Z0 and Z1 with a readout, and a sample's row: logits, Z0, Z1, Z0 Z1.
  private struct Fixture: ~Copyable {
    let arena: Arena
    let readout: UnsafeMutablePointer<Double>
    let law: OutcomeLaw
    let row: [Double]

    init(scales: [Double] = [1, 1], biases: [Double] = [0, 0]) throws {
      let measurement = Measurement([try Observable("Z0"), try Observable("Z1")])
      var planner = Planner()
      let memory = OutcomeLaw.Memory("", measurement, logits: 2, lifetime: .run, in: &planner)
      arena = try Arena(try planner.layout())
      readout = .allocate(capacity: 4)
      readout.initialize(from: scales + biases, count: 4)
      law = memory.bind(Readout(logits: 2, scales: readout, biases: readout + 2), arena)
      let p = probabilities
      let strings = [p[0] - p[1] + p[2] - p[3], p[0] + p[1] - p[2] - p[3], p[0] - p[1] - p[2] + p[3]]
      row = [scales[0] * strings[0] + biases[0], scales[1] * strings[1] + biases[1]] + strings
    }

    deinit { readout.deallocate() }
  }

  private static func stream(_ seed: UInt64) throws -> RandomStream { try RandomStream(.shots, seed: seed) }

  /// Z0 from 7 shots is binomial; chi-squared over 20,000 draws.
  @Test func drawsFollowTheLaw() throws {
    let fixture = try Fixture()
    fixture.law.take(fixture.row)
    let (shots, draws) = (7, 20_000)
    let stream = try Self.stream(1)
    var counts = [Int](repeating: 0, count: shots + 1)
    var joint = [Int](repeating: 0, count: 4)
    var estimate = [0.0, 0.0]
    for _ in 0..<draws {
      fixture.law.draw(shots, stream, into: &estimate)
      counts[Int(((1 - estimate[0]) / 2 * Double(shots)).rounded())] += 1
      fixture.law.draw(1, stream, into: &estimate)
      joint[(estimate[0] < 0 ? 1 : 0) + (estimate[1] < 0 ? 2 : 0)] += 1
    }
    let one = Self.probabilities[1] + Self.probabilities[3]
    let statistic = (0...shots).reduce(0.0) { sum, ones in
      let expected = Double(draws) * gsl_ran_binomial_pdf(UInt32(ones), one, UInt32(shots))
      return sum + (Double(counts[ones]) - expected) * (Double(counts[ones]) - expected) / expected
    }
    #expect(gsl_cdf_chisq_Q(statistic, Double(shots)) > 1e-3)
    // Outcomes of both qubits come together.
    let together = zip(joint, Self.probabilities).reduce(0.0) { sum, pair in
      let expected = Double(draws) * pair.1
      return sum + (Double(pair.0) - expected) * (Double(pair.0) - expected) / expected
    }
    #expect(gsl_cdf_chisq_Q(together, 3) > 1e-3)
  }

  @Test func readoutAndVariance() throws {
    let fixture = try Fixture(scales: [2, -3], biases: [0.5, 1])
    fixture.law.take(fixture.row)
    // The value of 2 Z0 + 3 Z1 in each outcome.
    let values = [5.0, 1, -1, -5]
    let mean = zip(values, Self.probabilities).reduce(0) { $0 + $1.0 * $1.1 }
    let square = zip(values, Self.probabilities).reduce(0) { $0 + $1.0 * $1.0 * $1.1 }
    #expect(abs(fixture.law.variance(0, 1) - (square - mean * mean)) < 1e-12)
    let stream = try Self.stream(2)
    var (sum, squares, estimate) = (0.0, 0.0, [0.0, 0.0])
    for _ in 0..<4000 {
      fixture.law.draw(25, stream, into: &estimate)
      let difference = estimate[0] - estimate[1] - (fixture.row[0] - fixture.row[1])
      sum += difference
      squares += difference * difference
    }
    let deviation = (fixture.law.variance(0, 1) / 25).squareRoot()
    #expect(abs(sum / 4000) < 5 * deviation / 4000.0.squareRoot())
    #expect(abs(squares / 4000 / (deviation * deviation) - 1) < 0.15)
  }

  /// As many shots as are said to be enough decide rightly about 95 times in 100, a few less do not.
  @Test func shotsToDecide() throws {
    let fixture = try Fixture()
    fixture.law.take(fixture.row)
    // ⟨Z0⟩ = 0.2 is larger than ⟨Z1⟩ = 0.
    #expect(fixture.law.shotsToDecide(fixture.row, label: 1) == nil)
    let shots = try #require(fixture.law.shotsToDecide(fixture.row, label: 0))
    let stream = try Self.stream(3)
    var estimate = [0.0, 0.0]
    func share(_ shots: Int) -> Double {
      let right = (0..<20_000).count { _ in
        fixture.law.draw(shots, stream, into: &estimate)
        return estimate[0] > estimate[1]
      }
      return Double(right) / 20_000
    }
    // Ties of few outcomes are not right: the Gaussian knows none.
    #expect(abs(share(Int(shots)) - 0.95) < 0.02)
    #expect(share(Int(shots) / 3) < 0.9)
  }

  /// The interval over samples and shots holds the expected accuracy in 93 to 97 of 100 evaluations.
  @Test func coverage() throws {
    let fixture = try Fixture()
    fixture.law.take(fixture.row)
    let shots = 11
    var estimate = [0.0, 0.0]
    let long = try Self.stream(4)
    func right(_ stream: RandomStream) -> Bool {
      fixture.law.draw(shots, stream, into: &estimate)
      return argmax(estimate, count: 2) == 0
    }
    let truth = Double((0..<400_000).count { _ in right(long) }) / 400_000
    let covered = try (0..<2000).count { seed in
      let stream = try Self.stream(100 + UInt64(seed))
      let hits = (0..<200).count { _ in right(stream) }
      let (lower, upper) = Proportion(successes: hits, trials: 200).interval
      return lower <= truth && truth <= upper
    }
    #expect((1860...1940).contains(covered), "\(covered)")
  }
}
