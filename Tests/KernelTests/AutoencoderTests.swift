import Kernel
import Testing

@Suite struct AutoencoderTests {
  static let shapes: [AutoencoderAnsatz] = [
    AutoencoderAnsatz(qubits: 2, latent: 1, layers: 1, pairs: .ring),
    AutoencoderAnsatz(qubits: 3, latent: 1, layers: 2, pairs: .latentTrash),
    AutoencoderAnsatz(qubits: 3, latent: 2, layers: 2, pairs: .ring, rotation: .full),
    AutoencoderAnsatz(qubits: 4, latent: 2, layers: 2, pairs: .everyPair),
    AutoencoderAnsatz(qubits: 5, latent: 3, layers: 1, pairs: .chain, rotation: .full),
    AutoencoderAnsatz(qubits: 6, latent: 2, layers: 1, pairs: .latentTrash),
  ]

  @Test(arguments: shapes) func pairsAreThoseOfThePattern(_ ansatz: AutoencoderAnsatz) {
    let expected = AutoencoderReference(ansatz: ansatz).pairs
    #expect(ansatz.pairCount == expected.count)
    for (index, pair) in expected.enumerated() { #expect(ansatz.pair(index) == pair) }
    #expect(ansatz.parameterCount == 3 * ansatz.layers * (ansatz.qubits + expected.count))
  }

  @Test(arguments: shapes) func encodesAsDenseMatricesDo(_ ansatz: AutoencoderAnsatz) {
    var random = Random(11)
    let parameters = random.angles(ansatz.parameterCount)
    for format in [LaneFormat.float64x1, .float64x4, .float32x8] {
      let harness = AutoencoderHarness(ansatz, format)
      let states = (0..<format.lanes).map { _ in random.state(ansatz.qubits) }
      harness.circuit.prepare(parameters: parameters)
      harness.load(states)
      harness.circuit.encode(harness.state)
      let tolerance = format.precision == .float64 ? 1e-13 : 1e-5
      for lane in 0..<format.lanes {
        let expected = AutoencoderReference(ansatz: ansatz).encode(states[lane], parameters)
        for (given, wanted) in zip(harness.amplitudes(lane: lane), expected) {
          #expect(abs(given.re - wanted.re) < tolerance && abs(given.im - wanted.im) < tolerance)
        }
      }
    }
  }

  @Test(arguments: shapes) func scoresAsDensityMatricesDo(_ ansatz: AutoencoderAnsatz) {
    var random = Random(12)
    let parameters = random.angles(ansatz.parameterCount)
    let states = (0..<3).map { _ in random.state(ansatz.qubits) }
    let given = AutoencoderHarness(ansatz, .float64x4).fidelities(states, parameters)
    for (lane, state) in states.enumerated() {
      #expect(abs(given[lane] - AutoencoderReference(ansatz: ansatz).fidelity(state, parameters)) < 1e-12)
    }
    #expect(given[3] == 0, "a lane without a sample")
  }

  /// Where every trash qubit is |0⟩ and U is the identity, nothing is lost; a trash of |1⟩ loses all.
  @Test func knownFidelities() {
    let ansatz = AutoencoderAnsatz(qubits: 3, latent: 1, layers: 1)
    let none = [Double](repeating: 0, count: ansatz.parameterCount)
    func state(_ amplitudes: [Int: Double]) -> [Complex] { (0..<8).map { Complex(amplitudes[$0] ?? 0) } }
    let harness = AutoencoderHarness(ansatz, .float64x4)
    let half = 0.5.squareRoot()
    let given = harness.fidelities(
      [state([0: 0.6, 1: 0.8]), state([2: 0.6, 3: 0.8]), state([0: half, 2: half]), state([0: half, 3: half])], none)
    // (|0⟩+|1⟩)/√2 on a trash qubit: ρ_comp = |0⟩⟨0|, half of which is the state. With an entangled pair, ρ_comp is
    // half |0⟩⟨0|, of which half is the state.
    for (a, b) in zip(given, [1, 0, 0.5, 0.25]) { #expect(abs(a - b) < 1e-15) }
  }

  @Test(arguments: shapes) func gradientIsTheSlope(_ ansatz: AutoencoderAnsatz) {
    var random = Random(13)
    let parameters = random.angles(ansatz.parameterCount)
    let states = (0..<3).map { _ in random.state(ansatz.qubits) }
    let harness = AutoencoderHarness(ansatz, .float64x4)
    let (gradient, fidelity) = harness.gradient(states, parameters, weight: 0.5)
    #expect(abs(fidelity - harness.fidelities(states, parameters).reduce(0, +)) < 1e-13)
    let step = 1e-4
    for index in parameters.indices {
      func value(_ shift: Double) -> Double {
        var moved = parameters
        moved[index] += shift * step
        return 0.5 * harness.fidelities(states, moved).reduce(0, +)
      }
      // Five points: the error is of the order step⁴.
      let slope = (8 * (value(1) - value(-1)) - (value(2) - value(-2))) / (12 * step)
      #expect(abs(gradient[index] - slope) < 1e-9, "parameter \(index)")
    }
  }

  @Test func everyFormatHasTheSameGradient() {
    let ansatz = AutoencoderAnsatz(qubits: 5, latent: 2, layers: 3)
    var random = Random(14)
    let parameters = random.angles(ansatz.parameterCount)
    let states = (0..<16).map { _ in random.state(5) }
    func total(_ format: LaneFormat) -> [Double] {
      let harness = AutoencoderHarness(ansatz, format)
      var sum = [Double](repeating: 0, count: ansatz.parameterCount)
      for start in stride(from: 0, to: 16, by: format.lanes) {
        let part = harness.gradient(Array(states[start..<(start + format.lanes)]), parameters, weight: 1.0 / 16)
        for index in sum.indices { sum[index] += part.gradient[index] }
      }
      return sum
    }
    let expected = total(.float64x1)
    for format in [LaneFormat.float64x2, .float64x4, .float64x8] {
      for (a, b) in zip(total(format), expected) { #expect(abs(a - b) < 1e-14) }
    }
    for format in [LaneFormat.float32x1, .float32x2, .float32x4, .float32x8, .float32x16] {
      for (a, b) in zip(total(format), expected) { #expect(abs(a - b) < 3e-6) }
    }
  }

  /// Lanes without a sample add nothing to the gradient.
  @Test func emptyLanesAddNothing() {
    let ansatz = AutoencoderAnsatz(qubits: 4, latent: 1, layers: 2, pairs: .everyPair)
    var random = Random(15)
    let parameters = random.angles(ansatz.parameterCount)
    let state = random.state(4)
    let alone = AutoencoderHarness(ansatz, .float64x1).gradient([state], parameters, weight: 1)
    let padded = AutoencoderHarness(ansatz, .float64x8).gradient([state], parameters, weight: 1)
    for (a, b) in zip(alone.gradient, padded.gradient) { #expect(abs(a - b) < 1e-14) }
  }
}
