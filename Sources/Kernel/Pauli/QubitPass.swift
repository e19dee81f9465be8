/// One qubit's transfer matrix, or its transpose, on a Pauli vector, in place. With a rotation block and its channel in
/// one matrix this is a layer's whole work on a qubit.
struct QubitPass<V: LaneVector> {
  let vector: PauliVector<V>
  let rows: PauliRows
  let matrix: QubitChannel
  let transposed: Bool
  let bit: Int

  private var pairs: Int { vector.amplitudes / 2 }

  /// - Precondition: the space has the row of the bit alone, unless the matrix mixes no rows.
  func run() {
    let mask = rows.mask(bit)
    let even = coefficients(mask, odd: false)
    let odd = coefficients(mask, odd: true)
    let groupMask = mask &>> PauliVector<V>.laneBits
    let groups = PauliVector<V>.groups(rows.dimension)
    guard matrix.mixesRows, let partner = rows.position(BasisIndex.single(bit)) else {
      var group = 0
      while group < groups {
        within(group, BasisIndex.isOdd(group, groupMask) ? odd : even)
        group &+= 1
      }
      return
    }
    let (lane, other) = (partner & PauliVector<V>.laneMask, partner &>> PauliVector<V>.laneBits)
    var group = 0
    while group < groups {
      let own = BasisIndex.isOdd(group, groupMask) ? odd : even
      if other == 0 {
        exchanging(group, own, lane)
      } else if group < group ^ other {
        let others = BasisIndex.isOdd(group ^ other, groupMask) ? odd : even
        if lane == 0 {
          mixing(group, group ^ other, own, others) { $0 }
        } else {
          mixing(group, group ^ other, own, others) { $0.exchanged(lane) }
        }
      }
      group &+= 1
    }
  }

  private struct Coefficients {
    /// `[z after][z before]`, of the row itself and of the row with the other flip of the bit.
    var own: (V, V, V, V)
    var other: (V, V, V, V)
  }

  private func coefficients(_ mask: Int, odd: Bool) -> Coefficients {
    let flipped = V.odd(mask & PauliVector<V>.laneMask, flips: odd)
    let kept = V(1) - flipped
    func entry(_ flip: Int, _ after: Int, _ otherFlip: Int, _ before: Int) -> V {
      let (row, column) = (Letter.of(flip: flip, sign: after), Letter.of(flip: otherFlip, sign: before))
      return V(transposed ? matrix.entry(column, row) : matrix.entry(row, column))
    }
    func own(_ after: Int, _ before: Int) -> V {
      (kept * entry(0, after, 0, before)).adding(flipped, times: entry(1, after, 1, before))
    }
    func other(_ after: Int, _ before: Int) -> V {
      (kept * entry(0, after, 1, before)).adding(flipped, times: entry(1, after, 0, before))
    }
    return Coefficients(
      own: (own(0, 0), own(0, 1), own(1, 0), own(1, 1)), other: (other(0, 0), other(0, 1), other(1, 0), other(1, 1)))
  }

  private func within(_ group: Int, _ c: Coefficients) {
    let vectors = vector.group(group)
    let (k, width) = (c.own, 1 &<< bit)
    var i = 0
    while i < pairs {
      let z = BasisIndex.inserting(zeroAt: bit, i)
      let (a, b) = (vectors[z], vectors[z &+ width])
      vectors[z] = (k.0 * a).adding(k.1, times: b)
      vectors[z &+ width] = (k.2 * a).adding(k.3, times: b)
      i &+= 1
    }
  }

  /// The other rows are other lanes of the same group.
  private func exchanging(_ group: Int, _ c: Coefficients, _ lane: Int) {
    let vectors = vector.group(group)
    let width = 1 &<< bit
    var i = 0
    while i < pairs {
      let z = BasisIndex.inserting(zeroAt: bit, i)
      let (a, b) = (vectors[z], vectors[z &+ width])
      let (x, y) = (a.exchanged(lane), b.exchanged(lane))
      vectors[z] = product(c.own.0, c.own.1, c.other.0, c.other.1, a, b, x, y)
      vectors[z &+ width] = product(c.own.2, c.own.3, c.other.2, c.other.3, a, b, x, y)
      i &+= 1
    }
  }

  /// The other rows are in another group.
  @inline(__always)
  private func mixing(_ group: Int, _ second: Int, _ c: Coefficients, _ d: Coefficients, _ exchange: (V) -> V) {
    let (left, right) = (vector.group(group), vector.group(second))
    let width = 1 &<< bit
    var i = 0
    while i < pairs {
      let z = BasisIndex.inserting(zeroAt: bit, i)
      let (a, b) = (left[z], left[z &+ width])
      let (x, y) = (right[z], right[z &+ width])
      let (ea, eb, ex, ey) = (exchange(a), exchange(b), exchange(x), exchange(y))
      left[z] = product(c.own.0, c.own.1, c.other.0, c.other.1, a, b, ex, ey)
      left[z &+ width] = product(c.own.2, c.own.3, c.other.2, c.other.3, a, b, ex, ey)
      right[z] = product(d.own.0, d.own.1, d.other.0, d.other.1, x, y, ea, eb)
      right[z &+ width] = product(d.own.2, d.own.3, d.other.2, d.other.3, x, y, ea, eb)
      i &+= 1
    }
  }

  @inline(__always)
  private func product(_ k: V, _ l: V, _ m: V, _ o: V, _ a: V, _ b: V, _ x: V, _ y: V) -> V {
    (k * a).adding(l, times: b).adding(m, times: x).adding(o, times: y)
  }
}
