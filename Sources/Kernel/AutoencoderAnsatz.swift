/// Which pairs of qubits a layer of the autoencoder couples, in this order. Couplings that share a qubit do not
/// commute, so the order is part of the circuit.
public enum PairPattern: UInt8, Sendable {
  /// (l, t) for every latent qubit l and every trash qubit t, l ascending, then t.
  case latentTrash
  /// (i, i+1), i ascending.
  case chain
  /// `chain`, then (n−1, 0) where that is another pair.
  case ring
  /// (i, j) for all i < j, i ascending, then j.
  case everyPair
}

/// The quantum autoencoder's U(θ) (PAPER.md section 2): `layers` times RX, RY, RZ on every qubit, then, pair by pair,
/// exp(−itXX), exp(−itYY), exp(−itZZ). The three commute.
///
/// Conventions, decided here:
/// - Qubit q is bit q of an amplitude's index. The latent qubits are the lowest, 0 ..< latent; the trash is above them,
///   so that amplitude (b << latent) + a belongs to trash outcome b and latent basis state a.
/// - Rotations follow `rotation`: exp(−iθP/2) unless told otherwise. Couplings are always exp(−itPP), the full angle.
///
/// Parameters: first the angles `[layer][qubit][x, y, z]`, then the couplings `[layer][pair][xx, yy, zz]`, radians.
public struct AutoencoderAnsatz: Sendable, Equatable {
  public static let qubitRange = 2...26

  public let qubits: Int
  /// The qubits that are kept.
  public let latent: Int
  public let layers: Int
  public let pairs: PairPattern
  public let rotation: RotationConvention

  /// - Precondition: `qubits` in `qubitRange`, 1 ≤ `latent` < `qubits`, `layers ≥ 1`.
  @_noAllocation
  public init(
    qubits: Int, latent: Int, layers: Int, pairs: PairPattern = .latentTrash, rotation: RotationConvention = .half
  ) {
    precondition(AutoencoderAnsatz.qubitRange.contains(qubits) && latent >= 1 && latent < qubits && layers >= 1)
    self.qubits = qubits
    self.latent = latent
    self.layers = layers
    self.pairs = pairs
    self.rotation = rotation
  }

  public var trash: Int { qubits - latent }
  public var amplitudes: Int { 1 &<< qubits }

  /// The couplings of a layer.
  public var pairCount: Int {
    switch pairs {
    case .latentTrash: latent * trash
    case .chain: qubits - 1
    case .ring: qubits > 2 ? qubits : 1
    case .everyPair: qubits * (qubits - 1) / 2
    }
  }

  public var angleCount: Int { 3 * layers * qubits }
  public var parameterCount: Int { angleCount + 3 * layers * pairCount }

  /// The two qubits of a layer's coupling, in the pattern's order.
  @_noAllocation
  public func pair(_ index: Int) -> (first: Int, second: Int) {
    switch pairs {
    case .latentTrash: return (index / trash, latent + index % trash)
    case .chain, .ring: return (index, index + 1 < qubits ? index + 1 : 0)
    case .everyPair:
      var (first, rest) = (0, index)
      while rest >= qubits - 1 - first {
        rest -= qubits - 1 - first
        first += 1
      }
      return (first, first + 1 + rest)
    }
  }

  /// Where the parameters of a layer's qubit and of a layer's pair begin.
  @inline(__always)
  func angleIndex(layer: Int, qubit: Int) -> Int { 3 * (layer * qubits + qubit) }

  @inline(__always)
  func couplingIndex(layer: Int, pair: Int) -> Int { angleCount + 3 * (layer * pairCount + pair) }
}
