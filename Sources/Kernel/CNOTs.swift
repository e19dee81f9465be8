extension Ansatz {
  /// The CNOTs of one entangler.
  var cnotCount: Int {
    switch entangler {
    case .linear, .descending: qubits - 1
    case .ring: qubits > 1 ? qubits : 0
    case .allPairs: qubits * (qubits - 1) / 2
    }
  }

  /// The qubits of one of them, in the order in which they act.
  func cnot(_ index: Int) -> (control: Int, target: Int) {
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
    }
  }
}

/// A Pauli string up to its phase, on qubits: X^flips · Z^signs.
struct PauliMasks: Equatable {
  var flips: UInt32
  var signs: UInt32

  /// The qubits on which it is not the identity.
  var support: UInt32 { flips | signs }

  /// U†PU for the CNOTs U of an entangler: walking back through a CNOT, an X on the control spreads to the target and
  /// a Z on the target to the control.
  func pulledBack(_ ansatz: Ansatz) -> PauliMasks {
    var result = self
    var gate = ansatz.cnotCount - 1
    while gate >= 0 {
      let (control, target) = ansatz.cnot(gate)
      result.flips = BasisIndex.afterCNOT(result.flips, control: control, target: target)
      result.signs = BasisIndex.afterCNOT(result.signs, control: target, target: control)
      gate -= 1
    }
    return result
  }

  mutating func formUnion(_ other: PauliMasks) {
    flips |= other.flips
    signs |= other.signs
  }
}
