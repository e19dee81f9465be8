import Foundation
import Kernel
import Testing

@Suite struct FoldTests {
  static let formats: [LaneFormat] = [
    .float64x1, .float64x2, .float64x4, .float64x8, .float32x1, .float32x2, .float32x4, .float32x8, .float32x16,
  ]

  @Test func expectationsOfRandomCircuits() {
    var random = Random(18)
    for circuit in 0..<200 {
      let item = RandomNoisyCircuit(&random)
      let format = Self.formats.randomElement(using: &random)!
      let harness = item.harness(format, gradient: circuit % 2 == 0)
      harness.prepare(item.angles, item.samples.map { [$0] })
      let tolerance = format.precision == .float64 ? 1e-12 : 1e-5
      let got = harness.expectations()
      for (sample, expected) in item.expectations().enumerated() {
        for (logit, value) in expected.enumerated() {
          #expect(
            abs(got[sample][logit] - value) < tolerance,
            "circuit \(circuit), \(format), \(item.noise), \(item.ansatz), sample \(sample)")
        }
      }
      #expect(harness.fencesStand, "circuit \(circuit)")
    }
  }

  /// The shift rule is exact under noise too: the noise does not depend on the angles.
  @Test func derivativesEqualTheShiftRule() {
    var random = Random(19)
    for circuit in 0..<40 {
      let item = RandomNoisyCircuit(&random, qubits: 1...4)
      let format = Self.formats.randomElement(using: &random)!
      let harness = item.harness(format)
      let samples = item.samples.map { [$0] }
      let weights = item.samples.map { _ in (0..<item.logits).map { _ in random.uniform(-1...1) } }
      harness.prepare(item.angles, samples)
      let derivatives = harness.derivatives(item.angles, weights: weights)
      let isDouble = format.precision == .float64
      let shifting = item.harness(isDouble ? format : .float64x8, gradient: false)
      let isHalf = item.ansatz.rotation == .half
      for p in item.angles.indices {
        func value(_ shift: Double) -> Double {
          var angles = item.angles
          angles[p] += shift
          shifting.prepare(angles, samples)
          return zip(weights, shifting.expectations()).reduce(0) { sum, pair in
            zip(pair.0, pair.1).reduce(sum) { $0 + $1.0 * $1.1 }
          }
        }
        let expected =
          isHalf ? (value(.pi / 2) - value(-.pi / 2)) / 2 : value(.pi / 4) - value(-.pi / 4)
        #expect(
          abs(derivatives[p] - expected) < (isDouble ? 1e-11 : 1e-4),
          "circuit \(circuit), \(format), \(item.noise), \(item.ansatz), parameter \(p)")
      }
      #expect(harness.fencesStand, "circuit \(circuit)")
    }
  }

  /// Without noise folding is another way to the logits and gradients of the statevector kernel.
  @Test func withoutNoiseItIsTheStatevector() {
    var random = Random(20)
    for circuit in 0..<30 {
      let item = RandomNoisyCircuit(&random, noise: RandomNoisyCircuit.Noise.none)
      let terms = item.terms.map { $0.kernelTerm(item.ansatz) }
      let plain = Harness(item.ansatz, .float64x2, observables: terms, logits: item.logits)
      plain.prepare(item.angles)
      let samples = Array(item.samples.prefix(2))
      plain.load(samples)
      let folded = FoldHarness(item.ansatz, .float64x2, terms: terms, logits: item.logits)
      folded.prepare(item.angles, samples.map { [$0] })
      for j in 0..<item.logits {
        plain.scales[j] = 3 - Double(j)
        folded.scales[j] = 3 - Double(j)
      }
      let labels = samples.indices.map { $0 % item.logits }
      let (a, b) = (
        plain.gradient(angles: item.angles, labels: labels), folded.gradient(item.angles, labels: labels)
      )
      #expect(abs(a.loss - b.loss) < 1e-12 && a.correct == b.correct, "circuit \(circuit)")
      for (x, y) in zip(a.angles + a.scales + a.biases, b.angles + b.scales + b.biases) {
        #expect(abs(x - y) < 1e-11, "circuit \(circuit), \(item.ansatz)")
      }
    }
  }

  /// A mixed state is the sum of its branches.
  @Test func branchesAreSummed() {
    var random = Random(21)
    let item = RandomNoisyCircuit(&random, qubits: 3...3, noise: .device)
    let terms = item.terms.map { $0.kernelTerm(item.ansatz) }
    func harness(_ branches: Int) -> FoldHarness {
      FoldHarness(
        item.ansatz, .float64x4, terms: terms, logits: item.logits, qubits: item.reference.qubitChannels,
        pairs: item.reference.pairChannels, flips: item.reference.flips, branches: branches)
    }
    let (mixed, pure) = (harness(2), harness(1))
    let parts = (0..<2).map { _ in (0..<4).map { _ in random.state(3) } }
    let weights = (0..<4).map { _ in (0..<item.logits).map { _ in random.uniform(-1...1) } }
    mixed.prepare(item.angles, (0..<4).map { [parts[0][$0], parts[1][$0]] })
    let (values, slopes) = (mixed.expectations(), mixed.derivatives(item.angles, weights: weights))
    var (sums, slopeSums) = (values.map { $0.map { _ in 0.0 } }, slopes.map { _ in 0.0 })
    for part in parts {
      pure.prepare(item.angles, part.map { [$0] })
      sums = zip(sums, pure.expectations()).map { zip($0, $1).map { $0 + $1 } }
      slopeSums = zip(slopeSums, pure.derivatives(item.angles, weights: weights)).map { $0 + $1 }
    }
    for (a, b) in zip(values.flatMap { $0 } + slopes, sums.flatMap { $0 } + slopeSums) { #expect(abs(a - b) < 1e-12) }
    #expect(mixed.fencesStand)
  }
}
