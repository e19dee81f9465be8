/// The product states in the X basis that one ∏X has: those of an even (+1) or an odd (−1) number of set bits. The bit
/// of the last site follows from the others, which are the state's index.
struct ParityBasis {
  let spins: SpinConfiguration
  let parity: FlipParity

  var count: Int { spins.count / 2 }

  @inline(__always)
  func index(_ state: Int) -> Int { state & (count &- 1) }

  @inline(__always)
  func state(_ index: Int) -> Int {
    let last = (index.nonzeroBitCount & 1) ^ (parity == .minus ? 1 : 0)
    return index | last &<< (spins.qubits &- 1)
  }
}
