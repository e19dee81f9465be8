import Kernel
import Testing

let everyEntangler: [Entangler] = [.linear, .ring, .descending, .allPairs]
let everyGate: [EntanglingGate] = [.cnot, .cz]
let everyRotation: [RotationConvention] = [.half, .full]
let everyOrder: [QubitOrder] = [.littleEndian, .bigEndian]
let everyDirection: [DistillationDirection] = [.studentFirst, .teacherFirst]

@Suite struct ForwardTests {
  static let float64: [LaneFormat] = [.float64x1, .float64x2, .float64x4, .float64x8]

  /// Observables that use every path: single and double Z, the identity, and strings with X and Y.
  static func observables(_ n: Int) -> [Term] {
    func string(_ letters: [Character]) -> String {
      String((0..<n).map { $0 < letters.count ? letters[$0] : "I" })
    }
    return [
      Term.z(0, of: n, logit: 0), Term(weight: 0.25, string: string([]), logit: 0),
      Term(weight: -0.7, string: string(["Z", "Z"]), logit: 0), Term.z(n - 1, of: n, logit: 1),
      Term(weight: 0.4, string: string(["Y", "X", "Z"]), logit: 1), Term(weight: 1.3, string: string(["X"]), logit: 2),
      Term(weight: -0.6, string: string(["Y", "Y", "I", "X"]), logit: 2),
    ]
  }

  @Test(arguments: everyEntangler, [false, true])
  func agreesWithDenseMatrices(entangler: Entangler, finalRotation: Bool) {
    var random = Random(UInt64(everyEntangler.firstIndex(of: entangler)!) * 2 + (finalRotation ? 1 : 0))
    for n in 1...6 {
      for rotation in everyRotation {
        for order in everyOrder {
          for gate in everyGate {
            let ansatz = Ansatz(
              qubits: n, layers: 1 + n % 3, entangler: entangler, entanglingGate: gate, finalRotation: finalRotation,
              rotation: rotation, qubitOrder: order)
            check(ansatz, ForwardTests.float64[n % 4], &random)
          }
        }
      }
    }
  }

  @Test(arguments: everyGate, [false, true])
  func listsAgreeWithDenseMatrices(gate: EntanglingGate, finalRotation: Bool) {
    var random = Random(finalRotation ? 71 : 70)
    for n in 1...6 {
      for rotation in everyRotation {
        for order in everyOrder {
          for count in [0, 1, 3, 2 * n, QubitPairs.capacity] {
            let ansatz = Ansatz(
              qubits: n, layers: 1 + (n + count) % 3, entangler: randomPairs(n, count, &random), entanglingGate: gate,
              finalRotation: finalRotation, rotation: rotation, qubitOrder: order)
            check(ansatz, ForwardTests.float64[(n + count) % 4], &random)
          }
        }
      }
    }
  }

  private func check(_ ansatz: Ansatz, _ format: LaneFormat, _ random: inout Random) {
    let terms = ForwardTests.observables(ansatz.qubits)
    let dense = DenseReference(ansatz: ansatz)
    let angles = random.angles(ansatz.parameterCount)
    let harness = Harness(ansatz, format, observables: terms.map { $0.kernelTerm(ansatz) }, logits: 3, history: .none)
    let states = (0..<harness.lanes).map { _ in random.state(ansatz.qubits) }
    harness.prepare(angles)
    harness.load(states)
    for (lane, logits) in harness.forward().enumerated() {
      let state = dense.evolve(states[lane], angles)
      for j in 0..<3 {
        let expected = terms.filter { $0.logit == j }.reduce(0) { $0 + $1.weight * dense.expectation($1.string, state) }
        #expect(abs(logits[j] - expected) < 1e-13, "\(ansatz), lane \(lane), logit \(j)")
      }
    }
  }

  @Test func aListTakesWhatCircuitsHave() {
    var pairs = QubitPairs()
    #expect(pairs.count == 0 && pairs.highestQubit == -1)
    for (control, target) in [(1, 1), (-1, 0), (0, -1), (26, 0), (0, 26), (.max, 0), (0, .min)] {
      let isTaken = pairs.append(control: control, target: target)
      #expect(!isTaken, "\(control)-\(target)")
    }
    #expect(pairs == QubitPairs())
    for index in 0...QubitPairs.capacity {
      let isTaken = pairs.append(control: index % 26, target: (index + 1) % 26)
      #expect(isTaken == (index < QubitPairs.capacity))
    }
    #expect(pairs.count == QubitPairs.capacity && pairs.highestQubit == 25)
    #expect(pairs.pair(25) == (25, 0) && pairs.pair(63) == (11, 12))
    #expect(Entangler.pairs(pairs).highestQubit == 25 && Entangler.ring.highestQubit == -1)
  }
}

/// A list of so many pairs of the first n qubits; none where there is one qubit.
func randomPairs(_ n: Int, _ count: Int, _ random: inout Random) -> Entangler {
  var pairs = QubitPairs()
  while n > 1 && pairs.count < count {
    _ = pairs.append(control: Int.random(in: 0..<n, using: &random), target: Int.random(in: 0..<n, using: &random))
  }
  return .pairs(pairs)
}

/// A list of these pairs.
func list(_ pairs: (Int, Int)...) -> Entangler {
  var result = QubitPairs()
  for (control, target) in pairs { precondition(result.append(control: control, target: target)) }
  return .pairs(result)
}
