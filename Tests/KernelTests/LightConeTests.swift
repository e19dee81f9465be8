import Kernel
import Testing

/// What is left out changes nothing, and no more is kept than has to be.
@Suite struct LightConeTests {
  /// Which axis's angle of a qubit in a layer lies in the cone.
  private static func isInside(_ masks: [UInt32], _ ansatz: Ansatz, _ parameter: Int) -> Bool {
    let (place, axis) = (parameter / 3, parameter % 3)
    let mask = masks[2 * (place / ansatz.qubits) + (axis == 2 ? 1 : 0)]
    return mask >> UInt32(ansatz.bit(of: place % ansatz.qubits)) & 1 == 1
  }

  private static func masks(_ ansatz: Ansatz, _ terms: [PauliTerm]) -> [UInt32] {
    var masks = [UInt32](repeating: .max, count: 2 * ansatz.rotationLayers)
    terms.withUnsafeBufferPointer { LightCone(ansatz, terms: $0.baseAddress!, count: terms.count).fill(&masks) }
    return masks
  }

  /// Observables of few qubits, which leave much outside: in Z, X and Y, on the first qubits and on others.
  static func sparseObservables(_ n: Int) -> [[Term]] {
    func term(_ letters: KeyValuePairs<Int, Character>, _ logit: Int) -> Term {
      // On one qubit, two letters are one.
      let letters = Dictionary(letters.map { ($0, $1) }) { first, _ in first }
      return Term(weight: 0.8 - 0.3 * Double(logit), string: String((0..<n).map { letters[$0] ?? "I" }), logit: logit)
    }
    let middle = n / 2
    return [
      [term([0: "Z"], 0), term([min(1, n - 1): "Z"], 1)], [term([0: "X"], 0), term([:], 1)],
      [term([middle: "Y"], 0), term([middle: "Z"], 1)], [term([n - 1: "X"], 0), term([0: "X", middle: "X"], 1)],
      [term([0: "Y", n - 1: "Z"], 0), term([middle: "X"], 1)], [term([:], 0), term([:], 1)],
    ]
  }

  /// With every pattern, and with lists of pairs.
  static func ansatze(
    _ qubits: ClosedRange<Int>, layers: [Int], gates: [EntanglingGate] = everyGate
  ) -> [Ansatz] {
    var random = Random(UInt64(qubits.lowerBound))
    return qubits.flatMap { n in
      layers.flatMap { depth in
        (everyEntangler + [n / 2, n, 2 * n].map { randomPairs(n, $0, &random) }).flatMap { entangler in
          gates.flatMap { gate in
            [false, true].flatMap { final in
              everyOrder.map { order in
                Ansatz(
                  qubits: n, layers: depth, entangler: entangler, entanglingGate: gate, finalRotation: final,
                  rotation: order == .bigEndian ? .full : .half, qubitOrder: order)
              }
            }
          }
        }
      }
    }
  }

  @Test(arguments: everyOrder) func aLinearChainSeesOneQubitMoreALayer(order: QubitOrder) {
    for n in [1, 2, 6, 15] {
      for layers in 1...10 {
        let ansatz = Ansatz(qubits: n, layers: layers, qubitOrder: order)
        let terms = [Term.z(0, of: n, logit: 0), Term.z(min(1, n - 1), of: n, logit: 1)].map { $0.kernelTerm(ansatz) }
        let masks = Self.masks(ansatz, terms)
        for layer in 0..<layers {
          for qubit in 0..<n {
            let place = 3 * (layer * n + qubit)
            let isSeen = qubit <= layers - layer
            #expect(Self.isInside(masks, ansatz, place) == isSeen, "n \(n), layer \(layer) of \(layers), \(qubit)")
            // The last Rz commutes with Z.
            #expect(Self.isInside(masks, ansatz, place + 2) == (isSeen && layer < layers - 1))
          }
        }
      }
    }
  }

  @Test func descendingCNOTsSeeEverything() {
    let ansatz = Ansatz(qubits: 9, layers: 1, entangler: .descending, finalRotation: true)
    let masks = Self.masks(ansatz, [Term.z(0, of: 9, logit: 0).kernelTerm(ansatz)])
    #expect(masks[0] == (1 << 9) - 1 && masks[2] == 1 && masks[3] == 0)
  }

