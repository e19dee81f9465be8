/// A basis state of `qubits` qubits as an index: bit i is qubit i, 0 for Z = +1. These are all the bit operations that
/// the chain needs.
struct SpinConfiguration {
  let qubits: Int

  var count: Int { 1 << qubits }

  /// Qubit `site` flipped, what X_site does.
  @inline(__always)
  func flip(_ state: Int, _ site: Int) -> Int { state ^ (1 << site) }

  /// Every qubit flipped, what ∏X does.
  @inline(__always)
  func flipAll(_ state: Int) -> Int { state ^ (count - 1) }

  /// Every qubit moved to the next site, the last one to site 0.
  @inline(__always)
  func translate(_ state: Int) -> Int { ((state << 1) & (count - 1)) | (state >> (qubits - 1)) }

  /// Bit i tells whether the qubits i − 1 and i + 1 (modulo n) differ, where Z_{i−1} Z_{i+1} = −1.
  @inline(__always)
  func neighboursDiffer(_ state: Int) -> Int {
    translate(state) ^ ((state >> 1) | ((state & 1) << (qubits - 1)))
  }

  @inline(__always)
  func bit(_ pattern: Int, _ site: Int) -> Bool { (pattern >> site) & 1 != 0 }
}
