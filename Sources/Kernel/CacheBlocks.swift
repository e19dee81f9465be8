/// How a state is cut into blocks that stay in a core's caches while several passes go over them: small ones in the
/// first level, of which a large one in the second level is made.
///
/// A state that fits a large block is not cut at all: with 10 qubits small blocks cost 5 %.
///
/// Measured with 15 qubits (2 MiB a state, AMD EPYC, 1 MiB of second-level cache), for eight vectors taken through
/// three bits: 12 cycles in the first level and in the second, 13 for a sweep in place over the third. So a layer that
/// goes over a state once instead of twice has little left to gain. What was tried and lost: a block that is worked on
/// beside the state and stored by its last pass (30 cycles more for that pass, whether or not the block's rows are
/// padded), and blocks taken in pairs whose sources are neighbouring lines (a third more). Where the states of all
/// layers are kept, 20 MiB, the same passes take a sixth longer.
struct CacheBlocks {
  /// Bits of the index within a small block, and within a large one.
  let inner: Int
  let outer: Int

  /// With all lanes of a register a state may have so many bytes; with fewer, whose passes fill registers all the same,
  /// twice as many. Cores of today have a second level of 512 KiB to 2 MiB; with 13 to 17 qubits and vectors of 64
  /// bytes larger states were slower, and smaller ones no faster.
  static var stateBytes: Int { 1 << 19 }

  private static var innerBytes: Int { 1 << 12 }
  private static var outerBytes: Int { 1 << 18 }

  init(qubits: Int, amplitudeBytes: Int) {
    outer = CacheBlocks.bits(of: qubits, amplitudeBytes, within: CacheBlocks.outerBytes)
    inner =
      outer == qubits ? outer : CacheBlocks.bits(of: outer, amplitudeBytes, within: CacheBlocks.innerBytes)
  }

  /// A sweep takes three bits at least: where fewer would be left, the block gives some of its own, or takes all.
  private static func bits(of all: Int, _ amplitudeBytes: Int, within bytes: Int) -> Int {
    var bits = all
    while bits > 3 && amplitudeBytes << bits > bytes { bits -= 1 }
    if bits == all || all - bits >= 3 { return bits }
    return all - 3 >= 6 ? all - 3 : all
  }
}
