import CSupport

/// One rotation layer, forward and backward, on states `[amplitude][re, im]` of lane vectors.
///
/// A state of many qubits is larger than the caches of a core. So the bits whose pairs lie within one block are
/// finished block by block, and only those above need sweeps over the whole state.
struct LayerPasses<V: LaneVector> {
  let tables: CircuitTables
  private let blocks: CacheBlocks
  private let amplitudeBytes = 2 * MemoryLayout<V>.stride
  private var isLarge: Bool { blocks.outer < tables.ansatz.qubits }

  init(tables: CircuitTables) {
    self.tables = tables
    blocks = CacheBlocks(qubits: tables.ansatz.qubits, amplitudeBytes: amplitudeBytes)
  }

  /// From the state after the Ry of layer l − 1 (or the input, for l = 0) to the state after those of layer l.
  func apply(_ layer: Int, from input: UnsafePointer<V>, to output: UnsafeMutablePointer<V>) {
    let (input, output) = (UnsafeRawPointer(input), UnsafeMutableRawPointer(output))
    if packs(V.self, run: vectors, Application(passes: self, layer: layer, input: input, output: output)) { return }
    apply(IndexedPass<V>(tables, layer: layer, isLarge: isLarge), layer, from: input, to: output)
  }

  /// The inverse of `apply`; `state` is overwritten. Exact for ψ as for λ, since the layer is unitary.
  func unapply(_ layer: Int, from state: UnsafeMutablePointer<V>, to output: UnsafeMutablePointer<V>) {
    let (state, output) = (UnsafeMutableRawPointer(state), UnsafeMutableRawPointer(output))
    if packs(V.self, run: vectors, Inversion(passes: self, layer: layer, state: state, output: output)) { return }
    unapply(IndexedPass<V>(tables, layer: layer, isLarge: isLarge), layer, from: state, to: output)
  }

  /// Of a state.
  private var vectors: Int { 2 &* tables.ansatz.amplitudes }

  private struct Application: PackedJob {
    let passes: LayerPasses
    let layer: Int
    let input: UnsafeRawPointer
    let output: UnsafeMutableRawPointer

    func run<N: PackedVector>(_ vector: N.Type) {
      passes.apply(passes.packed(layer, vector), layer, from: input, to: output)
    }
  }

  private struct Inversion: PackedJob {
    let passes: LayerPasses
    let layer: Int
    let state: UnsafeMutableRawPointer
    let output: UnsafeMutableRawPointer

    func run<N: PackedVector>(_ vector: N.Type) {
      passes.unapply(passes.packed(layer, vector), layer, from: state, to: output)
    }
  }

  private func packed<N: PackedVector>(_ layer: Int, _ vector: N.Type) -> PackedPass<N> {
    PackedPass(tables, layer: layer, amplitudeBytes: amplitudeBytes)
  }

  @inline(__always)
  private func apply<Low: LowBitsPass>(
    _ low: Low, _ layer: Int, from input: UnsafeRawPointer, to output: UnsafeMutableRawPointer
  ) {
    let input = input.assumingMemoryBound(to: Low.Vector.self)
    let output = output.assumingMemoryBound(to: Low.Vector.self)
    let all = 0..<tables.ansatz.amplitudes
    var first = 0
    while first < all.upperBound {
      let large = first..<(first &+ 1 &<< blocks.outer)
      while first < large.upperBound {
        let small = first..<(first &+ 1 &<< blocks.inner)
        low.load(input, into: output, small)
        rotate(layer, of: output, small, bits: low.bits..<blocks.inner, sign: 1)
        first = small.upperBound
      }
      rotate(layer, of: output, large, bits: blocks.inner..<blocks.outer, sign: 1)
    }
    rotate(layer, of: output, all, bits: blocks.outer..<tables.ansatz.qubits, sign: 1)
  }

  @inline(__always)
  private func unapply<Low: LowBitsPass>(
    _ low: Low, _ layer: Int, from state: UnsafeMutableRawPointer, to output: UnsafeMutableRawPointer
  ) {
    let state = state.assumingMemoryBound(to: Low.Vector.self)
    let output = output.assumingMemoryBound(to: Low.Vector.self)
    let all = 0..<tables.ansatz.amplitudes
    rotate(layer, of: state, all, bits: blocks.outer..<tables.ansatz.qubits, sign: -1)
    var first = 0
    while first < all.upperBound {
      let large = first..<(first &+ 1 &<< blocks.outer)
      rotate(layer, of: state, large, bits: blocks.inner..<blocks.outer, sign: -1)
      while first < large.upperBound {
        let small = first..<(first &+ 1 &<< blocks.inner)
        rotate(layer, of: state, small, bits: low.bits..<blocks.inner, sign: -1)
        low.unload(state, into: output, small)
        first = small.upperBound
      }
    }
  }

  /// Ry, or its inverse, of bits that do not ride on the layer's load, but for those outside the light cone.
  @inline(__always)
  private func rotate<N: LaneVector>(
    _ layer: Int, of state: UnsafeMutablePointer<N>, _ block: Range<Int>, bits: Range<Int>, sign: Double
  ) {
    let rotated = tables.rotatedBits(layer: layer)
    let end = min(bits.upperBound, UInt32.bitWidth - rotated.leadingZeroBitCount)
    let tangents = UnsafePointer(tables.tangent.assumingMemoryBound(to: N.Scalar.self)) + layer * tables.ansatz.qubits
    let vectors = { $0 &* amplitudeBytes / MemoryLayout<N>.stride }
    let pass = RotationPass(state: state + vectors(block.lowerBound), vectors: vectors(block.count))
    var bit = bits.lowerBound
    while bit < end {
      if rotated & BasisIndex.single(bit) == 0 {
        bit += 1
        continue
      }
      let count = PassPlan(qubits: end, amplitudeBytes: amplitudeBytes).count(at: bit)
      pass.run(
        width: vectors(1 &<< bit), count: count, tangents: tangents + bit, sign: N.Scalar(rounding: sign))
      bit += count
    }
  }
}

/// What a layer's load does besides: the pass that goes from the state of one layer to that of the next, and rotates
/// the lowest bits on the way.
protocol LowBitsPass {
  associatedtype Vector: LaneVector
  /// How many bits it rotates.
  var bits: Int { get }
  /// output = Ry(lowest bits) · diagonal · input[source], for the amplitudes of one block of the output.
  func load(_ input: UnsafePointer<Vector>, into output: UnsafeMutablePointer<Vector>, _ block: Range<Int>)
  /// The inverse: output[source] = diagonal* · Ryᵀ · input, for the amplitudes of one block of the input.
  func unload(_ input: UnsafePointer<Vector>, into output: UnsafeMutablePointer<Vector>, _ block: Range<Int>)
}
