/// Pairs of qubits, control first, in the order in which gates act on them: a list of fixed capacity, so that a circuit
/// that has one is still a plain value.
public struct QubitPairs: Sendable, Equatable {
  public static let capacity = 64

  public private(set) var count = 0
  /// The highest qubit of all pairs; −1 without any.
  public private(set) var highestQubit = -1
  /// `[pair]`; 0 from `count` on.
  private var controls = InlineArray<64, UInt8>(repeating: 0)
  private var targets = InlineArray<64, UInt8>(repeating: 0)

  /// No pairs.
  @_noAllocation
  public init() {}

  /// Adds a pair at the end.
  /// - Returns: false, and nothing is added, where the two are one qubit, where no circuit has such qubits, and where
  ///   there are `capacity` pairs already.
  @_noAllocation
  public mutating func append(control: Int, target: Int) -> Bool {
    let end = Ansatz.qubitRange.upperBound
    guard count < QubitPairs.capacity, control != target, control >= 0, target >= 0, control < end, target < end else {
      return false
    }
    controls[count] = UInt8(truncatingIfNeeded: control)
    targets[count] = UInt8(truncatingIfNeeded: target)
    count += 1
    highestQubit = max(highestQubit, max(control, target))
    return true
  }

  /// - Precondition: `index` in `0 ..< count`.
  @_noAllocation
  public func pair(_ index: Int) -> (control: Int, target: Int) { (Int(controls[index]), Int(targets[index])) }

  @_noAllocation
  public static func == (left: QubitPairs, right: QubitPairs) -> Bool {
    if left.count != right.count { return false }
    var index = 0
    while index < left.count {
      if left.pair(index) != right.pair(index) { return false }
      index += 1
    }
    return true
  }
}

extension Ansatz {
  /// The gates of one entangler.
  var pairCount: Int {
    switch entangler {
    case .linear, .descending: qubits - 1
    case .ring: qubits > 1 ? qubits : 0
    case .allPairs: qubits * (qubits - 1) / 2
    case .pairs(let pairs): pairs.count
    }
  }

  /// The qubits of one of them, in the order in which they act.
  func pair(_ index: Int) -> (control: Int, target: Int) {
    switch entangler {
    case .linear, .ring: return (index, index + 1 < qubits ? index + 1 : 0)
    case .descending: return (qubits - 2 - index, qubits - 1 - index)
    case .allPairs:
      var (control, rest) = (0, index)
      while rest >= qubits - 1 - control {
        rest -= qubits - 1 - control
        control += 1
      }
      return (control, control + 1 + rest)
    case .pairs(let pairs): return pairs.pair(index)
    }
  }

  /// The gates of one entangler, and the qubits of one of them in the order in which they act.
  public var entanglingPairCount: Int { pairCount }

  @_noAllocation
  public func entanglingPair(_ index: Int) -> (control: Int, target: Int) { pair(index) }

  /// The gates that move amplitudes: all CNOTs; a CZ moves none.
  var cnotCount: Int { entanglingGate == .cnot ? pairCount : 0 }

  /// The qubits of one of them.
  func cnot(_ index: Int) -> (control: Int, target: Int) { pair(index) }

  /// The bits below a bit of the index that CZs couple with it, each an odd number of times; none where gates are
  /// CNOTs. CZs commute, and two on one pair are none, so that together they give basis state i the sign
  /// Π_b (−1)^(i_b · |i ∧ coupledBits(below: b)|).
  func coupledBits(below bit: Int) -> UInt32 {
    var mask: UInt32 = 0
    var index = 0
    while entanglingGate == .cz && index < pairCount {
      let (control, target) = pair(index)
      let (a, b) = (self.bit(of: control), self.bit(of: target))
      if max(a, b) == bit { mask ^= BasisIndex.single(min(a, b)) }
      index += 1
    }
    return mask
  }
}

/// A Pauli string up to its phase, on qubits: X^flips · Z^signs.
struct PauliMasks: Equatable {
  var flips: UInt32
  var signs: UInt32

  /// The qubits on which it is not the identity.
  var support: UInt32 { flips | signs }

  /// U†PU for the gates U of an entangler: walking back through a CNOT, an X on the control spreads to the target and
  /// a Z on the target to the control; through a CZ, an X on either qubit picks up a Z on the other.
  func pulledBack(_ ansatz: Ansatz) -> PauliMasks {
    var result = self
    var gate = ansatz.pairCount - 1
    while gate >= 0 {
      let (control, target) = ansatz.pair(gate)
      switch ansatz.entanglingGate {
      case .cnot:
        result.flips = BasisIndex.afterCNOT(result.flips, control: control, target: target)
        result.signs = BasisIndex.afterCNOT(result.signs, control: target, target: control)
      case .cz:
        // What two CNOTs would flip, one each way.
        result.signs ^=
          BasisIndex.afterCNOT(result.flips, control: control, target: target)
          ^ BasisIndex.afterCNOT(result.flips, control: target, target: control)
      }
      gate -= 1
    }
    return result
  }

  mutating func formUnion(_ other: PauliMasks) {
    flips |= other.flips
    signs |= other.signs
  }
}
