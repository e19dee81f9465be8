import Kernel
import Testing

/// A mixed state as branches that are not normalised. Its logits and gradient are what the sums over branches give,
/// each branch a sample of its own: expectations are linear in ρ.
@Suite struct MixedStateTests {
  static let ansatzes = [
    Ansatz(qubits: 2, layers: 2, entangler: .descending, finalRotation: true), Ansatz(qubits: 3, layers: 1),
  ]
  static func observables(_ n: Int) -> [Term] {
    [
      Term(weight: 1, string: "Z" + String(repeating: "I", count: n - 1), logit: 0),
      Term(weight: 0.7, string: "XY" + String(repeating: "I", count: n - 2), logit: 1),
    ]
  }

  private func branches(_ n: Int, _ count: Int, _ random: inout Random) -> [[Complex]] {
    let weights = (0..<count).map { _ in random.uniform(0...1) }
    let total = weights.reduce(0, +)
    return weights.map { weight in
      let size = (weight / total).squareRoot()
      return random.state(n).map { Complex(size * $0.re, size * $0.im) }
    }
  }

  private func harness(_ ansatz: Ansatz, _ format: LaneFormat, _ history: Harness.History) -> Harness {
    let harness = Harness(
      ansatz, format, observables: Self.observables(ansatz.qubits).map { $0.kernelTerm(ansatz) }, logits: 2,
      history: history)
    for j in 0..<2 { (harness.scales[j], harness.biases[j]) = (1.5 - Double(j), 0.2) }
    return harness
  }

  /// `[branch]` states of the harness's format, each lane the sample of its number.
  private func load(_ samples: [[[Complex]]], _ harness: Harness) -> UnsafeMutableRawPointer {
    let bytes = 2 * harness.ansatz.amplitudes * harness.format.vectorBytes
    let block = UnsafeMutableRawPointer.allocate(byteCount: samples[0].count * bytes, alignment: 64)
    for branch in samples[0].indices {
      harness.load(samples.map { $0[branch] })
      (block + branch * bytes).copyMemory(from: harness.input, byteCount: bytes)
    }
    return block
  }

  @Test(arguments: ansatzes) func logitsAreThoseOfTheDensityMatrix(_ ansatz: Ansatz) {
    var random = Random(21)
    let angles = random.angles(ansatz.parameterCount)
    let samples = (0..<4).map { _ in branches(ansatz.qubits, 5, &random) }
    let harness = harness(ansatz, .float64x4, .none)
    harness.prepare(angles)
    let input = load(samples, harness)
    defer { input.deallocate() }
    harness.network.forward(input, branches: 5, harness.workspace, logits: harness.logits)
    let reference = DenseReference(ansatz: ansatz)
    for lane in 0..<4 {
      for (j, term) in Self.observables(ansatz.qubits).enumerated() {
        let expected = samples[lane].reduce(0) {
          $0 + term.weight * reference.expectation(term.string, reference.evolve($1, angles))
        }
        let given = harness.logits[2 * lane + j]
        #expect(abs(given - (harness.scales[j] * expected + 0.2)) < 1e-13)
      }
    }
  }

  @Test(arguments: ansatzes, [Harness.History.stored, .uncomputed])
  func gradientIsTheSlope(_ ansatz: Ansatz, _ history: Harness.History) {
    var random = Random(22)
    let angles = random.angles(ansatz.parameterCount)
    let samples = (0..<3).map { _ in branches(ansatz.qubits, 4, &random) }
    let harness = harness(ansatz, .float64x4, history)
    let input = load(samples + [samples[0]], harness)
    defer { input.deallocate() }
    func evaluate(_ angles: [Double]) -> (loss: Double, gradient: [Double]) {
      harness.prepare(angles)
      harness.clearSums()
      ([0, 1, 1, -1] as [Int32]).withUnsafeBufferPointer { labels in
        harness.network.addGradient(
          input, branches: 4, harness.workspace, loss: .crossEntropy,
          targets: GroupTargets(labels: labels.baseAddress!, teacherLogits: nil, weight: 0.5), sums: harness.sums)
      }
      var gradient = [Double](repeating: 0, count: ansatz.parameterCount)
      harness.network.finishGradient(angles: angles, moments: harness.sums.moments, gradient: &gradient)
      return (harness.sums.totals[0], gradient)
    }
    let gradient = evaluate(angles).gradient
    for index in angles.indices {
      func value(_ shift: Double) -> Double {
        var moved = angles
        moved[index] += 1e-4 * shift
        return evaluate(moved).loss
      }
      let slope = (8 * (value(1) - value(-1)) - (value(2) - value(-2))) / 12e-4
      #expect(abs(gradient[index] - slope) < 1e-9, "angle \(index)")
    }
  }
}
