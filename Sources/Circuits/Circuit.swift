import Kernel
import Models

/// A gate as the field writes it, on its qubits: rx(a) = exp(−iaX/2), rxx(a) = exp(−iaX⊗X/2), and so on; of cx the
/// control comes first.
public struct CircuitGate: Sendable, Equatable {
  public enum Kind: String, Sendable, CaseIterable {
    case rx, ry, rz, cx, cz, rxx, ryy, rzz
  }

  public let kind: Kind
  /// One, or two.
  public let qubits: [Int]
  /// Radians; nil of cx and cz.
  public let angle: Double?
  /// From 0; of a final rotation the number of layers.
  public let layer: Int
  /// Whether it can change an answer: it lies in the light cone of what is read out.
  public internal(set) var isSeen = true

  init(_ kind: Kind, _ qubits: [Int], angle: Double? = nil, layer: Int) {
    self.kind = kind
    self.qubits = qubits
    self.angle = angle
    self.layer = layer
  }
}

/// A model or an autoencoder as gates in the order in which they act, every convention of angles resolved.
public struct Circuit: Sendable, Equatable {
  public let qubits: Int
  /// Where a qubit stands in the index of an amplitude of the states that it takes.
  public let qubitOrder: QubitOrder
  public internal(set) var gates: [CircuitGate] = []
  /// Of an autoencoder, the qubits that are kept: the first ones; nil of a model.
  public let latent: Int?

  /// The gates of a model; its features and its encoder stand before them, its readout behind.
  public init(_ model: Model) {
    let ansatz = model.ansatz
    self.init(qubits: ansatz.qubits, qubitOrder: ansatz.qubitOrder, latent: nil)
    for layer in 0..<ansatz.rotationLayers {
      for qubit in 0..<ansatz.qubits {
        addRotations(model.angles, at: 3 * (layer * ansatz.qubits + qubit), qubit, ansatz.rotation, layer: layer)
      }
      if layer == ansatz.layers { break }
      for index in 0..<ansatz.entanglingPairCount {
        let (control, target) = ansatz.entanglingPair(index)
        gates.append(CircuitGate(ansatz.entanglingGate == .cnot ? .cx : .cz, [control, target], layer: layer))
      }
    }
    markSeen(
      from: model.observables.flatMap { observable in
        observable.terms.map { term in
          var string = QubitString()
          for factor in term.factors {
            if factor.pauli != "Z" { string.flips |= 1 << factor.qubit }
            if factor.pauli != "X" { string.signs |= 1 << factor.qubit }
          }
          return string
        }
      })
  }

  /// The gates of an autoencoder's compression U(θ), on all its qubits.
  public init(_ autoencoder: Autoencoder) {
    let ansatz = autoencoder.ansatz
    self.init(qubits: ansatz.qubits, qubitOrder: .littleEndian, latent: ansatz.latent)
    for layer in 0..<ansatz.layers {
      for qubit in 0..<ansatz.qubits {
        addRotations(
          autoencoder.parameters, at: 3 * (layer * ansatz.qubits + qubit), qubit, ansatz.rotation, layer: layer)
      }
      for index in 0..<ansatz.pairCount {
        let pair = ansatz.pair(index)
        let start = ansatz.angleCount + 3 * (layer * ansatz.pairCount + index)
        for (axis, kind) in [CircuitGate.Kind.rxx, .ryy, .rzz].enumerated() {
          // A coupling is exp(−itPP), the full angle.
          gates.append(
            CircuitGate(
              kind, [pair.first, pair.second], angle: 2 * autoencoder.parameters[start + axis], layer: layer))
        }
      }
    }
    markSeen(from: QubitString.all(on: (1 << ansatz.latent) - 1))
  }

  private init(qubits: Int, qubitOrder: QubitOrder, latent: Int?) {
    self.qubits = qubits
    self.qubitOrder = qubitOrder
    self.latent = latent
  }

  private mutating func addRotations(
    _ angles: [Double], at start: Int, _ qubit: Int, _ rotation: RotationConvention, layer: Int
  ) {
    for (axis, kind) in [CircuitGate.Kind.rx, .ry, .rz].enumerated() {
      gates.append(
        CircuitGate(kind, [qubit], angle: rotation.halfAngleFactor * angles[start + axis], layer: layer))
    }
  }

  /// The gates that can change an answer.
  public var seenGates: Int { gates.count { $0.isSeen } }
}
