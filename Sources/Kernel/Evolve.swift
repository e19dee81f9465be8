/// One rotation layer, forward and backward, on states `[amplitude][re, im]` of lane vectors.
///
/// A state of many qubits is larger than the caches of a core. So the bits whose pairs lie within one block are
/// finished block by block, and only those above need sweeps over the whole state.
struct LayerPasses<V: LaneVector> {
  let tables: CircuitTables
  private let blocks: CacheBlocks
  private var isLarge: Bool { blocks.outer < tables.ansatz.qubits }

  /// The lowest bits ride on the indexed load, up to three of them.
  private var indexedBits: Int { min(3, tables.ansatz.qubits) }

  init(tables: CircuitTables) {
    self.tables = tables
    blocks = CacheBlocks(qubits: tables.ansatz.qubits, amplitudeBytes: 2 * MemoryLayout<V>.stride)
  }

  private func tangents(_ layer: Int) -> UnsafePointer<V.Scalar> {
    UnsafePointer(tables.tangent.assumingMemoryBound(to: V.Scalar.self)) + layer * tables.ansatz.qubits
  }

  /// From the state after the Ry of layer l − 1 (or the input, for l = 0) to the state after those of layer l.
  func apply(_ layer: Int, from input: UnsafePointer<V>, to output: UnsafeMutablePointer<V>) {
    let indexed = IndexedPass<V>(tables, layer: layer, isLarge: isLarge)
    let all = 0..<tables.ansatz.amplitudes
    var first = 0
    while first < all.upperBound {
      let large = first..<(first &+ 1 &<< blocks.outer)
      while first < large.upperBound {
        let small = first..<(first &+ 1 &<< blocks.inner)
        indexed.load(input, into: output, small)
        rotate(layer, of: output, small, bits: indexedBits..<blocks.inner, sign: 1)
        first = small.upperBound
      }
      rotate(layer, of: output, large, bits: blocks.inner..<blocks.outer, sign: 1)
    }
    rotate(layer, of: output, all, bits: blocks.outer..<tables.ansatz.qubits, sign: 1)
  }

  /// The inverse of `apply`; `state` is overwritten. Exact for ψ as for λ, since the layer is unitary.
  func unapply(_ layer: Int, from state: UnsafeMutablePointer<V>, to output: UnsafeMutablePointer<V>) {
    let indexed = IndexedPass<V>(tables, layer: layer, isLarge: isLarge)
    let all = 0..<tables.ansatz.amplitudes
    rotate(layer, of: state, all, bits: blocks.outer..<tables.ansatz.qubits, sign: -1)
    var first = 0
    while first < all.upperBound {
      let large = first..<(first &+ 1 &<< blocks.outer)
      rotate(layer, of: state, large, bits: blocks.inner..<blocks.outer, sign: -1)
      while first < large.upperBound {
        let small = first..<(first &+ 1 &<< blocks.inner)
        rotate(layer, of: state, small, bits: indexedBits..<blocks.inner, sign: -1)
        indexed.unload(state, into: output, small)
        first = small.upperBound
      }
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