  /// A Z passes a CZ as it is, an X leaves a Z on the other qubit; two gates on a pair are none.
  @Test func aListSeesWhatItCouples() {
    func cone(_ entangler: Entangler, _ gate: EntanglingGate, _ string: String) -> [UInt32] {
      let ansatz = Ansatz(qubits: 5, layers: 1, entangler: entangler, entanglingGate: gate)
      return Self.masks(ansatz, [Term(weight: 1, string: string, logit: 0).kernelTerm(ansatz)])
    }
    let three = list((0, 1), (2, 1), (3, 4))
    // X and Y rotations first, then those about Z.
    #expect(cone(three, .cz, "IZIII") == [0b00010, 0])
    #expect(cone(three, .cz, "IXIII") == [0b00111, 0b00010])
    #expect(cone(three, .cz, "XIXII") == [0b00101, 0b00101])
    #expect(cone(three, .cnot, "IZIII") == [0b00111, 0])
    #expect(cone(three, .cnot, "XIIII") == [0b00011, 0b00011])
    #expect(cone(three, .cnot, "IXIII") == [0b00010, 0b00010])
    for gate in everyGate { #expect(cone(list((0, 1), (0, 1)), gate, "XZIII") == [0b00011, 0b00001]) }
    // CNOTs do not commute.
    #expect(cone(list((0, 1), (1, 2)), .cnot, "IIZII")[0] == 0b00111)
    #expect(cone(list((1, 2), (0, 1)), .cnot, "IIZII")[0] == 0b00110)
    #expect(cone(list((0, 1), (1, 2)), .cnot, "XIIII")[0] == 0b00011)
    #expect(cone(list((1, 2), (0, 1)), .cnot, "XIIII")[0] == 0b00111)
  }

  /// The cone is not too small: with other angles outside of it, dense matrices give the same logits.
  @Test(arguments: 1...4) func anglesOutsideDoNothing(qubits n: Int) {
    var random = Random(UInt64(n))
    for ansatz in Self.ansatze(n...n, layers: [1, 2, 3]) {
      let dense = DenseReference(ansatz: ansatz)
      let state = random.state(n)
      let angles = random.angles(ansatz.parameterCount)
      for terms in Self.sparseObservables(n) {
        let masks = Self.masks(ansatz, terms.map { $0.kernelTerm(ansatz) })
        let others = angles.indices.map { Self.isInside(masks, ansatz, $0) ? angles[$0] : random.uniform(-7...7) }
        if others == angles { continue }
        let (before, after) = (dense.evolve(state, angles), dense.evolve(state, others))
        for term in terms {
          let difference = dense.expectation(term.string, before) - dense.expectation(term.string, after)
          #expect(abs(difference) < 1e-13, "\(ansatz), \(term.string)")
        }
      }
    }
  }

  /// The cone is not too large, either: inside, no derivative vanishes at angles without a pattern. And what is left
  /// out changes neither logits nor derivatives.
  @Test(arguments: 1...6) func leavingOutChangesNothing(qubits n: Int) {
    var random = Random(100 + UInt64(n))
    for (index, ansatz) in Self.ansatze(n...n, layers: [1, 2, 4]).enumerated() {
      let angles = random.angles(ansatz.parameterCount)
      for terms in Self.sparseObservables(n) {
        let kernelTerms = terms.map { $0.kernelTerm(ansatz) }
        let history: Harness.History = index % 2 == 0 ? .stored : .uncomputed
        let every = Harness(ansatz, .float64x4, observables: kernelTerms, logits: 2, history: history, everyGate: true)
        let cone = Harness(ansatz, .float64x4, observables: kernelTerms, logits: 2, history: history)
        let states = (0..<4).map { _ in random.state(n) }
        let (expected, given) = (compare(every, states, angles), compare(cone, states, angles))
        for (a, b) in zip(given.logits.joined(), expected.logits.joined()) { #expect(abs(a - b) < 1e-13) }
        let masks = Self.masks(ansatz, kernelTerms)
        for p in angles.indices {
          #expect(abs(given.gradient[p] - expected.gradient[p]) < 1e-13, "\(ansatz), parameter \(p)")
          let isInside = Self.isInside(masks, ansatz, p)
          #expect(isInside || given.gradient[p] == 0)
          #expect(!isInside || abs(expected.gradient[p]) > 1e-9, "\(ansatz), \(terms), parameter \(p)")
        }
      }
    }
  }

  /// Passes over whole groups of bits, low or high ones, are left out on larger circuits.
  @Test(arguments: [LaneFormat.float64x2, .float64x8, .float32x1, .float32x8, .float32x16])
  func wholePassesAreLeftOut(format: LaneFormat) {
    var random = Random(300)
    let tolerance = format.precision == .float64 ? 1e-13 : 1e-5
    for ansatz in Self.ansatze(7...11, layers: [2, 5]) where ansatz.entangler == .linear {
      let n = ansatz.qubits
      let angles = random.angles(ansatz.parameterCount)
      let states = (0..<format.lanes).map { _ in random.state(n) }
      for terms in [Self.sparseObservables(n)[0], [Term.z(n - 1, of: n, logit: 0), Term.z(0, of: n, logit: 1)]] {
        let kernelTerms = terms.map { $0.kernelTerm(ansatz) }
        let every = Harness(ansatz, format, observables: kernelTerms, logits: 2, everyGate: true)
        let cone = Harness(ansatz, format, observables: kernelTerms, logits: 2)
        let (expected, given) = (compare(every, states, angles), compare(cone, states, angles))
        for (a, b) in zip(given.logits.joined(), expected.logits.joined()) { #expect(abs(a - b) < tolerance) }
        for p in angles.indices { #expect(abs(given.gradient[p] - expected.gradient[p]) < tolerance) }
        let masks = Self.masks(ansatz, kernelTerms)
        // Rounding leaves something there in single precision, which must not reach the angles.
        for p in angles.indices where !Self.isInside(masks, ansatz, p) { #expect(given.gradient[p] == 0) }
      }
    }
  }

  private func compare(
    _ harness: Harness, _ states: [[Complex]], _ angles: [Double]
  ) -> (logits: [[Double]], gradient: [Double]) {
    harness.prepare(angles)
    harness.load(states)
    let logits = harness.forward()
    let labels = states.indices.map { $0 % 2 }
    return (logits, harness.gradient(angles: angles, labels: labels, weight: 1 / Double(labels.count)).angles)
  }
}
