/// The matrix W of a folded observable, `[group of rows][j][lane]`, on states, and its transpose, from weighted states.
/// Element (i, j) of the matrix stands in row i ⊕ j at j. A tile is four i and four j that differ by the first two
/// basis rows t: then W is four successive positions at each of four j.
struct FormTiles<V: LaneVector> {
  let matrix: PauliVector<V>
  /// `[position]`: rows.
  let rows: UnsafePointer<UInt32>
  let dimension: Int
  /// Vectors from one state to the next.
  let stateStride: Int

  private var amplitudes: Int { matrix.amplitudes }
  /// Whether there are tiles of four.
  private var hasTiles: Bool { dimension >= 2 }

  /// The first two basis rows. The row at position 0 is that of a coset.
  private var differences: (Int, Int) { (Int(rows[1] ^ rows[0]), Int(rows[2] ^ rows[0])) }

  /// The bits at which the first index of a tile has zeros, lower first.
  private var pivots: (Int, Int) {
    let (t1, t2) = differences
    let first = t1.trailingZeroBitCount
    let second = (t2 &>> first & 1 == 1 ? t2 ^ t1 : t2).trailingZeroBitCount
    return (min(first, second), max(first, second))
  }

  /// Calls `body` with each i and (W(u − v))_i, (W(u + v))_i.
  /// - Parameter skew: `[amplitude][u − v, u + v]`.
  @inline(__always)
  func multiply(_ skew: UnsafePointer<V>, _ body: (Int, V, V) -> Void) {
    guard hasTiles else {
      var i = 0
      while i < amplitudes {
        let (s, d) = one(skew, i)
        body(i, s, d)
        i &+= 1
      }
      return
    }
    let (low, high) = pivots
    let (t1, t2) = differences
    var tile = 0
    while tile < amplitudes / 4 {
      let i = BasisIndex.inserting(zeroAt: high, BasisIndex.inserting(zeroAt: low, tile))
      let y = four(skew, i, t1, t2)
      body(i, y.s0, y.d0)
      body(i ^ t1, y.s1, y.d1)
      body(i ^ t2, y.s2, y.d2)
      body(i ^ t1 ^ t2, y.s3, y.d3)
      tile &+= 1
    }
  }

  private func one(_ skew: UnsafePointer<V>, _ i: Int) -> (V, V) {
    var (s, d) = (V.zero, V.zero)
    var position = 0
    while position < 1 &<< dimension {
      let j = i ^ Int(rows[position])
      let w = V(repeating: matrix.scalars[matrix.place(position, j)])
      s = s.adding(w, times: skew[2 &* j])
      d = d.adding(w, times: skew[2 &* j &+ 1])
      position &+= 1
    }
    return (s, d)
  }

  /// Where the second to fourth of four positions stand.
  private var offsets: (Int, Int, Int) { (matrix.place(1, 0), matrix.place(2, 0), matrix.place(3, 0)) }

  /// The products of a tile's rows with one state's two vectors so far.
  private struct Products {
    var (s0, s1, s2, s3) = (V.zero, V.zero, V.zero, V.zero)
    var (d0, d1, d2, d3) = (V.zero, V.zero, V.zero, V.zero)

    @inline(__always)
    mutating func add(_ w: UnsafePointer<V.Scalar>, _ p0: Int, _ p1: Int, _ p2: Int, _ p3: Int, _ s: V, _ d: V) {
      let (w0, w1) = (V(repeating: w[p0]), V(repeating: w[p1]))
      s0 = s0.adding(w0, times: s)
      d0 = d0.adding(w0, times: d)
      s1 = s1.adding(w1, times: s)
      d1 = d1.adding(w1, times: d)
      let (w2, w3) = (V(repeating: w[p2]), V(repeating: w[p3]))
      s2 = s2.adding(w2, times: s)
      d2 = d2.adding(w2, times: d)
      s3 = s3.adding(w3, times: s)
      d3 = d3.adding(w3, times: d)
    }
  }

  @inline(__always)
  private func four(_ skew: UnsafePointer<V>, _ i: Int, _ t1: Int, _ t2: Int) -> Products {
    var y = Products()
    let (o1, o2, o3) = offsets
    let lanes = V.lanes
    var position = 0
    while position < 1 &<< dimension {
      let j = i ^ Int(rows[position])
      let w = UnsafePointer(matrix.scalars) + matrix.place(position, 0)
      let (k1, k2, k3) = (j ^ t1, j ^ t2, j ^ t1 ^ t2)
      y.add(w + j &* lanes, 0, o1, o2, o3, skew[2 &* j], skew[2 &* j &+ 1])
      y.add(w + k1 &* lanes, o1, 0, o3, o2, skew[2 &* k1], skew[2 &* k1 &+ 1])
      y.add(w + k2 &* lanes, o2, o3, 0, o1, skew[2 &* k2], skew[2 &* k2 &+ 1])
      y.add(w + k3 &* lanes, o3, o2, o1, 0, skew[2 &* k3], skew[2 &* k3 &+ 1])
      position &+= 4
    }
    return y
  }

