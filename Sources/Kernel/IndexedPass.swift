import CSupport

/// The passes between two layers: every load goes through the source index and is scaled by the diagonal, and the
/// lowest one to three bits are rotated on the way. Real and imaginary parts are finished one after the other, so that
/// eight values fit in the registers of any target; the second load of an amplitude is from the first-level cache.
struct IndexedPass<V: LaneVector> {
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

  /// Real part of diagonal[i] · input[from].
  @inline(__always)
  private func real(_ input: UnsafePointer<V>, _ from: Int, _ i: Int) -> V {
    let p = input + 2 &* from
    return (p[0] * V(repeating: re[i])).subtracting(p[1], times: V(repeating: im[i]))
  }

  @inline(__always)
  private func imaginary(_ input: UnsafePointer<V>, _ from: Int, _ i: Int) -> V {
    let p = input + 2 &* from
    return (p[1] * V(repeating: re[i])).adding(p[0], times: V(repeating: im[i]))
  }

  /// output = Ry(lowest bits) · diagonal · input[source], for the amplitudes of one block of the output.
  func load(_ input: UnsafePointer<V>, into output: UnsafeMutablePointer<V>, _ block: Range<Int>) {
    switch amplitudes {
    case 2: load1(input, output)
    case 4: load2(input, output)
    default: load3(input, output, block)
    }
  }

  private func load1(_ input: UnsafePointer<V>, _ output: UnsafeMutablePointer<V>) {
    let k0 = V(repeating: tangents[0])
    let s0 = source.base(0)
    let s1 = s0 ^ source.offset(1)
    var (x0, x1) = (real(input, s0, 0), real(input, s1, 1))
    var (y0, y1) = (imaginary(input, s0, 0), imaginary(input, s1, 1))
    rotate(&x0, &x1, k0)
    rotate(&y0, &y1, k0)
    output[0] = x0
    output[1] = y0
    output[2] = x1
    output[3] = y1
  }

  private func load2(_ input: UnsafePointer<V>, _ output: UnsafeMutablePointer<V>) {
    let (k0, k1) = (V(repeating: tangents[0]), V(repeating: tangents[1]))
    let s0 = source.base(0)
    let (s1, s2, s3) = (s0 ^ source.offset(1), s0 ^ source.offset(2), s0 ^ source.offset(3))
    var (x0, x1, x2, x3) = (real(input, s0, 0), real(input, s1, 1), real(input, s2, 2), real(input, s3, 3))
    rotate4(&x0, &x1, &x2, &x3, k0, k1)
    var (y0, y1) = (imaginary(input, s0, 0), imaginary(input, s1, 1))
    var (y2, y3) = (imaginary(input, s2, 2), imaginary(input, s3, 3))
    rotate4(&y0, &y1, &y2, &y3, k0, k1)
    output[0] = x0
    output[1] = y0
    output[2] = x1
    output[3] = y1
    output[4] = x2
    output[5] = y2
    output[6] = x3
    output[7] = y3
  }

