import Kernel
import Testing

/// The network on the first qubits alone, for product states.
@Suite struct ReducedTests {
  static let encoders: [Encoder] = [.phase, .angle, .basis]

  static func row(_ encoder: Encoder, _ n: Int, _ random: inout Random) -> [Double] {
    (0..<n).map { _ in encoder == .angle ? random.uniform(-4...4) : Double(Int.random(in: 0...1, using: &random)) }
  }

  private func reduced(_ ansatz: Ansatz, _ terms: [Term]) -> Ansatz {
    terms.map { $0.kernelTerm(ansatz) }.withUnsafeBufferPointer {
      LightCone(ansatz, terms: $0.baseAddress!, count: $0.count).reduced
    }
  }

  private func cut(_ terms: [Term], to small: Ansatz) -> [PauliTerm] {
    terms.map { Term(weight: $0.weight, string: String($0.string.prefix(small.qubits)), logit: $0.logit) }
      .map { $0.kernelTerm(small) }
  }

  private func gather(_ parameters: [Double], _ ansatz: Ansatz, _ small: Ansatz) -> [Double] {
    var result = [Double](repeating: .nan, count: small.parameterCount)
    ansatz.gather(parameters, of: small, into: &result)
    return result
  }

  @Test(arguments: everyOrder) func aLinearChainShrinksToItsCone(order: QubitOrder) {
    for n in [2, 5, 15, 26] {
      for layers in 1...12 {
        let ansatz = Ansatz(qubits: n, layers: layers, qubitOrder: order)
        let terms = [Term.z(0, of: n, logit: 0), Term.z(1, of: n, logit: 1)]
        let small = reduced(ansatz, terms)
        #expect(small == ansatz.with(qubits: min(n, layers + 1)))
        // Read out further up, it needs more.
        let far = reduced(ansatz, [Term.z(n - 2, of: n, logit: 0)])
        #expect(far.qubits == min(n, n - 2 + layers))
      }
    }
  }

