import CSupport

/// The passes between two layers: every load goes through the source index and is scaled by the diagonal, and the
/// lowest one to three bits are rotated on the way. Real and imaginary parts are finished one after the other, so that
/// eight values fit in the registers of any target; the second load of an amplitude is from the first-level cache.
struct IndexedPass<V: LaneVector>: LowBitsPass {
  let amplitudes: Int
  let source: Source
  /// `[amplitude]`, the layer's diagonal.
  let re: UnsafePointer<V.Scalar>
  let im: UnsafePointer<V.Scalar>
  /// Tangents of the lowest bits.
  let tangents: UnsafePointer<V.Scalar>

  /// The state is larger than the second-level cache.
  let isLarge: Bool

  init(_ tables: CircuitTables, layer: Int, isLarge: Bool) {
    self.isLarge = isLarge
    amplitudes = tables.ansatz.amplitudes
    source = Source(tables, layer: layer)
    let diagonal = tables.diagonal.assumingMemoryBound(to: V.Scalar.self)
    re = UnsafePointer(diagonal + 2 * layer * amplitudes)
    im = re + amplitudes
    tangents = UnsafePointer(tables.tangent.assumingMemoryBound(to: V.Scalar.self)) + layer * tables.ansatz.qubits
  }

  /// Real part of diagonal[i] · input[from]; the imaginary part goes to `place`. `later` is what `from` will be.
  @inline(__always)
  private func scaled(
    _ input: UnsafeRawPointer, _ offset: Int, _ from: Int, _ i: Int, imaginary place: UnsafeMutablePointer<V>,
    _ later: Int?
  ) -> V {
    if let later { qkd_prefetch(input + (later ^ offset)) }
    let p = (input + (from ^ offset)).assumingMemoryBound(to: V.self)
    let (x, y) = (p[0], p[1])
    let (a, b) = (V(repeating: re[i]), V(repeating: im[i]))
    place[0] = (y * a).adding(x, times: b)
    return (x * a).subtracting(y, times: b)
  }

  /// Up to three.
  var bits: Int { min(3, amplitudes.trailingZeroBitCount) }

  func load(_ input: UnsafePointer<V>, into output: UnsafeMutablePointer<V>, _ block: Range<Int>) {
    switch amplitudes {
    case 2: load1(input, output)
    case 4: load2(input, output)
    default:
      if isLarge {
        load3(input, output, block, asks: true)
      } else {
        load3(input, output, block, asks: false)
      }
    }
  }

  private func load1(_ input: UnsafePointer<V>, _ output: UnsafeMutablePointer<V>) {
    let k0 = V(repeating: tangents[0])
    let low = LowOffsets<V>(source, amplitudes)
    let (state, from) = (UnsafeRawPointer(input), low.base(0))
    var x0 = scaled(state, low.offset(0), from, 0, imaginary: output + 1, nil)
    var x1 = scaled(state, low.offset(1), from, 1, imaginary: output + 3, nil)
    rotate(&x0, &x1, k0)
    output[0] = x0
    output[2] = x1
    (x0, x1) = (output[1], output[3])
    rotate(&x0, &x1, k0)
    output[1] = x0
    output[3] = x1
  }

  private func load2(_ input: UnsafePointer<V>, _ output: UnsafeMutablePointer<V>) {
    let (k0, k1) = (V(repeating: tangents[0]), V(repeating: tangents[1]))
    let low = LowOffsets<V>(source, amplitudes)
    let (state, from) = (UnsafeRawPointer(input), low.base(0))
    var x0 = scaled(state, low.offset(0), from, 0, imaginary: output + 1, nil)
    var x1 = scaled(state, low.offset(1), from, 1, imaginary: output + 3, nil)
    var x2 = scaled(state, low.offset(2), from, 2, imaginary: output + 5, nil)
    var x3 = scaled(state, low.offset(3), from, 3, imaginary: output + 7, nil)
    rotate4(&x0, &x1, &x2, &x3, k0, k1)
    (output[0], output[2], output[4], output[6]) = (x0, x1, x2, x3)
    (x0, x1, x2, x3) = (output[1], output[3], output[5], output[7])
    rotate4(&x0, &x1, &x2, &x3, k0, k1)
    (output[1], output[3], output[5], output[7]) = (x0, x1, x2, x3)
  }

