/// A Pauli string up to its phase, X^flips · Z^signs, on qubits.
struct QubitString {
  var flips = 0
  var signs = 0

  var support: Int { flips | signs }

  /// X and Z of each of these qubits: what makes every string on them.
  static func all(on qubits: Int) -> [QubitString] {
    (0..<Int.bitWidth - 1).filter { qubits >> $0 & 1 == 1 }.flatMap {
      [QubitString(flips: 1 << $0), QubitString(signs: 1 << $0)]
    }
  }

  /// Whether the gate changes the string when it is walked through backwards, and what it makes of it.
  mutating func pass(_ gate: CircuitGate) -> Bool {
    let (a, b) = (gate.qubits[0], gate.qubits[1])
    let old = (flips, signs)
    switch gate.kind {
    case .cx:
      flips ^= (flips >> a & 1) << b
      signs ^= (signs >> b & 1) << a
    default:
      signs ^= (flips >> a & 1) << b ^ (flips >> b & 1) << a
    }
    return old != (flips, signs)
  }
}

extension Circuit {
  /// Marks the gates that can change an answer: those that the strings read out meet on their way back. It is
  /// `LightCone` of the kernel, gate by gate: before the rotations of a layer any string on the same qubits can occur.
  mutating func markSeen(from strings: [QubitString]) {
    var strings = strings
    var end = gates.count
    while end > 0 {
      let layer = gates[end - 1].layer
      let start = (gates[..<end].lastIndex { $0.layer != layer } ?? -1) + 1
      let entangling = (gates[start..<end].firstIndex { $0.qubits.count == 2 }) ?? end
      for index in (entangling..<end).reversed() { gates[index].isSeen = Self.pass(gates[index], &strings) }
      let flips = strings.reduce(0) { $0 | $1.flips }
      let support = strings.reduce(0) { $0 | $1.support }
      for index in start..<entangling {
        // RZ commutes with a Z.
        gates[index].isSeen = (gates[index].kind == .rz ? flips : support) >> gates[index].qubits[0] & 1 == 1
      }
      strings = QubitString.all(on: support)
      end = start
    }
  }

  private static func pass(_ gate: CircuitGate, _ strings: inout [QubitString]) -> Bool {
    switch gate.kind {
    case .cx, .cz:
      var isSeen = false
      for index in strings.indices where strings[index].pass(gate) { isSeen = true }
      return isSeen
    default:
      // A turn about a pair of letters spreads whatever touches it to both qubits.
      let pair = gate.qubits.reduce(0) { $0 | 1 << $1 }
      let support = strings.reduce(0) { $0 | $1.support }
      if support & pair == 0 { return false }
      strings = QubitString.all(on: support | pair)
      return true
    }
  }
}
