/// Which pairs of qubits are entangled after a layer of rotations, in the order in which their gates act; control
/// first, qubits counted from 0 (PAPER.md sections 1 and 6).
public enum Entangler: Sendable, Equatable {
  /// (i, i+1), i ascending.
  case linear
  /// `linear`, then (n−1, 0).
  case ring
  /// (i, i+1), i descending.
  case descending
  /// (i, j) for all i < j, i ascending, then j: with CNOTs the same permutation as `descending`.
  case allPairs
  /// A list, which does not depend on the number of qubits.
  case pairs(QubitPairs)

  /// The highest qubit that a list names; −1 for a pattern, which fits any number of qubits.
  public var highestQubit: Int {
    if case .pairs(let pairs) = self { pairs.highestQubit } else { -1 }
  }
}

/// The gate on each pair of an entangler.
public enum EntanglingGate: UInt8, Sendable {
  /// X on the target where the control is 1.
  case cnot
  /// −1 where both qubits are 1; control and target may change places.
  case cz
}

/// What a rotation by θ about a Pauli axis P means.
public enum RotationConvention: UInt8, Sendable {
  /// exp(−iθP/2), the field's standard. Shift rule: ½[l(θ+π/2) − l(θ−π/2)] (paper, Eq. 5).
  case half
  /// exp(iθP), as the paper's Eq. 1 prints it. Shift rule: l(θ+π/4) − l(θ−π/4).
  case full

  /// The half-convention angle that does the same, as a multiple of θ: exp(iθP) = exp(−i(−2θ)P/2).
  @inlinable public var halfAngleFactor: Double { self == .half ? 1 : -2 }
}

/// Where a qubit stands in the index of an amplitude.
public enum QubitOrder: UInt8, Sendable {
  /// Qubit q is bit q.
  case littleEndian
  /// Qubit 0 is the most significant bit.
  case bigEndian
}

/// The hardware-efficient ansatz (PAPER.md section 1): `layers` times RX, RY, RZ on every qubit and the entangler's
/// gates, then, if asked for, one more layer of rotations.
///
/// Parameters: `[rotation layer][qubit][x, y, z]`, radians.
public struct Ansatz: Sendable, Equatable {
  /// The kernel's index tables are 32-bit, and a state of 2²⁶ amplitudes is 1 GiB a lane.
  public static let qubitRange = 1...26

  public private(set) var qubits: Int
  public let layers: Int
  public let entangler: Entangler
  public let entanglingGate: EntanglingGate
  public let finalRotation: Bool
  public let rotation: RotationConvention
  public let qubitOrder: QubitOrder

  /// - Precondition: `qubits` in `qubitRange` and above `entangler.highestQubit`, `layers ≥ 1`.
  @_noAllocation
  public init(
    qubits: Int, layers: Int, entangler: Entangler = .linear, entanglingGate: EntanglingGate = .cnot,
    finalRotation: Bool = false, rotation: RotationConvention = .half, qubitOrder: QubitOrder = .littleEndian
  ) {
    precondition(Ansatz.qubitRange.contains(qubits) && qubits > entangler.highestQubit && layers >= 1)
    self.qubits = qubits
    self.layers = layers
    self.entangler = entangler
    self.entanglingGate = entanglingGate
    self.finalRotation = finalRotation
    self.rotation = rotation
    self.qubitOrder = qubitOrder
  }

  public var amplitudes: Int { 1 &<< qubits }
  public var rotationLayers: Int { finalRotation ? layers + 1 : layers }
  public var parameterCount: Int { 3 * qubits * rotationLayers }

  /// The bit of the amplitude's index that belongs to a qubit.
  @_noAllocation @inline(__always)
  public func bit(of qubit: Int) -> Int { qubitOrder == .littleEndian ? qubit : qubits - 1 - qubit }

  /// The same circuit on another number of qubits; on all that the entangler's list names where there are fewer.
  /// - Precondition: `qubits` in `qubitRange`.
  @_noAllocation
  public func with(qubits: Int) -> Ansatz {
    precondition(Ansatz.qubitRange.contains(qubits))
    var result = self
    result.qubits = max(qubits, entangler.highestQubit + 1)
    return result
  }

  /// Where the angles of a qubit in a layer begin: x, y, z follow one another.
  @inline(__always)
  func parameterIndex(layer: Int, qubit: Int) -> Int { 3 * (layer * qubits + qubit) }
}
