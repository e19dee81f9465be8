/// A product state of `qubits` qubits as an index: bit i is qubit i, 0 for the eigenvalue +1 of Z_i, or of X_i where
/// the X basis is meant. These are all the bit operations that the chain needs. Their shifts are masked ones: others
/// look for amounts beyond the width.
struct SpinConfiguration {
  let qubits: Int

  var count: Int { 1 &<< qubits }

  /// Every bit inverted: in the Z basis what ∏X does.
  @inline(__always)
  func flipAll(_ state: Int) -> Int { state ^ (count - 1) }

  /// Every bit moved to the next site, the last one to site 0.
  @inline(__always)
  func translate(_ state: Int) -> Int { ((state &<< 1) & (count &- 1)) | (state &>> (qubits &- 1)) }

  /// Bit i tells whether the bits i and i − 1 (modulo n) differ.
  @inline(__always)
  func domainWalls(_ state: Int) -> Int { state ^ translate(state) }

  /// The two neighbours of a site, modulo n.
  @inline(__always)
  func neighbours(_ site: Int) -> Int {
    1 << (site == 0 ? qubits - 1 : site - 1) | 1 << (site == qubits - 1 ? 0 : site + 1)
  }

  @inline(__always)
  func bit(_ pattern: Int, _ site: Int) -> Int { (pattern &>> site) & 1 }
}
