import Kernel
import Testing

/// However many samples share a vector, each is computed in the same way; where they leave room in the target's
/// vectors, these hold several amplitudes.
@Suite struct LaneTests {
  static let formats: [(Precision, [LaneFormat])] = [
    (.float64, [.float64x8, .float64x4, .float64x2, .float64x1]),
    (.float32, [.float32x16, .float32x8, .float32x4, .float32x2, .float32x1]),
  ]

  /// 10 qubits and more are cut into blocks in the caches, 17 into blocks of both kinds in every format.
  static let ansatze: [Ansatz] = {
    var result: [Ansatz] = []
    for n in 1...8 {
      let lists = n > 1 ? [list((n - 1, 0), (0, n - 1))] : []
      for (index, entangler) in (everyEntangler + lists).enumerated() {
        result.append(
          Ansatz(
            qubits: n, layers: 2 + n % 2, entangler: entangler, entanglingGate: everyGate[(n + index) % 2],
            finalRotation: index % 2 == 0, qubitOrder: everyOrder[(n + index / 2) % 2]))
      }
    }
    for n in [10, 13, 17] {
      result.append(Ansatz(qubits: n, layers: 2, entangler: .ring, finalRotation: n == 13))
    }
    return result
  }()

  @Test(arguments: [Precision.float32, .float64])
  func aLargeStateHasFewLanes(precision: Precision) {
    let native = LaneFormat.nativeLanes(precision)
    for qubits in Ansatz.qubitRange {
      let lanes = LaneFormat.fastestLanes(precision, qubits: qubits)
      let bytes = 2 * precision.scalarBytes << qubits
      #expect(LaneFormat.find(precision, lanes: lanes) != nil && lanes <= native)
      #expect(lanes * bytes <= (lanes == native ? 512 : 1024) << 10 || lanes == 1, "\(qubits) qubits")
      #expect(2 * lanes * bytes > (2 * lanes == native ? 512 : 1024) << 10 || lanes == native, "\(qubits) qubits")
    }
  }

  private func harness(_ ansatz: Ansatz, _ format: LaneFormat, everyGate: Bool) -> Harness {
    Harness(
      ansatz, format, observables: ForwardTests.observables(ansatz.qubits).map { $0.kernelTerm(ansatz) }, logits: 3,
      everyGate: everyGate)
  }

  @Test(arguments: ansatze)
  func logitsAreTheSameToTheBit(ansatz: Ansatz) {
    var random = Random(UInt64(ansatz.qubits))
    let angles = random.angles(ansatz.parameterCount)
    let state = random.state(ansatz.qubits)
    for (precision, formats) in Self.formats {
      for everyGate in [false, true] {
        var expected: [Double] = []
        for format in formats {
          let harness = harness(ansatz, format, everyGate: everyGate)
          harness.prepare(angles)
          // In the last lane: the others are empty.
          let states = [[Complex]](repeating: state.map { _ in Complex(0, 0) }, count: format.lanes - 1) + [state]
          harness.load(states)
          let logits = harness.forward().last!
          if expected.isEmpty { expected = logits }
          #expect(logits == expected, "\(precision), \(format.lanes) lanes, \(ansatz)")
        }
      }
    }
  }

  @Test(arguments: ansatze)
  func gradientsAgree(ansatz: Ansatz) {
    var random = Random(UInt64(30 + ansatz.qubits))
    var angles = random.angles(ansatz.parameterCount)
    // Small turns of Ry leave X to be taken directly.
    for p in angles.indices where p % 3 < 2 && p / 3 % 3 == 0 { angles[p] *= 0.01 }
    let state = random.state(ansatz.qubits)
    for (precision, formats) in Self.formats {
      var expected: Harness.Gradient?
      for format in formats {
        let harness = harness(ansatz, format, everyGate: ansatz.qubits % 2 == 0)
        harness.prepare(angles)
        harness.load([state])
        let gradient = harness.gradient(angles: angles, labels: [1])
        let wanted = expected ?? gradient
        expected = wanted
        let tolerance = precision == .float64 ? 1e-13 : 2e-5
        for p in angles.indices {
          #expect(
            abs(gradient.angles[p] - wanted.angles[p]) < tolerance, "\(format.lanes) lanes, \(p), \(ansatz)")
        }
      }
    }
  }
}