  /// - Parameter asks: whether each step asks for what a later one reads. It pays where the state is larger than the
  ///   second-level cache, and costs 2 % where it is not.
  @inline(__always)
  private func load3(
    _ input: UnsafePointer<V>, _ output: UnsafeMutablePointer<V>, _ block: Range<Int>, asks: Bool
  ) {
    let (k0, k1, k2) = (V(repeating: tangents[0]), V(repeating: tangents[1]), V(repeating: tangents[2]))
    let low = LowOffsets<V>(source, amplitudes)
    let state = UnsafeRawPointer(input)
    var b = block.lowerBound
    while b < block.upperBound {
      let from = low.base(b)
      let later: Int? = asks ? low.base((b &+ lead) & (amplitudes &- 1)) : nil
      let p = output + 2 &* b
      // The imaginary parts wait in the output, so that source and diagonal are read once.
      var x0 = scaled(state, low.offset(0), from, b &+ 0, imaginary: p + 1, later)
      var x1 = scaled(state, low.offset(1), from, b &+ 1, imaginary: p + 3, later)
      var x2 = scaled(state, low.offset(2), from, b &+ 2, imaginary: p + 5, later)
      var x3 = scaled(state, low.offset(3), from, b &+ 3, imaginary: p + 7, later)
      var x4 = scaled(state, low.offset(4), from, b &+ 4, imaginary: p + 9, later)
      var x5 = scaled(state, low.offset(5), from, b &+ 5, imaginary: p + 11, later)
      var x6 = scaled(state, low.offset(6), from, b &+ 6, imaginary: p + 13, later)
      var x7 = scaled(state, low.offset(7), from, b &+ 7, imaginary: p + 15, later)
      rotate8(&x0, &x1, &x2, &x3, &x4, &x5, &x6, &x7, k0, k1, k2)
      p[0] = x0
      p[2] = x1
      p[4] = x2
      p[6] = x3
      p[8] = x4
      p[10] = x5
      p[12] = x6
      p[14] = x7
      (x0, x1, x2, x3) = (p[1], p[3], p[5], p[7])
      (x4, x5, x6, x7) = (p[9], p[11], p[13], p[15])
      rotate8(&x0, &x1, &x2, &x3, &x4, &x5, &x6, &x7, k0, k1, k2)
      p[1] = x0
      p[3] = x1
      p[5] = x2
      p[7] = x3
      p[9] = x4
      p[11] = x5
      p[13] = x6
      p[15] = x7
      b &+= 8
    }
  }

  /// How many amplitudes ahead memory is asked for, one line with each amplitude's arithmetic: all of a block's lines
  /// at once would fill the core's list of misses. Asking for the output too, which is written in order, costs more
  /// than it brings.
  private var lead: Int { 32 }

  func unload(_ input: UnsafePointer<V>, into output: UnsafeMutablePointer<V>, _ block: Range<Int>) {
    switch amplitudes {
    case 2: unloadBlocks(input, output, bits: 1)
    case 4: unloadBlocks(input, output, bits: 2)
    default:
      if isLarge {
        unload3(input, output, block, asks: true)
      } else {
        unload3(input, output, block, asks: false)
      }
    }
  }

  /// diagonal[i]* · (x, y) to its place; `later` is what `to` will be.
  @inline(__always)
  private func store(
    _ x: V, _ y: V, _ output: UnsafeMutableRawPointer, _ offset: Int, _ to: Int, _ i: Int, _ later: Int?
  ) {
    if let later { qkd_prefetch_for_writing(output + (later ^ offset)) }
    let (a, b) = (V(repeating: re[i]), V(repeating: im[i]))
    let p = (output + (to ^ offset)).assumingMemoryBound(to: V.self)
    p[0] = (x * a).adding(y, times: b)
    p[1] = (y * a).subtracting(x, times: b)
  }

