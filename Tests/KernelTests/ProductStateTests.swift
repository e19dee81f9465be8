import Foundation
import Kernel
import Testing

/// The amplitudes of an encoded row, written out.
func productState(_ encoder: Encoder, _ row: [Double], _ ansatz: Ansatz) -> [Complex] {
  (0..<ansatz.amplitudes).map { index in
    (0..<ansatz.qubits).reduce(Complex(1)) { (product: Complex, qubit: Int) -> Complex in
      let isOne = index >> ansatz.bit(of: qubit) & 1 == 1
      let x = row[qubit]
      switch encoder {
      case .phase: return product * Complex(0.5.squareRoot() * (isOne && x == 1 ? -1 : 1))
      case .basis: return product * Complex(isOne == (x == 1) ? 1 : 0)
      default: return product * Complex(isOne ? sin(x / 2) : cos(x / 2))
      }
    }
  }
}

/// The first layer made together with the state, against encoding and sweeping.
@Suite struct ProductStateTests {
  @Test(arguments: ReducedTests.encoders, [LaneFormat.float64x1, .float64x4, .float32x1, .float32x8])
  func isThePathThroughTheEncoder(encoder: Encoder, format: LaneFormat) {
    var random = Random(UInt64(encoder.rawValue))
    for n in [1, 2, 3, 4, 5, 6, 15] {
      for (index, ansatz) in LightConeTests.ansatze(n...n, layers: n == 15 ? [1, 2] : [1, 3]).enumerated() {
        if n == 15 && (ansatz.entangler != .linear || format.precision == .float64) { continue }
        let histories: [Harness.History] = n == 15 ? [.stored] : [.none, .stored, .uncomputed]
        // Angles beyond ±π/2, so that some bits are flipped.
        let angles = random.angles(ansatz.parameterCount)
        let rows = (0..<max(1, format.lanes - 1)).map { _ in ReducedTests.row(encoder, n, &random) }
        for history in histories {
          check(ansatz, format, history, everyGate: index % 3 == 0, encoder, rows, angles)
        }
      }
    }
  }

  private func check(
    _ ansatz: Ansatz, _ format: LaneFormat, _ history: Harness.History, everyGate: Bool, _ encoder: Encoder,
    _ rows: [[Double]], _ angles: [Double]
  ) {
    let terms = ForwardTests.observables(ansatz.qubits).map { $0.kernelTerm(ansatz) }
    let harnesses = [InputForm.state, .factors].map { form in
      let harness = Harness(
        ansatz, format, observables: terms, logits: 3, history: history, everyGate: everyGate, inputForm: form)
      harness.prepare(angles)
      harness.encode(rows, encoder)
      return harness
    }
    let tolerance = format.precision == .float64 ? 1e-13 : 1e-5
    let logits = harnesses.map { $0.forward() }
    for (a, b) in zip(logits[0].joined(), logits[1].joined()) {
      #expect(abs(a - b) < tolerance, "\(ansatz), \(encoder)")
    }
    if history == .none { return }
    let labels = rows.indices.map { $0 % 3 }
    let gradients = harnesses.map { $0.gradient(angles: angles, labels: labels, weight: 1 / Double(labels.count)) }
    for p in angles.indices {
      #expect(abs(gradients[0].angles[p] - gradients[1].angles[p]) < tolerance, "\(ansatz), \(encoder), parameter \(p)")
    }
    #expect(abs(gradients[0].loss - gradients[1].loss) < tolerance)
  }

  /// Both paths of the encoder against the state written out, through dense matrices.
  @Test(arguments: ReducedTests.encoders) func agreesWithDenseMatrices(encoder: Encoder) {
    var random = Random(7)
    for ansatz in LightConeTests.ansatze(1...4, layers: [2]) {
      let terms = ForwardTests.observables(ansatz.qubits)
      let angles = random.angles(ansatz.parameterCount)
      let row = ReducedTests.row(encoder, ansatz.qubits, &random)
      let harness = Harness(
        ansatz, .float64x2, observables: terms.map { $0.kernelTerm(ansatz) }, logits: 3, inputForm: .factors)
      harness.prepare(angles)
      harness.encode([row], encoder)
      let dense = DenseReference(ansatz: ansatz)
      let state = dense.evolve(productState(encoder, row, ansatz), angles)
      let logits = harness.forward()
      for j in 0..<3 {
        let expected = terms.filter { $0.logit == j }.reduce(0) { $0 + $1.weight * dense.expectation($1.string, state) }
        #expect(abs(logits[0][j] - expected) < 1e-13, "\(ansatz)")
        #expect(logits[1][j] == 0, "a lane without a sample")
      }
    }
  }
}
