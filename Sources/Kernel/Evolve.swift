/// One rotation layer, forward and backward, on states `[amplitude][re, im]` of lane vectors.
///
/// A state of many qubits is larger than the cache of a core. So the bits whose pairs lie within one block are finished
/// block by block, and only those above need sweeps over the whole state.
struct LayerPasses<V: LaneVector> {
  let tables: CircuitTables
  private let blocks: CacheBlocks

  /// The lowest bits ride on the indexed load, up to three of them.
  private var indexedBits: Int { min(3, blocks.bits) }

  init(tables: CircuitTables) {
    self.tables = tables
    blocks = CacheBlocks(qubits: tables.ansatz.qubits, amplitudeBytes: 2 * MemoryLayout<V>.stride)
  }

  private func tangents(_ layer: Int) -> UnsafePointer<V.Scalar> {
    UnsafePointer(tables.tangent.assumingMemoryBound(to: V.Scalar.self)) + layer * tables.ansatz.qubits
  }

  /// From the state after the Ry of layer l − 1 (or the input, for l = 0) to the state after those of layer l.
  func apply(_ layer: Int, from input: UnsafePointer<V>, to output: UnsafeMutablePointer<V>) {
    let indexed = IndexedPass<V>(tables, layer: layer)
    var start = 0
    while start < tables.ansatz.amplitudes {
      let block = start..<(start &+ blocks.amplitudes)
      indexed.load(input, into: output, block)
      rotate(layer, of: output, block, bits: indexedBits..<blocks.bits, sign: 1)
      start = block.upperBound
    }
    rotate(layer, of: output, 0..<start, bits: blocks.bits..<tables.ansatz.qubits, sign: 1)
  }

  /// The inverse of `apply`; `state` is overwritten. Exact for ψ as for λ, since the layer is unitary.
  func unapply(_ layer: Int, from state: UnsafeMutablePointer<V>, to output: UnsafeMutablePointer<V>) {
    let indexed = IndexedPass<V>(tables, layer: layer)
    let all = 0..<tables.ansatz.amplitudes
    rotate(layer, of: state, all, bits: blocks.bits..<tables.ansatz.qubits, sign: -1)
    var start = 0
    while start < all.upperBound {
      let block = start..<(start &+ blocks.amplitudes)
      rotate(layer, of: state, block, bits: indexedBits..<blocks.bits, sign: -1)
      indexed.unload(state, into: output, block)
      start = block.upperBound
    }
  }

  /// Ry, or its inverse, of the bits that do not ride on the indexed load, but for those outside the light cone.
  private func rotate(
    _ layer: Int, of state: UnsafeMutablePointer<V>, _ block: Range<Int>, bits: Range<Int>, sign: Double
  ) {
    let rotated = tables.rotatedBits(layer: layer)
    let end = min(bits.upperBound, UInt32.bitWidth - rotated.leadingZeroBitCount)
    let pass = RotationPass(state: state + 2 &* block.lowerBound, vectors: 2 &* block.count)
    var bit = bits.lowerBound
    while bit < end {
      if rotated & BasisIndex.single(bit) == 0 {
        bit += 1
        continue
      }
      let count = PassPlan(qubits: end).count(at: bit, vectorBytes: MemoryLayout<V>.stride)
      pass.run(bit: bit, count: count, tangents: tangents(layer), sign: V.Scalar(rounding: sign))
      bit += count
    }
  }
}
