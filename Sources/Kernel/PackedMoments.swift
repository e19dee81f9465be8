/// The moments of `Moments` for states of few lanes, on vectors of several amplitudes: the partners of an amplitude are
/// in the same vector for the lowest bits, whole vectors away for the others.
struct PackedMoments: PackedJob {
  let qubits: Int
  let amplitudeBytes: Int
  let psi: UnsafeRawPointer
  let lambda: UnsafeRawPointer
  let directX: UInt32
  let rotated: UInt32
  /// `[amplitude]`, filled.
  let products: UnsafeMutableRawPointer
  /// `[bit][x, y, z]`, added to.
  let moments: UnsafeMutablePointer<Double>

  /// As `Moments.addXY`.
  /// - Precondition: a state fills two vectors or more.
  func run<N: PackedVector>(_ vector: N.Type) {
    PackedSums<N>(qubits: qubits, amplitudeBytes: amplitudeBytes).addXY(
      psi.assumingMemoryBound(to: N.self), lambda.assumingMemoryBound(to: N.self), directX: directX, rotated: rotated,
      products: products.assumingMemoryBound(to: N.self), to: moments)
  }
}

private struct PackedSums<N: PackedVector> {
  let qubits: Int
  let amplitudeBytes: Int

  /// Amplitudes in a vector.
  private var count: Int { MemoryLayout<N>.stride / amplitudeBytes }

  func addXY(
    _ psi: UnsafePointer<N>, _ lambda: UnsafePointer<N>, directX: UInt32, rotated: UInt32,
    products: UnsafeMutablePointer<N>, to moments: UnsafeMutablePointer<Double>
  ) {
    let blocks = CacheBlocks(qubits: qubits, amplitudeBytes: amplitudeBytes)
    var low = LowBits()
    let all = 0..<vectors(1 &<< qubits)
    var first = 0
    while first < all.upperBound {
      let large = first..<(first &+ vectors(1 &<< blocks.outer))
      while first < large.upperBound {
        let small = first..<(first &+ vectors(1 &<< blocks.inner))
        switch count {
        case 8: low.add(psi, lambda, products, small, count: 8)
        case 4: low.add(psi, lambda, products, small, count: 4)
        case 2: low.add(psi, lambda, products, small, count: 2)
        default: low.add(psi, lambda, products, small, count: 1)
        }
        addY(psi, lambda, small, bits: count.trailingZeroBitCount..<blocks.inner, rotated, moments)
        first = small.upperBound
      }
      addY(psi, lambda, large, bits: blocks.inner..<blocks.outer, rotated, moments)
    }
    low.finish(moments, count: count)
    addY(psi, lambda, all, bits: blocks.outer..<qubits, rotated, moments)
    var bit = 0
    while bit < qubits {
      if directX & BasisIndex.single(bit) != 0 { moments[3 * bit] += x(psi, lambda, bit) }
      bit += 1
    }
  }

  private func vectors(_ amplitudes: Int) -> Int { amplitudes &* amplitudeBytes / MemoryLayout<N>.stride }

  /// Y of the lowest bits, each sum with the other sign in the lanes where the bit is 0.
  private struct LowBits {
    var y0 = N.zero
    var y1 = N.zero
    var y2 = N.zero

    /// One block's part, and its products.
    @inline(__always)
    mutating func add(
      _ psi: UnsafePointer<N>, _ lambda: UnsafePointer<N>, _ products: UnsafeMutablePointer<N>, _ block: Range<Int>,
      count: Int
    ) {
      let reals = N.lanes / count
      var sums = self
      var v = block.lowerBound
      while v < block.upperBound {
        let (p, q, l, m) = (psi[v], psi[v &+ 1], lambda[v], lambda[v &+ 1])
        products[v / 2] = N.differences(
          l * p.exchanged(reals / 2), m * q.exchanged(reals / 2), lanes: reals / 2)
        if count > 1 { sums.y0 = sums.y0.adding(l, times: p.exchanged(reals)).adding(m, times: q.exchanged(reals)) }
        if count > 2 {
          sums.y1 = sums.y1.adding(l, times: p.exchanged(2 &* reals)).adding(m, times: q.exchanged(2 &* reals))
        }
        if count > 4 {
          sums.y2 = sums.y2.adding(l, times: p.exchanged(4 &* reals)).adding(m, times: q.exchanged(4 &* reals))
        }
        v &+= 2
      }
      self = sums
    }