  private func load3(_ input: UnsafePointer<V>, _ output: UnsafeMutablePointer<V>, _ block: Range<Int>) {
    let (k0, k1, k2) = (V(repeating: tangents[0]), V(repeating: tangents[1]), V(repeating: tangents[2]))
    let low = LowOffsets(source)
    let (o1, o2, o4) = (low[1], low[2], low[4])
    let (o3, o5, o6, o7) = (low[3], low[5], low[6], low[7])
    var b = block.lowerBound
    while b < block.upperBound {
      if isLarge { prefetch(input, output, b, low) }
      let s = source.base(b)
      var (x0, x1) = (real(input, s, b), real(input, s ^ o1, b &+ 1))
      var (x2, x3) = (real(input, s ^ o2, b &+ 2), real(input, s ^ o3, b &+ 3))
      var (x4, x5) = (real(input, s ^ o4, b &+ 4), real(input, s ^ o5, b &+ 5))
      var (x6, x7) = (real(input, s ^ o6, b &+ 6), real(input, s ^ o7, b &+ 7))
      rotate8(&x0, &x1, &x2, &x3, &x4, &x5, &x6, &x7, k0, k1, k2)
      let p = output + 2 &* b
      p[0] = x0
      p[2] = x1
      p[4] = x2
      p[6] = x3
      p[8] = x4
      p[10] = x5
      p[12] = x6
      p[14] = x7
      (x0, x1) = (imaginary(input, s, b), imaginary(input, s ^ o1, b &+ 1))
      (x2, x3) = (imaginary(input, s ^ o2, b &+ 2), imaginary(input, s ^ o3, b &+ 3))
      (x4, x5) = (imaginary(input, s ^ o4, b &+ 4), imaginary(input, s ^ o5, b &+ 5))
      (x6, x7) = (imaginary(input, s ^ o6, b &+ 6), imaginary(input, s ^ o7, b &+ 7))
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

  /// How many amplitudes ahead of the pass memory is asked for: about a small block, whose other passes leave the time.
  private var lead: Int { 64 }

  /// Asks for what `load` will read and write a block later: 7 to 8 % where a state is larger than the second-level
  /// cache. In small states the calls alone would cost a few per cent.
  @inline(__always)
  private func prefetch(_ input: UnsafePointer<V>, _ output: UnsafeMutablePointer<V>, _ b: Int, _ low: LowOffsets) {
    let next = (b &+ lead) & (amplitudes &- 1)
    let from = source.base(next)
    var j = 0
    while j < 8 {
      qkd_prefetch(input + 2 &* (from ^ low[j]))
      qkd_prefetch_for_writing(output + 2 &* (next &+ j))
      j &+= 1
    }
  }

  /// Asks for what `unload` will write a block later.
  @inline(__always)
  private func prefetch(scattered output: UnsafeMutablePointer<V>, _ b: Int, _ low: LowOffsets) {
    let to = source.base((b &+ lead) & (amplitudes &- 1))
    var j = 0
    while j < 8 {
      qkd_prefetch_for_writing(output + 2 &* (to ^ low[j]))
      j &+= 1
    }
  }

  /// The inverse of `load`, away from the rotations above the lowest bits: output[source] = diagonal* · Ryᵀ · input,
  /// for the amplitudes of one block of the input.
  func unload(_ input: UnsafePointer<V>, into output: UnsafeMutablePointer<V>, _ block: Range<Int>) {
    switch amplitudes {
    case 2: unloadBlocks(input, output, bits: 1)
    case 4: unloadBlocks(input, output, bits: 2)
    default: unload3(input, output, block)
    }
  }

  @inline(__always)
  private func store(_ x: V, _ y: V, _ output: UnsafeMutablePointer<V>, _ to: Int, _ i: Int) {
    let (a, b) = (V(repeating: re[i]), V(repeating: im[i]))
    let p = output + 2 &* to
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
    let s = source.base(0)
    store(x0, y0, output, s, 0)
    store(x1, y1, output, s ^ source.offset(1), 1)
    if bits == 2 {
      store(x2, y2, output, s ^ source.offset(2), 2)
      store(x3, y3, output, s ^ source.offset(3), 3)
    }
  }

  private typealias Scalar = V.Scalar

  private func unload3(_ input: UnsafePointer<V>, _ output: UnsafeMutablePointer<V>, _ block: Range<Int>) {
    let zero = V(repeating: Scalar(rounding: 0))
    let k0 = zero - V(repeating: tangents[0])
    let k1 = zero - V(repeating: tangents[1])
    let k2 = zero - V(repeating: tangents[2])
    let low = LowOffsets(source)
    let (o1, o2, o4) = (low[1], low[2], low[4])
    let (o3, o5, o6, o7) = (low[3], low[5], low[6], low[7])
    var b = block.lowerBound
    while b < block.upperBound {
      if isLarge { prefetch(scattered: output, b, low) }
      let s = source.base(b)
      let p = input + 2 &* b
      var (x0, x1, x2, x3) = (p[0], p[2], p[4], p[6])
      var (x4, x5, x6, x7) = (p[8], p[10], p[12], p[14])
      rotate8(&x0, &x1, &x2, &x3, &x4, &x5, &x6, &x7, k0, k1, k2)
      var (y0, y1, y2, y3) = (p[1], p[3], p[5], p[7])
      var (y4, y5, y6, y7) = (p[9], p[11], p[13], p[15])
      rotate8(&y0, &y1, &y2, &y3, &y4, &y5, &y6, &y7, k0, k1, k2)
      store(x0, y0, output, s, b)
      store(x1, y1, output, s ^ o1, b &+ 1)
      store(x2, y2, output, s ^ o2, b &+ 2)
      store(x3, y3, output, s ^ o3, b &+ 3)
      store(x4, y4, output, s ^ o4, b &+ 4)
      store(x5, y5, output, s ^ o5, b &+ 5)
      store(x6, y6, output, s ^ o6, b &+ 6)
      store(x7, y7, output, s ^ o7, b &+ 7)
      b &+= 8
    }
  }
}

/// What the lowest three bits of an index add to the place that a block of eight loads from.
private struct LowOffsets {
  private let o1: Int
  private let o2: Int
  private let o4: Int

  @inline(__always)
  init(_ source: Source) { (o1, o2, o4) = (source.offset(1), source.offset(2), source.offset(4)) }

  @inline(__always)
  subscript(_ index: Int) -> Int {
    (index & 1 == 0 ? 0 : o1) ^ (index & 2 == 0 ? 0 : o2) ^ (index & 4 == 0 ? 0 : o4)
  }
}
