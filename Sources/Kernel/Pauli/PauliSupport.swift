/// Where an observable can be other than zero, on its way backwards through a circuit: its light cone.
struct PauliSupport {
  var rows: PauliRows
  /// The bits on which some string has a sign part.
  var signs: UInt32

  /// The bits on which some string is not the identity.
  var touched: UInt32 { rows.union | signs }

  /// Every string.
  static func all(_ qubits: Int) -> PauliSupport {
    PauliSupport(rows: .all(qubits), signs: BasisIndex.single(qubits) &- 1)
  }

  func touches(_ bits: (control: Int, target: Int)) -> Bool {
    touched & (BasisIndex.single(bits.control) | BasisIndex.single(bits.target)) != 0
  }

  /// From behind a pair's channel, which mixes no rows, to before its gate.
  mutating func pullBack(_ ansatz: Ansatz, _ pair: Int, _ noise: CircuitNoise) {
    let (control, target) = ansatz.bits(pair)
    if let pairs = noise.pairs, !pairs[pair].onlyLosesSigns {
      signs |= BasisIndex.single(control) | BasisIndex.single(target)
    }
    switch ansatz.entanglingGate {
    case .cnot:
      rows.applyCNOT(control: control, target: target)
      if signs & BasisIndex.single(target) != 0 { signs |= BasisIndex.single(control) }
    case .cz:
      let flips = rows.union
      if flips & BasisIndex.single(control) != 0 { signs |= BasisIndex.single(target) }
      if flips & BasisIndex.single(target) != 0 { signs |= BasisIndex.single(control) }
    }
  }

  /// Through one qubit's matrix that mixes rows: any letter there. Returns whether the space grew.
  mutating func spread(_ bit: Int) -> Bool {
    signs |= BasisIndex.single(bit)
    if rows.position(BasisIndex.single(bit)) != nil { return false }
    rows.append(BasisIndex.single(bit))
    return true
  }
}

/// What a fold leaves for the sweep that goes back forwards: the support before a rotation layer (in the first layer:
/// behind it, where observables and states meet), and how the rows grew there.
struct LayerRecord {
  var support: PauliSupport
  /// The bits whose row was appended by the layer's matrices, in ascending order.
  var grown: UInt32
  /// The bits that the layer's matrices acted on.
  var acted: UInt32
}