    func finish(_ moments: UnsafeMutablePointer<Double>, count: Int) {
      let reals = N.lanes / count
      if count > 1 { moments[1] += y0.negated(N.signs(reals, of: 0)).laneSum }
      if count > 2 { moments[4] += y1.negated(N.signs(2 &* reals, of: 0)).laneSum }
      if count > 4 { moments[7] += y2.negated(N.signs(4 &* reals, of: 0)).laneSum }
    }
  }

  /// Y of the bits in `rotated`, in one block of vectors.
  private func addY(
    _ psi: UnsafePointer<N>, _ lambda: UnsafePointer<N>, _ block: Range<Int>, bits: Range<Int>, _ rotated: UInt32,
    _ moments: UnsafeMutablePointer<Double>
  ) {
    RealPairs<N>(psi: psi + block.lowerBound, lambda: lambda + block.lowerBound, vectors: block.count)
      .add(bits: bits, rotated: rotated, amplitudeBytes: amplitudeBytes, to: moments)
  }

  /// X of one bit, taken directly: real parts with imaginary parts of the partner.
  private func x(_ psi: UnsafePointer<N>, _ lambda: UnsafePointer<N>, _ bit: Int) -> Double {
    switch count {
    case 8: x(psi, lambda, bit, count: 8)
    case 4: x(psi, lambda, bit, count: 4)
    case 2: x(psi, lambda, bit, count: 2)
    default: x(psi, lambda, bit, count: 1)
    }
  }

  @inline(__always)
  private func x(_ psi: UnsafePointer<N>, _ lambda: UnsafePointer<N>, _ bit: Int, count: Int) -> Double {
    let reals = N.lanes / count
    let sum =
      switch (bit, count) {
      case (0, 2...): within(psi, lambda, exchanging: reals | reals / 2)
      case (1, 4...): within(psi, lambda, exchanging: 2 &* reals | reals / 2)
      case (2, 8): within(psi, lambda, exchanging: 4 &* reals | reals / 2)
      default: across(psi, lambda, width: vectors(1 &<< bit), exchanging: reals / 2)
      }
    // Real parts of λ count, imaginary parts are taken away.
    return (N.zero - sum).negated(N.signs(reals / 2, of: 0)).laneSum
  }

  /// Partners in one vector.
  @inline(__always)
  private func within(_ psi: UnsafePointer<N>, _ lambda: UnsafePointer<N>, exchanging mask: Int) -> N {
    var (even, odd) = (N.zero, N.zero)
    var v = 0
    while v < vectors(1 &<< qubits) {
      even = even.adding(lambda[v], times: psi[v].exchanged(mask))
      odd = odd.adding(lambda[v &+ 1], times: psi[v &+ 1].exchanged(mask))
      v &+= 2
    }
    return even + odd
  }

  /// Partners so many vectors apart.
  @inline(__always)
  private func across(_ psi: UnsafePointer<N>, _ lambda: UnsafePointer<N>, width: Int, exchanging mask: Int) -> N {
    var (even, odd) = (N.zero, N.zero)
    var high = 0
    while high < vectors(1 &<< qubits) {
      var v = high
      while v < high &+ width {
        even = even.adding(lambda[v], times: psi[v &+ width].exchanged(mask))
        odd = odd.adding(lambda[v &+ width], times: psi[v].exchanged(mask))
        v &+= 1
      }
      high &+= 2 &* width
    }
    return even + odd
  }
}
