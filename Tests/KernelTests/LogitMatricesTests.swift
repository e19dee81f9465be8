import Kernel
import Testing

/// A network as one Hermitian matrix a logit gives what its circuit does, and what the dense reference does.
@Suite struct LogitMatricesTests {
  enum Inputs: CaseIterable { case complex, real, factors }

  private static let entanglers: [Entangler] = [.linear, .ring, .descending, .allPairs]
  private static let formats: [LaneFormat] = [
    .float64x1, .float64x2, .float64x4, .float64x8, .float32x1, .float32x2, .float32x4, .float32x8, .float32x16,
  ]

  /// Strings of random letters, one to three a logit; some are the identity.
  private static func terms(_ n: Int, logits: Int, _ random: inout Random) -> [Term] {
    (0..<logits).flatMap { logit in
      (0..<Int.random(in: 1...3, using: &random)).map { _ in
        Term(
          weight: random.uniform(-2...2), string: String((0..<n).map { _ in "IXYZ".randomElement(using: &random)! }),
          logit: logit)
      }
    }
  }

  @Test(arguments: 1...4, Inputs.allCases) func equalCircuitAndReference(_ n: Int, _ inputs: Inputs) {
    var random = Random(UInt64(100 * n))
    for round in 0..<24 {
      let ansatz = Ansatz(
        qubits: n, layers: 1 + round % 3, entangler: Self.entanglers[round / 2 % 4], finalRotation: round % 2 == 1,
        rotation: round % 5 == 0 ? .full : .half, qubitOrder: round % 3 == 0 ? .bigEndian : .littleEndian)
      let logits = 1 + round % 5
      let terms = Self.terms(n, logits: logits, &random)
      let angles = random.angles(ansatz.parameterCount)
      let branches = inputs == .factors ? 1 : 1 + round % 2 * 3
      for format in Self.formats {
        compare(ansatz, format, inputs, branches: branches, terms: terms, logits: logits, angles, &random)
      }
    }
  }

