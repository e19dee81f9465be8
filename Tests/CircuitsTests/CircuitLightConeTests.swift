import Circuits
import Kernel
import Models
import Testing

/// The gates that are drawn as being without influence are those that the kernel leaves out.
@Suite struct CircuitLightConeTests {
  private static let entanglers = ["linear", "ring", "descending", "all-pairs", "0-2, 2-0, 1-2", "3-1, 1-3, 3-1, 0-1"]
  private static let observables = [["Z0"], ["X0", "Z1"], ["Y2"], ["Z3", "0.5*X1*Z2 - 1"], ["2"], ["Z0*Z3", "X3"]]

  @Test(arguments: entanglers, ["cnot", "cz"])
  func rotations(entangler: String, gate: String) throws {
    for layers in 1...4 {
      for (texts, final) in Self.observables.flatMap({ [($0, false), ($0, true)] }) {
        let ansatz = Ansatz(
          qubits: 4, layers: layers, entangler: try #require(Entangler(name: entangler)),
          entanglingGate: try #require(EntanglingGate(name: gate)), finalRotation: final,
          qubitOrder: layers % 2 == 0 ? .littleEndian : .bigEndian)
        let observables = try texts.map { try Observable($0) }
        let model = Model(
          ansatz: ansatz, observables: observables, angles: .init(repeating: 0.1, count: ansatz.parameterCount),
          scales: texts.map { _ in 1 }, biases: texts.map { _ in 0 }, encoder: .state)
        let terms = observables.enumerated().flatMap { $0.element.kernelTerms(ansatz, logit: $0.offset) }
        var masks = [UInt32](repeating: 0, count: 2 * ansatz.rotationLayers)
        terms.withUnsafeBufferPointer { LightCone(ansatz, terms: $0.baseAddress!, count: terms.count).fill(&masks) }
        for circuitGate in Circuit(model).gates where circuitGate.qubits.count == 1 {
          let mask = masks[2 * circuitGate.layer + (circuitGate.kind == .rz ? 1 : 0)]
          let isSeen = mask >> UInt32(ansatz.bit(of: circuitGate.qubits[0])) & 1 == 1
          #expect(circuitGate.isSeen == isSeen, "\(texts) \(layers) \(final) \(circuitGate)")
        }
      }
    }
  }

  /// A chain that is read at qubit 0: the CNOT on qubits 0 and 1 matters only where something turns behind it.
  @Test func pairs() throws {
    let ansatz = Ansatz(qubits: 3, layers: 1, entangler: .linear, finalRotation: true)
    let model = Model(
      ansatz: ansatz, observables: [try Observable("Z0")], angles: .init(repeating: 0.1, count: ansatz.parameterCount),
      scales: [1], biases: [0], encoder: .state)
    let pairs = Circuit(model).gates.filter { $0.qubits.count == 2 }
    #expect(pairs.map(\.isSeen) == [true, false])
    let plain = Ansatz(qubits: 3, layers: 1, entangler: .linear)
    let unturned = Model(
      ansatz: plain, observables: [try Observable("Z0")], angles: .init(repeating: 0.1, count: plain.parameterCount),
      scales: [1], biases: [0], encoder: .state)
    #expect(Circuit(unturned).gates.filter { $0.qubits.count == 2 }.map(\.isSeen) == [false, false])
  }
}