  /// Which other patterns shrink, and where they do not.
  @Test func otherPatterns() {
    func qubits(_ entangler: Entangler, _ layers: Int, final: Bool = false, _ letters: String) -> Int {
      let ansatz = Ansatz(qubits: 8, layers: layers, entangler: entangler, finalRotation: final)
      let string = letters + String(repeating: "I", count: 8 - letters.count)
      return reduced(ansatz, [Term(weight: 1, string: string, logit: 0)]).qubits
    }
    for entangler in [Entangler.descending, .allPairs] {
      #expect(qubits(entangler, 1, "IZ") == 2)
      #expect(qubits(entangler, 1, "IX") == 8)
      // The two X become one, which stays.
      #expect(qubits(entangler, 1, "XX") == 2)
      #expect(qubits(entangler, 2, "Z") == 8 && qubits(entangler, 1, final: true, "Z") == 8)
    }
    #expect(qubits(.ring, 1, "Z") == 8 && qubits(.ring, 2, "IZ") == 8)
    #expect(qubits(.ring, 1, "IIZ") == 3 && qubits(.ring, 1, "X") == 2)
    for entangler in everyEntangler { #expect(qubits(entangler, 3, "") == 1) }
  }

  /// A list keeps its qubits, and only those beyond may go.
  @Test(arguments: everyGate, everyOrder) func aListStaysWhole(gate: EntanglingGate, order: QubitOrder) {
    func qubits(_ entangler: Entangler, _ letters: String) -> Int {
      let ansatz = Ansatz(qubits: 6, layers: 2, entangler: entangler, entanglingGate: gate, qubitOrder: order)
      let string = letters + String(repeating: "I", count: 6 - letters.count)
      let small = reduced(ansatz, [Term(weight: 1, string: string, logit: 0)])
      #expect(small == ansatz.with(qubits: small.qubits))
      return small.qubits
    }
    let three = list((2, 1), (0, 1))
    #expect(qubits(three, "Z") == 3 && qubits(three, "") == 3 && qubits(three, "XYZ") == 3)
    #expect(qubits(three, "IIIX") == 4 && qubits(three, "IIIIIZ") == 6)
    #expect(qubits(list((5, 0)), "IZ") == 6)
  }

  @Test func ringsOfCZStayWhole() {
    func qubits(_ entangler: Entangler, _ layers: Int, _ letters: String) -> Int {
      let ansatz = Ansatz(qubits: 5, layers: layers, entangler: entangler, entanglingGate: .cz)
      let string = letters + String(repeating: "I", count: 5 - letters.count)
      return reduced(ansatz, [Term(weight: 1, string: string, logit: 0)]).qubits
    }
    // The two Z on the last qubit cancel: the cone does not show it.
    #expect(qubits(.ring, 1, "XIIX") == 5 && qubits(.ring, 1, "Z") == 5)
    for entangler in [Entangler.linear, .descending, .allPairs] { #expect(qubits(entangler, 1, "IZ") == 2) }
    #expect(qubits(.linear, 1, "IX") == 3 && qubits(.descending, 1, "IX") == 3 && qubits(.allPairs, 1, "IX") == 5)
    #expect(qubits(.allPairs, 1, "XX") == 2 && qubits(.allPairs, 2, "XX") == 5)
    #expect(qubits(.descending, 2, "Z") == 2 && qubits(.descending, 3, "Z") == 3)
  }

  /// Logits and derivatives of the small network are those of dense matrices and of all gates on all qubits.
  @Test(arguments: 1...6) func fewerQubitsChangeNothing(qubits n: Int) {
    var random = Random(UInt64(n))
    var smaller = 0
    for (index, ansatz) in LightConeTests.ansatze(n...n, layers: [1, 2, 3]).enumerated() {
      let dense = DenseReference(ansatz: ansatz)
      for terms in LightConeTests.sparseObservables(n) {
        let small = reduced(ansatz, terms)
        if small == ansatz { continue }
        smaller += 1
        let encoder = Self.encoders[index % 3]
        let angles = random.angles(ansatz.parameterCount)
        let rows = (0..<3).map { _ in Self.row(encoder, n, &random) }
        let whole = Harness(
          ansatz, .float64x4, observables: terms.map { $0.kernelTerm(ansatz) }, logits: 2, everyGate: true)
        whole.prepare(angles)
        whole.encode(rows, encoder)
        let part = Harness(small, .float64x4, observables: cut(terms, to: small), logits: 2)
        let few = gather(angles, ansatz, small)
        part.prepare(few)
        part.encode(rows, encoder)
        let (expected, given) = (whole.forward(), part.forward())
        for lane in 0..<3 {
          for j in 0..<2 { #expect(abs(expected[lane][j] - given[lane][j]) < 1e-13, "\(ansatz), \(terms)") }
        }
        let wanted = whole.gradient(angles: angles, labels: [0, 1, 1])
        let found = part.gradient(angles: few, labels: [0, 1, 1])
        var scattered = [Double](repeating: 0, count: ansatz.parameterCount)
        ansatz.scatter(found.angles, of: small, into: &scattered)
        for p in angles.indices { #expect(abs(scattered[p] - wanted.angles[p]) < 1e-13, "\(ansatz), \(p)") }
        if n > 4 || index % 7 > 0 { continue }
        let state = dense.evolve(productState(encoder, rows[0], ansatz), angles)
        for j in 0..<2 {
          let value = terms.filter { $0.logit == j }.reduce(0) {
            $0 + $1.weight * dense.expectation($1.string, state)
          }
          #expect(abs(value - given[0][j]) < 1e-13)
        }
      }
    }
    #expect(n == 1 || smaller > 20, "\(smaller) networks are smaller")
  }

  @Test func gatherAndScatterAreInverse() {
    let (ansatz, small) = (Ansatz(qubits: 5, layers: 3), Ansatz(qubits: 2, layers: 3))
    let parameters = (0..<ansatz.parameterCount).map(Double.init)
    let few = gather(parameters, ansatz, small)
    #expect(few == (0..<3).flatMap { layer in (0..<6).map { Double(15 * layer + $0) } })
    var back = [Double](repeating: -1, count: ansatz.parameterCount)
    ansatz.scatter(few, of: small, into: &back)
    #expect(back == parameters.indices.map { $0 % 15 < 6 ? Double($0) : -1 })
  }
}
