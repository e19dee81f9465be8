import Kernel
import Testing

let everyEntangler: [Entangler] = [.linear, .ring, .descending, .allPairs]
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
    var random = Random(UInt64(entangler.rawValue) * 2 + (finalRotation ? 1 : 0))
    for n in 1...6 {
      for rotation in everyRotation {
        for order in everyOrder {
          let ansatz = Ansatz(
            qubits: n, layers: 1 + n % 3, entangler: entangler, finalRotation: finalRotation, rotation: rotation,
            qubitOrder: order)
          let terms = ForwardTests.observables(n)
          let dense = DenseReference(ansatz: ansatz)
          let angles = random.angles(ansatz.parameterCount)
          let format = ForwardTests.float64[n % 4]
          let harness = Harness(
            ansatz, format, observables: terms.map { $0.kernelTerm(ansatz) }, logits: 3, history: .none)
          let states = (0..<harness.lanes).map { _ in random.state(n) }
          harness.prepare(angles)
          harness.load(states)
          for (lane, logits) in harness.forward().enumerated() {
            let state = dense.evolve(states[lane], angles)
            for j in 0..<3 {
              let expected = terms.filter { $0.logit == j }.reduce(0) {
                $0 + $1.weight * dense.expectation($1.string, state)
              }
              #expect(
                abs(logits[j] - expected) < 1e-13, "n \(n), \(rotation), \(order), lane \(lane), logit \(j)")
            }
          }
        }
      }
    }
  }
}
