/// The cross moments Im⟨λ|P|ψ⟩ of the Pauli matrices of every qubit at one point of the circuit. For a rotation
/// exp(−iφP/2) that ends at that point, the moment is ∂(Σ w⟨O⟩)/∂φ.
///
/// - Y is a sum over pairs of reals: Re(λ1*ψ0 − λ0*ψ1).
/// - Z of all qubits comes from the products T_i = Im(λ_i*ψ_i), folded: 2N additions.
/// - X costs as much as Y when taken directly, Im(λ0*ψ1 + λ1*ψ0). But Ry(b) turns Z before it into cos b · Z + sin b ·
///   X after it, and Z before it comes from the products of the layer below, which are there anyway. So where sin b is
///   not small, the slot of X collects Z before the rotation, and `Network.finishGradient` solves for X.
struct Moments<V: LaneVector> {
  let qubits: Int

  private var amplitudes: Int { 1 &<< qubits }

  /// Adds X of the bits in `directX`, and Y of those in `rotated`, to `moments`, `[bit][x, y, z]`, summed over lanes;
  /// fills `products`, `[amplitude]`.
  func addXY(
    _ psi: UnsafePointer<V>, _ lambda: UnsafePointer<V>, directX: UInt32, rotated: UInt32,
    products: UnsafeMutablePointer<V>, to moments: UnsafeMutablePointer<Double>
  ) {
    let packed = PackedMoments(
      qubits: qubits, amplitudeBytes: 2 * MemoryLayout<V>.stride, psi: psi, lambda: lambda, directX: directX,
      rotated: rotated, products: products, moments: moments)
    if packs(V.self, run: amplitudes, packed) { return }
    // In the blocks of the layers' passes, of both states.
    let blocks = CacheBlocks(qubits: qubits, amplitudeBytes: 2 * MemoryLayout<V>.stride)
    var low = LowSums<V>(qubits: qubits)
    var first = 0
    while first < amplitudes {
      let block = first..<(first &+ 1 &<< blocks.outer)
      if qubits == 1 {
        products[0] = product(psi, lambda, 0)
        products[1] = product(psi, lambda, 1)
      } else {
        addLow(psi, lambda, products, block, &low)
      }
      addY(psi, lambda, block, bits: low.bits..<blocks.outer, rotated, moments)
      first = block.upperBound
    }
    low.finish(moments)
    addY(psi, lambda, 0..<amplitudes, bits: blocks.outer..<qubits, rotated, moments)
    addX(psi, lambda, directX, moments)
  }

  /// Y of the bits in `rotated`, in one block of the amplitudes.
  private func addY(
    _ psi: UnsafePointer<V>, _ lambda: UnsafePointer<V>, _ block: Range<Int>, bits: Range<Int>, _ rotated: UInt32,
    _ moments: UnsafeMutablePointer<Double>
  ) {
    let start = 2 &* block.lowerBound
    RealPairs<V>(psi: psi + start, lambda: lambda + start, vectors: 2 &* block.count)
      .add(bits: bits, rotated: rotated, amplitudeBytes: 2 * MemoryLayout<V>.stride, to: moments)
  }

  /// Neighbours in one sweep, the others one by one.
  private func addX(
    _ psi: UnsafePointer<V>, _ lambda: UnsafePointer<V>, _ wanted: UInt32, _ moments: UnsafeMutablePointer<Double>
  ) {
    var bit = 0
    while bit < qubits {
      let single = BasisIndex.single(bit)
      if wanted & single != 0 && wanted & (single << 1) != 0 {
        let (lower, upper) = xPair(psi, lambda, bit)
        moments[3 * bit] += lower.laneSum
        moments[3 * bit + 3] += upper.laneSum
        bit += 2
      } else {
        if wanted & single != 0 { moments[3 * bit] += x(psi, lambda, bit).laneSum }
        bit += 1
      }
    }
  }

  /// Z of all bits from products, which are overwritten; added with a distance of three to `moments`.
  func addZ(_ products: UnsafeMutablePointer<V>, to moments: UnsafeMutablePointer<Double>) {
    addZ(products, wanted: .max, to: moments)
  }

  /// The same for the bits in `wanted` alone.
  func addZ(
    _ products: UnsafeMutablePointer<V>, wanted: UInt32, to moments: UnsafeMutablePointer<Double>
  ) {
    let lowest = wanted.trailingZeroBitCount
    var bit = qubits - 1
    while bit > lowest {
      let fold = Fold(
        products: products, bytes: MemoryLayout<V>.stride &<< (bit &- 1), bit: bit, wanted: wanted, moments: moments)
      if !packs(V.self, run: 1 &<< (bit &- 1), fold) { fold.run(lanes: V.self) }
      bit -= 2
    }
    if bit == lowest { moments[3 * bit] += fold(products, width: 1 &<< bit).laneSum }
  }

  /// `foldTwo`, of a bit and the one below.
  private struct Fold: PackedJob {
    let products: UnsafeMutableRawPointer
    /// The distance of a pair of the lower bit.
    let bytes: Int
    let bit: Int
    let wanted: UInt32
    let moments: UnsafeMutablePointer<Double>

    func run<N: PackedVector>(_ vector: N.Type) { run(lanes: vector) }

