/// How a state is cut into blocks that stay in a core's second-level cache while several passes go over them.
struct CacheBlocks {
  /// Bits of the index within a block.
  let bits: Int

  var amplitudes: Int { 1 &<< bits }

  /// Bytes of a block: a quarter of a second-level cache of today. On a quiet machine with a large third level blocks
  /// change nothing; where other work fills that level they take a fifth to a third off (15 qubits, AMD EPYC).
  private static var bytes: Int { 1 << 18 }

  init(qubits: Int, amplitudeBytes: Int) {
    var bits = qubits
    while bits > 3 && amplitudeBytes << bits > Self.bytes { bits -= 1 }
    // A block of the whole state but one or two bits would leave a sweep over the whole state for those alone.
    if bits < qubits && qubits - bits < 3 { bits = max(3, qubits - 3) }
    self.bits = bits
  }
}