  private func unloadBlocks(_ input: UnsafePointer<V>, _ output: UnsafeMutablePointer<V>, bits: Int) {
    let zero = V(repeating: Scalar(rounding: 0))
    let k0 = zero - V(repeating: tangents[0])
    var (x0, x1, x2, x3) = (input[0], input[2], zero, zero)
    var (y0, y1, y2, y3) = (input[1], input[3], zero, zero)
    if bits == 2 {
      let k1 = zero - V(repeating: tangents[1])
      (x2, x3, y2, y3) = (input[4], input[6], input[5], input[7])
      rotate4(&x0, &x1, &x2, &x3, k0, k1)
      rotate4(&y0, &y1, &y2, &y3, k0, k1)
    } else {
      rotate(&x0, &x1, k0)
      rotate(&y0, &y1, k0)
    }
    let low = LowOffsets<V>(source, amplitudes)
    let (state, to) = (UnsafeMutableRawPointer(output), low.base(0))
    store(x0, y0, state, low.offset(0), to, 0, nil)
    store(x1, y1, state, low.offset(1), to, 1, nil)
    if bits == 2 {
      store(x2, y2, state, low.offset(2), to, 2, nil)
      store(x3, y3, state, low.offset(3), to, 3, nil)
    }
  }

  private typealias Scalar = V.Scalar

  @inline(__always)
  private func unload3(
    _ input: UnsafePointer<V>, _ output: UnsafeMutablePointer<V>, _ block: Range<Int>, asks: Bool
  ) {
    let zero = V(repeating: Scalar(rounding: 0))
    let k0 = zero - V(repeating: tangents[0])
    let k1 = zero - V(repeating: tangents[1])
    let k2 = zero - V(repeating: tangents[2])
    let low = LowOffsets<V>(source, amplitudes)
    let state = UnsafeMutableRawPointer(output)
    var b = block.lowerBound
    while b < block.upperBound {
      let to = low.base(b)
      let later: Int? = asks ? low.base((b &+ lead) & (amplitudes &- 1)) : nil
      let p = input + 2 &* b
      var (x0, x1, x2, x3) = (p[0], p[2], p[4], p[6])
      var (x4, x5, x6, x7) = (p[8], p[10], p[12], p[14])
      rotate8(&x0, &x1, &x2, &x3, &x4, &x5, &x6, &x7, k0, k1, k2)
      var (y0, y1, y2, y3) = (p[1], p[3], p[5], p[7])
      var (y4, y5, y6, y7) = (p[9], p[11], p[13], p[15])
      rotate8(&y0, &y1, &y2, &y3, &y4, &y5, &y6, &y7, k0, k1, k2)
      store(x0, y0, state, low.offset(0), to, b &+ 0, later)
      store(x1, y1, state, low.offset(1), to, b &+ 1, later)
      store(x2, y2, state, low.offset(2), to, b &+ 2, later)
      store(x3, y3, state, low.offset(3), to, b &+ 3, later)
      store(x4, y4, state, low.offset(4), to, b &+ 4, later)
      store(x5, y5, state, low.offset(5), to, b &+ 5, later)
      store(x6, y6, state, low.offset(6), to, b &+ 6, later)
      store(x7, y7, state, low.offset(7), to, b &+ 7, later)
      b &+= 8
    }
  }
}

/// The places, in bytes, that a block of eight amplitudes is loaded from: its base and what the lowest three bits of an
/// index add to it. Bytes, because a place is then one exclusive or away from its address.
private struct LowOffsets<V: LaneVector> {
  private let source: Source
  private let o1: Int
  private let o2: Int
  private let o4: Int

  private static var amplitudeBytes: Int { 2 &* MemoryLayout<V>.stride }

  @inline(__always)
  init(_ source: Source, _ amplitudes: Int) {
    self.source = source
    // One and two qubits have no further bits, nor entries for them.
    let last = amplitudes &- 1
    o1 = source.offset(1) &* Self.amplitudeBytes
    o2 = source.offset(2 & last) &* Self.amplitudeBytes
    o4 = source.offset(4 & last) &* Self.amplitudeBytes
  }

  @inline(__always)
  func base(_ block: Int) -> Int { source.base(block) &* Self.amplitudeBytes }

  @inline(__always)
  func offset(_ index: Int) -> Int {
    (index & 1 == 0 ? 0 : o1) ^ (index & 2 == 0 ? 0 : o2) ^ (index & 4 == 0 ? 0 : o4)
  }
}