  private func compare(
    _ ansatz: Ansatz, _ format: LaneFormat, _ inputs: Inputs, branches: Int, terms: [Term], logits: Int,
    _ angles: [Double], _ random: inout Random
  ) {
    let form: InputForm = inputs == .factors ? .factors : .state
    let strings = terms.map { $0.kernelTerm(ansatz) }
    let circuit = Harness(ansatz, format, observables: strings, logits: logits, history: .none, inputForm: form)
    for j in 0..<logits { (circuit.scales[j], circuit.biases[j]) = (1.5 - Double(j), 0.2 * Double(j)) }
    circuit.prepare(angles)
    // [branch][lane]; |⟨O⟩| is at most the weights' sum, times the branches' norms.
    var states: [[[Complex]]] = []
    let bytes = 2 * ansatz.amplitudes * format.vectorBytes
    let input = UnsafeMutableRawPointer.allocate(byteCount: branches * bytes, alignment: 64)
    defer { input.deallocate() }
    for branch in 0..<branches {
      if inputs == .factors {
        let rows = (0..<format.lanes).map { _ in (0..<ansatz.qubits).map { _ in random.uniform(-3...3) } }
        circuit.encode(rows, .angle)
        states.append(rows.map { product(ansatz, $0) })
      } else {
        states.append(
          (0..<format.lanes).map { _ in
            random.state(ansatz.qubits).map { Complex($0.re, inputs == .real ? 0 : $0.im) }
          })
        circuit.load(states[branch])
      }
      (input + branch * bytes).copyMemory(from: circuit.input, byteCount: bytes)
    }

    let isReal = inputs != .complex
    let shape = LogitMatrices.basisShape(qubits: ansatz.qubits, isReal: isReal)
    let one = Harness(ansatz, .float64x1, observables: strings, logits: logits, history: .none)
    one.prepare(angles)
    let span = SpanHarness(
      one, basis: (0..<shape.dimension).map { _ in [[Complex](repeating: Complex(0), count: ansatz.amplitudes)] },
      history: .none)
    let count = LogitMatrices.products(qubits: ansatz.qubits, isReal: isReal)
    let products = Fenced((count + ansatz.amplitudes) * format.vectorBytes)
    let entries = Fenced(logits * count * format.precision.scalarBytes)
    let basis = Fenced(shape.states * 2 * ansatz.amplitudes * 8)
    let matrices = LogitMatrices(
      ansatz: ansatz, format: format, isReal: isReal, inputForm: form, readout: circuit.network.readout,
      entries: entries.start)
    matrices.prepare(one.network, basis: basis.start.assumingMemoryBound(to: Double.self), span.workspace)
    let given = UnsafeMutablePointer<Double>.allocate(capacity: format.lanes * logits)
    defer { given.deallocate() }
    given.initialize(repeating: .nan, count: format.lanes * logits)
    matrices.forward(input, branches: branches, products: products.start, logits: given)
    #expect(span.fencesStand && products.stands && entries.stands && basis.stands)

    circuit.network.forward(input, branches: branches, circuit.workspace, logits: circuit.logits)
    let tolerance = (format.precision == .float64 ? 1e-13 : 5e-6) * 20 * Double(branches)
    let reference = DenseReference(ansatz: ansatz)
    for i in 0..<format.lanes * logits { #expect(abs(given[i] - circuit.logits[i]) < tolerance) }
    // The reference is slow: one lane of one format a precision.
    if format != .float64x4 && format != .float32x8 { return }
    let lane = format.lanes - 1
    let ends = states.map { reference.evolve($0[lane], angles) }
    for j in 0..<logits {
      let value = terms.filter { $0.logit == j }.reduce(0) { sum, term in
        sum + ends.reduce(0) { $0 + term.weight * reference.expectation(term.string, $1) }
      }
      #expect(abs(given[lane * logits + j] - (circuit.scales[j] * value + circuit.biases[j])) < tolerance)
    }
  }

  /// Ry(x) on each qubit of |0…0⟩.
  private func product(_ ansatz: Ansatz, _ row: [Double]) -> [Complex] {
    let reference = DenseReference(ansatz: ansatz)
    var state = [Complex](repeating: Complex(0), count: ansatz.amplitudes)
    state[0] = Complex(1)
    for (qubit, x) in row.enumerated() {
      let turn = DenseReference(ansatz: Ansatz(qubits: 1, layers: 1)).rotation("Y", x)
      state = DenseReference.apply(reference.operatorOn([qubit: turn]), state)
    }
    return state
  }

  /// What the plan weighs: hand-counted for two qubits, N = 4, three rotation layers, Z_0 and X_1.
  @Test func multiplyAddsAreCounted() {
    let ansatz = Ansatz(qubits: 2, layers: 2, entangler: .ring, finalRotation: true)
    let terms = [
      PauliTerm(weight: 1, x: 0, y: 0, z: 1, logit: 0), PauliTerm(weight: 1, x: 2, y: 0, z: 0, logit: 1),
    ]
    terms.withUnsafeBufferPointer {
      let cone = LightCone(ansatz, terms: $0.baseAddress!, count: 2)
      // Layers 4N + 2·2N each; probabilities and single Z 2N + 2N, pending diagonal 4N, X 2N.
      #expect(cone.multiplyAdds(form: .state, branches: 1) == 3 * 8 * 4 + 4 * 4 + 6 * 4)
      #expect(cone.multiplyAdds(form: .state, branches: 3) == 3 * (3 * 8 * 4 + 4 * 4 + 6 * 4))
      #expect(cone.multiplyAdds(form: .factors, branches: 1) == 3 * 8 * 4 + 4 * 4 + 6 * 4)
    }
    // 4 squares and 6 pairs of two parts are 16 products; of real inputs 10.
    #expect(LogitMatrices.multiplyAdds(qubits: 2, isReal: false, form: .state, branches: 1, logits: 2) == 32 + 32)
    #expect(LogitMatrices.multiplyAdds(qubits: 2, isReal: false, form: .state, branches: 3, logits: 2) == 96 + 32)
    #expect(LogitMatrices.multiplyAdds(qubits: 2, isReal: true, form: .state, branches: 1, logits: 2) == 10 + 20)
    #expect(LogitMatrices.multiplyAdds(qubits: 2, isReal: true, form: .factors, branches: 1, logits: 2) == 38)
  }
}

/// Memory whose end must stay as it is.
private final class Fenced {
  let start: UnsafeMutableRawPointer
  private let count: Int

  init(_ count: Int) {
    self.count = count
    start = .allocate(byteCount: count + 64, alignment: 64)
    start.initializeMemory(as: UInt8.self, repeating: 0xFF, count: count + 64)
  }

  deinit { start.deallocate() }

  var stands: Bool { (0..<64).allSatisfy { start.load(fromByteOffset: count + $0, as: UInt8.self) == 0xFF } }
}