  /// The transpose: sets W_x(j) = Σ over states and lanes of wu_{j⊕x} (u − v)_j + wv_{j⊕x} (u + v)_j.
  /// - Parameters:
  ///   - weighted: `[state][amplitude][wu, wv]`.
  ///   - skew: `[state][amplitude][u − v, u + v]`.
  func gather(_ weighted: UnsafePointer<V>, _ skew: UnsafePointer<V>, states: Int) {
    guard hasTiles else {
      gatherOnes(weighted, skew, states)
      return
    }
    let (low, high) = pivots
    let (t1, t2) = differences
    let (o1, o2, o3) = offsets
    let lanes = V.lanes
    var tile = 0
    while tile < amplitudes / 4 {
      let i = BasisIndex.inserting(zeroAt: high, BasisIndex.inserting(zeroAt: low, tile))
      let a = (i, i ^ t1, i ^ t2, i ^ t1 ^ t2)
      var position = 0
      while position < 1 &<< dimension {
        let j = i ^ Int(rows[position])
        let w = matrix.scalars + matrix.place(position, 0)
        var sums = column(weighted, skew, states, a, j)
        set(w + j &* lanes, sums, 0, o1, o2, o3)
        sums = column(weighted, skew, states, a, j ^ t1)
        set(w + (j ^ t1) &* lanes, sums, o1, 0, o3, o2)
        sums = column(weighted, skew, states, a, j ^ t2)
        set(w + (j ^ t2) &* lanes, sums, o2, o3, 0, o1)
        sums = column(weighted, skew, states, a, j ^ t1 ^ t2)
        set(w + (j ^ t1 ^ t2) &* lanes, sums, o3, o2, o1, 0)
        position &+= 4
      }
      tile &+= 1
    }
  }

  @inline(__always)
  private func set(
    _ w: UnsafeMutablePointer<V.Scalar>, _ sums: (V, V, V, V), _ p0: Int, _ p1: Int, _ p2: Int, _ p3: Int
  ) {
    w[p0] = V.Scalar(rounding: sums.0.laneSum)
    w[p1] = V.Scalar(rounding: sums.1.laneSum)
    w[p2] = V.Scalar(rounding: sums.2.laneSum)
    w[p3] = V.Scalar(rounding: sums.3.laneSum)
  }

  @inline(__always)
  private func column(
    _ weighted: UnsafePointer<V>, _ skew: UnsafePointer<V>, _ states: Int, _ i: (Int, Int, Int, Int), _ j: Int
  ) -> (V, V, V, V) {
    var (s0, s1, s2, s3) = (V.zero, V.zero, V.zero, V.zero)
    var (d0, d1, d2, d3) = (V.zero, V.zero, V.zero, V.zero)
    var (w, k) = (weighted, skew + 2 &* j)
    var state = 0
    while state < states {
      let (s, d) = (k[0], k[1])
      s0 = s0.adding(w[2 &* i.0], times: s)
      d0 = d0.adding(w[2 &* i.0 &+ 1], times: d)
      s1 = s1.adding(w[2 &* i.1], times: s)
      d1 = d1.adding(w[2 &* i.1 &+ 1], times: d)
      s2 = s2.adding(w[2 &* i.2], times: s)
      d2 = d2.adding(w[2 &* i.2 &+ 1], times: d)
      s3 = s3.adding(w[2 &* i.3], times: s)
      d3 = d3.adding(w[2 &* i.3 &+ 1], times: d)
      w += stateStride
      k += stateStride
      state &+= 1
    }
    return (s0 + d0, s1 + d1, s2 + d2, s3 + d3)
  }

  private func gatherOnes(_ weighted: UnsafePointer<V>, _ skew: UnsafePointer<V>, _ states: Int) {
    var position = 0
    while position < 1 &<< dimension {
      var j = 0
      while j < amplitudes {
        let i = j ^ Int(rows[position])
        var sum = V.zero
        var state = 0
        while state < states {
          let (w, k) = (weighted + stateStride &* state, skew + stateStride &* state)
          sum = sum.adding(w[2 &* i], times: k[2 &* j]).adding(w[2 &* i &+ 1], times: k[2 &* j &+ 1])
          state &+= 1
        }
        matrix.scalars[matrix.place(position, j)] = V.Scalar(rounding: sum.laneSum)
        j &+= 1
      }
      position &+= 1
    }
  }
}
