/// Y of one to three neighbouring bits in one sweep over the 2N reals of both states.
struct RealPairs<V: LaneVector> {
  let psi: UnsafePointer<V>
  let lambda: UnsafePointer<V>
  let vectors: Int

  /// Adds Y of those of the bits that are in `rotated`.
  /// - Parameter moments: `[bit][x, y, z]`
  func add(bits: Range<Int>, rotated: UInt32, amplitudeBytes: Int, to moments: UnsafeMutablePointer<Double>) {
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
      add(width: (amplitudeBytes &<< bit) / MemoryLayout<V>.stride, count: count, to: moments + 3 * bit)
      bit += count
    }
  }

  /// - Parameters:
  ///   - width: the distance of a pair of the first bit, in vectors.
  ///   - moments: those of the first bit.
  @inline(__always)
  private func add(width: Int, count: Int, to moments: UnsafeMutablePointer<Double>) {
    switch count {
    case 3: three(width, moments)
    case 2: two(width, moments)
    default: one(width, moments)
    }
  }

  private func one(_ width: Int, _ moments: UnsafeMutablePointer<Double>) {
    var (up, down) = (V.zero, V.zero)
    forEachBase(vectors, width, 1) { base in
      let (p, l) = (psi + base, lambda + base)
      up = up.adding(l[width], times: p[0])
      down = down.adding(l[0], times: p[width])
    }
    moments[1] += (up - down).laneSum
  }

  private func two(_ width: Int, _ moments: UnsafeMutablePointer<Double>) {
    if width == 1 {
      one(1, moments)
      return one(2, moments + 3)
    }
    var sums = TwoBitSums<V>()
    sums.add(psi, lambda, width: width, vectors: vectors)
    sums.finish(moments)
  }

  private func three(_ width: Int, _ moments: UnsafeMutablePointer<Double>) {
    var (up0, down0, up1, down1, up2, down2) = (V.zero, V.zero, V.zero, V.zero, V.zero, V.zero)
    let (w2, w3) = (2 &* width, 3 &* width)
    forEachBase(vectors, width, 3) { base in
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

/// Y of two neighbouring bits: real and imaginary parts by themselves, because a multiply-add that waits for the one
/// before it leaves the processor half idle.
struct TwoBitSums<V: LaneVector> {
  private var even = PairSums<V>()
  private var odd = PairSums<V>()

  /// The four amplitudes at p and l, `width` vectors apart.
  @inline(__always)
  mutating func add(_ p: UnsafePointer<V>, _ l: UnsafePointer<V>, width: Int) {
    even.add(p, l, width: width)
    odd.add(p + 1, l + 1, width: width)
  }

  /// All of a block of `vectors` vectors.
  @inline(__always)
  mutating func add(_ p: UnsafePointer<V>, _ l: UnsafePointer<V>, width: Int, vectors: Int) {
    var sums = self
    var high = 0
    while high < vectors {
      var base = high
      while base < high &+ width {
        sums.add(p + base, l + base, width: width)
        base &+= 2
      }
      high &+= 4 &* width
    }
    self = sums
  }

  func finish(_ moments: UnsafeMutablePointer<Double>) { even.finish(with: odd, moments) }
}

/// Y of two neighbouring bits, of real or of imaginary parts.
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
