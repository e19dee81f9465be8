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
    // In blocks like those of the layers' passes, but of two states.
    let blocks = CacheBlocks(qubits: qubits, amplitudeBytes: 4 * MemoryLayout<V>.stride)
    var first = 0
    while first < amplitudes {
      let block = first..<(first &+ 1 &<< blocks.outer)
      let low = firstBits(psi, lambda, products, block, moments)
      addY(psi, lambda, block, bits: low..<blocks.outer, rotated, moments)
      first = block.upperBound
    }
    addY(psi, lambda, 0..<amplitudes, bits: blocks.outer..<qubits, rotated, moments)
    addX(psi, lambda, directX, moments)
  }

  /// Y of the bits in `rotated`, in one block of the amplitudes.
  private func addY(
    _ psi: UnsafePointer<V>, _ lambda: UnsafePointer<V>, _ block: Range<Int>, bits: Range<Int>, _ rotated: UInt32,
    _ moments: UnsafeMutablePointer<Double>
  ) {
    let start = 2 &* block.lowerBound
    let pass = RealPairs<V>(psi: psi + start, lambda: lambda + start, vectors: 2 &* block.count)
    let end = min(bits.upperBound, UInt32.bitWidth - rotated.leadingZeroBitCount)
    var bit = bits.lowerBound
    while bit < end {
      if rotated & BasisIndex.single(bit) == 0 {
        bit += 1
        continue
      }
      let left = end - bit
      // Three bits at a time, but no single one left over where two and two will do.
      let count = left == 4 || left == 2 ? 2 : min(left, 3)
      pass.add(bit: bit, count: count, to: moments + 3 * bit)
      bit += count
    }
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
      let (upper, lower) = foldTwo(products, bit: bit)
      if wanted & BasisIndex.single(bit) != 0 { moments[3 * bit] += upper.laneSum }
      if wanted & BasisIndex.single(bit - 1) != 0 { moments[3 * bit - 3] += lower.laneSum }
      bit -= 2
    }
    if bit == lowest { moments[3 * bit] += fold(products, bit: bit).laneSum }
  }

  @inline(__always)
  private func product(_ psi: UnsafePointer<V>, _ lambda: UnsafePointer<V>, _ i: Int) -> V {
    (lambda[2 &* i] * psi[2 &* i &+ 1]).subtracting(lambda[2 &* i &+ 1], times: psi[2 &* i])
  }

  /// The products, and Y of the lowest bits on the way. - Returns: how many bits were done.
  private func firstBits(
    _ psi: UnsafePointer<V>, _ lambda: UnsafePointer<V>, _ products: UnsafeMutablePointer<V>, _ block: Range<Int>,
    _ moments: UnsafeMutablePointer<Double>
  ) -> Int {
    if qubits == 1 {
      products[0] = product(psi, lambda, 0)
      products[1] = product(psi, lambda, 1)
      return 0
    }
    var (re, im) = (PairSums<V>(), PairSums<V>())
    var i = block.lowerBound
    while i < block.upperBound {
      let (p, l) = (psi + 2 &* i, lambda + 2 &* i)
      re.add(p, l, width: 2)
      im.add(p + 1, l + 1, width: 2)
      products[i] = product(psi, lambda, i)
      products[i &+ 1] = product(psi, lambda, i &+ 1)
      products[i &+ 2] = product(psi, lambda, i &+ 2)
      products[i &+ 3] = product(psi, lambda, i &+ 3)
      i &+= 4
    }
    re.finish(with: im, moments)
    return 2
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

/// Y of one to three neighbouring bits in one sweep over the 2N reals of both states.
private struct RealPairs<V: LaneVector> {
  let psi: UnsafePointer<V>
  let lambda: UnsafePointer<V>
  let vectors: Int

  @inline(__always)
  func add(bit: Int, count: Int, to moments: UnsafeMutablePointer<Double>) {
    let width = 2 &<< bit
    switch count {
    case 3: three(width, moments)
    case 2: two(width, moments)
    default: one(width, moments)
    }
  }

  @inline(__always)
  private func forEachBase(_ width: Int, _ count: Int, _ body: (Int) -> Void) {
    var high = 0
    while high < vectors {
      var base = high
      while base < high &+ width {
        body(base)
        base &+= 1
      }
      high &+= width &<< count
    }
  }

  private func one(_ width: Int, _ moments: UnsafeMutablePointer<Double>) {
    var (up, down) = (V.zero, V.zero)
    forEachBase(width, 1) { base in
      let (p, l) = (psi + base, lambda + base)
      up = up.adding(l[width], times: p[0])
      down = down.adding(l[0], times: p[width])
    }
    moments[1] += (up - down).laneSum
  }

  private func two(_ width: Int, _ moments: UnsafeMutablePointer<Double>) {
    var (even, odd) = (PairSums<V>(), PairSums<V>())
    var high = 0
    while high < vectors {
      var base = high
      while base < high &+ width {
        let (p, l) = (psi + base, lambda + base)
        even.add(p, l, width: width)
        odd.add(p + 1, l + 1, width: width)
        base &+= 2
      }
      high &+= 4 &* width
    }
    even.finish(with: odd, moments)
  }

  private func three(_ width: Int, _ moments: UnsafeMutablePointer<Double>) {
    var (up0, down0, up1, down1, up2, down2) = (V.zero, V.zero, V.zero, V.zero, V.zero, V.zero)
    let (w2, w3) = (2 &* width, 3 &* width)
    forEachBase(width, 3) { base in
      let (p, l) = (psi + base, lambda + base)
      let (q, m) = (p + 4 &* width, l + 4 &* width)
      let (a0, a1, a2, a3) = (p[0], p[width], p[w2], p[w3])
      let (a4, a5, a6, a7) = (q[0], q[width], q[w2], q[w3])
      let (c0, c1, c2, c3) = (l[0], l[width], l[w2], l[w3])
      down0 = down0.adding(c0, times: a1).adding(c2, times: a3)
      down1 = down1.adding(c0, times: a2).adding(c1, times: a3)
      down2 = down2.adding(c0, times: a4).adding(c1, times: a5).adding(c2, times: a6).adding(c3, times: a7)
      up0 = up0.adding(c1, times: a0).adding(c3, times: a2)
      up1 = up1.adding(c2, times: a0).adding(c3, times: a1)
      let (c4, c5, c6, c7) = (m[0], m[width], m[w2], m[w3])
      down0 = down0.adding(c4, times: a5).adding(c6, times: a7)
      down1 = down1.adding(c4, times: a6).adding(c5, times: a7)
      up0 = up0.adding(c5, times: a4).adding(c7, times: a6)
      up1 = up1.adding(c6, times: a4).adding(c7, times: a5)
      up2 = up2.adding(c4, times: a0).adding(c5, times: a1).adding(c6, times: a2).adding(c7, times: a3)
    }
    moments[1] += (up0 - down0).laneSum
    moments[4] += (up1 - down1).laneSum
    moments[7] += (up2 - down2).laneSum
  }
}

/// Y of two neighbouring bits, of every second vector: two of these at once, because a multiply-add that waits for the
/// one before it leaves the processor half idle.
private struct PairSums<V: LaneVector> {
  private var up0 = V.zero
  private var down0 = V.zero
  private var up1 = V.zero
  private var down1 = V.zero

  @inline(__always)
  mutating func add(_ p: UnsafePointer<V>, _ l: UnsafePointer<V>, width: Int) {
    let (w2, w3) = (2 &* width, 3 &* width)
    let (a0, a1, a2, a3) = (p[0], p[width], p[w2], p[w3])
    let (c0, c1, c2, c3) = (l[0], l[width], l[w2], l[w3])
    up0 = up0.adding(c1, times: a0).adding(c3, times: a2)
    down0 = down0.adding(c0, times: a1).adding(c2, times: a3)
    up1 = up1.adding(c2, times: a0).adding(c3, times: a1)
    down1 = down1.adding(c0, times: a2).adding(c1, times: a3)
  }

  @inline(__always)
  func finish(with other: PairSums, _ moments: UnsafeMutablePointer<Double>) {
    moments[1] += ((up0 - down0) + (other.up0 - other.down0)).laneSum
    moments[4] += ((up1 - down1) + (other.up1 - other.down1)).laneSum
  }
}