    @inline(__always)
    func run<N: LaneVector>(lanes vector: N.Type) {
      let (upper, lower) = foldTwo(
        products.assumingMemoryBound(to: N.self), width: bytes / MemoryLayout<N>.stride)
      if wanted & BasisIndex.single(bit) != 0 { moments[3 * bit] += upper.laneSum }
      if wanted & BasisIndex.single(bit - 1) != 0 { moments[3 * bit - 3] += lower.laneSum }
    }
  }

  @inline(__always)
  private func product(_ psi: UnsafePointer<V>, _ lambda: UnsafePointer<V>, _ i: Int) -> V {
    (lambda[2 &* i] * psi[2 &* i &+ 1]).subtracting(lambda[2 &* i &+ 1], times: psi[2 &* i])
  }

  /// The products, and Y of the lowest bits on the way, in pieces of both states that stay in the first-level cache.
  private func addLow(
    _ psi: UnsafePointer<V>, _ lambda: UnsafePointer<V>, _ products: UnsafeMutablePointer<V>, _ block: Range<Int>,
    _ sums: inout LowSums<V>
  ) {
    let piece = sums.bits > 2 ? 1 &<< sums.bits : block.count
    var first = block.lowerBound
    while first < block.upperBound {
      var (i, lowest) = (first, sums.first)
      while i < first &+ piece {
        lowest.add(psi + 2 &* i, lambda + 2 &* i, width: 2)
        products[i] = product(psi, lambda, i)
        products[i &+ 1] = product(psi, lambda, i &+ 1)
        products[i &+ 2] = product(psi, lambda, i &+ 2)
        products[i &+ 3] = product(psi, lambda, i &+ 3)
        i &+= 4
      }
      sums.first = lowest
      if sums.bits > 2 {
        let (p, l) = (psi + 2 &* first, lambda + 2 &* first)
        sums.second.add(p, l, width: 8, vectors: 2 &* piece)
        sums.third.add(p, l, width: 32, vectors: 2 &* piece)
      }
      first &+= piece
    }
  }

  /// X of one bit, taken directly. Two sums, so that a multiply-add rarely waits for the one before it.
  private func x(_ psi: UnsafePointer<V>, _ lambda: UnsafePointer<V>, _ bit: Int) -> V {
    let width = 2 &<< bit
    var (plus0, plus1, minus0, minus1) = (V.zero, V.zero, V.zero, V.zero)
    var high = 0
    while high < 2 &* amplitudes {
      var b = high
      while b < high &+ width {
        let (p, l) = (psi + b, lambda + b)
        plus0 = plus0.adding(l[0], times: p[width &+ 1])
        plus1 = plus1.adding(l[width], times: p[1])
        minus0 = minus0.adding(l[1], times: p[width])
        minus1 = minus1.adding(l[width &+ 1], times: p[0])
        b &+= 2
      }
      high &+= 2 &* width
    }
    return (plus0 + plus1) - (minus0 + minus1)
  }

  /// X of a bit and the next.
  private func xPair(_ psi: UnsafePointer<V>, _ lambda: UnsafePointer<V>, _ bit: Int) -> (V, V) {
    let width = 2 &<< bit
    let (w2, w3) = (2 &* width, 3 &* width)
    // Two sums each, so that a multiply-add rarely waits for the one before it.
    var (plus0, minus0, plus1, minus1) = (V.zero, V.zero, V.zero, V.zero)
    var (more0, less0, more1, less1) = (V.zero, V.zero, V.zero, V.zero)
    var high = 0
    while high < 2 &* amplitudes {
      var b = high
      while b < high &+ width {
        let (p, l) = (psi + b, lambda + b)
        let (s0, s1, s2, s3) = (l[0], l[width], l[w2], l[w3])
        let (i0, i1, i2, i3) = (p[1], p[width &+ 1], p[w2 &+ 1], p[w3 &+ 1])
        plus0 = plus0.adding(s0, times: i1).adding(s1, times: i0)
        more0 = more0.adding(s2, times: i3).adding(s3, times: i2)
        plus1 = plus1.adding(s0, times: i2).adding(s1, times: i3)
        more1 = more1.adding(s2, times: i0).adding(s3, times: i1)
        let (r0, r1, r2, r3) = (p[0], p[width], p[w2], p[w3])
        let (t0, t1, t2, t3) = (l[1], l[width &+ 1], l[w2 &+ 1], l[w3 &+ 1])
        minus0 = minus0.adding(t0, times: r1).adding(t1, times: r0)
        less0 = less0.adding(t2, times: r3).adding(t3, times: r2)
        minus1 = minus1.adding(t0, times: r2).adding(t1, times: r3)
        less1 = less1.adding(t2, times: r0).adding(t3, times: r1)
        b &+= 2
      }
      high &+= 4 &* width
    }
    return ((plus0 + more0) - (minus0 + less0), (plus1 + more1) - (minus1 + less1))
  }
}

/// Y of the lowest bits, of which as many are taken as have their pairs in a small piece of both states: six, or two.
private struct LowSums<V: LaneVector> {
  /// 0 for a single qubit, whose Y is left to others.
  let bits: Int
  var first = TwoBitSums<V>()
  var second = TwoBitSums<V>()
  var third = TwoBitSums<V>()

  init(qubits: Int) { bits = qubits < 2 ? 0 : qubits < 8 ? 2 : 6 }

  func finish(_ moments: UnsafeMutablePointer<Double>) {
    if bits >= 2 { first.finish(moments) }
    if bits < 6 { return }
    second.finish(moments + 6)
    third.finish(moments + 12)
  }
}
