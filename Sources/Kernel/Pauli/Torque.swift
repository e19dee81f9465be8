/// The torque r × o on every bit at one point of the circuit: r the weighted states' Bloch vectors of the qubit, o the
/// observable's, summed over all strings on the others. Its component along an axis is the derivative of Σ w⟨O⟩ by a
/// rotation exp(−iφ a·σ/2) there, so one moment serves all three angles.
struct Torque<V: LaneVector> {
  let observable: PauliVector<V>
  let rows: PauliRows

  /// Where the states' rows with the other flip of a bit stand.
  struct Partner {
    let vectors: UnsafePointer<V>
    /// What is exclusive-ored to a position.
    let position: Int
  }

  /// - Parameters:
  ///   - states: the states' Pauli vector, on the observable's rows.
  ///   - partner: the same with the other flip of the bit.
  func sum(_ states: UnsafePointer<V>, _ partner: Partner, bit: Int) -> (x: Double, y: Double, z: Double) {
    let mask = rows.mask(bit)
    let lane = partner.position & PauliVector<V>.laneMask
    var (even, odd) = (Sums(), Sums())
    var group = 0
    while group < PauliVector<V>.groups(rows.dimension) {
      let other = partner.vectors + (group ^ (partner.position &>> PauliVector<V>.laneBits)) &* observable.amplitudes
      let own = states + group &* observable.amplitudes
      var sums = Sums()
      if lane == 0 {
        add(group, own, other, bit, &sums) { $0 }
      } else {
        add(group, own, other, bit, &sums) { $0.exchanged(lane) }
      }
      if BasisIndex.isOdd(group, mask &>> PauliVector<V>.laneBits) { odd.add(sums) } else { even.add(sums) }
      group &+= 1
    }
    return total(even, mask, false, plus: total(odd, mask, true, plus: (0, 0, 0)))
  }

  /// By lanes, of products o · r: r of the row with the other flip, but for `own`.
  private struct Sums {
    var secondSecond = V.zero
    var secondFirst = V.zero
    var firstSecond = V.zero
    /// r_first o_second − r_second o_first.
    var own = V.zero

    @inline(__always)
    mutating func add(_ other: Sums) {
      secondSecond = secondSecond + other.secondSecond
      secondFirst = secondFirst + other.secondFirst
      firstSecond = firstSecond + other.firstSecond
      own = own + other.own
    }
  }

  /// A row holds I and Z, or with the bit flipped X and Y: the first and the second.
  @inline(__always)
  private func add(
    _ group: Int, _ own: UnsafePointer<V>, _ other: UnsafePointer<V>, _ bit: Int, _ sums: inout Sums,
    _ exchange: (V) -> V
  ) {
    let vectors = observable.group(group)
    let width = 1 &<< bit
    var i = 0
    while i < observable.amplitudes / 2 {
      let z = BasisIndex.inserting(zeroAt: bit, i)
      let (o0, o1) = (vectors[z], vectors[z &+ width])
      let (r0, r1) = (own[z], own[z &+ width])
      let (p0, p1) = (exchange(other[z]), exchange(other[z &+ width]))
      sums.secondSecond = sums.secondSecond.adding(o1, times: p1)
      sums.secondFirst = sums.secondFirst.adding(o1, times: p0)
      sums.firstSecond = sums.firstSecond.adding(o0, times: p1)
      sums.own = sums.own.adding(r0, times: o1).subtracting(r1, times: o0)
      i &+= 1
    }
  }

  /// r × o = (r_y o_z − r_z o_y, r_z o_x − r_x o_z, r_x o_y − r_y o_x).
  private func total(
    _ sums: Sums, _ mask: Int, _ flips: Bool, plus start: (x: Double, y: Double, z: Double)
  ) -> (x: Double, y: Double, z: Double) {
    var result = start
    var lane = 0
    while lane < V.lanes {
      if BasisIndex.isOdd(lane, mask) != flips {
        // o_x and o_y are here, r_z is the other row's second.
        result.x -= sums.secondSecond.lane(lane).double
        result.y += sums.firstSecond.lane(lane).double
        result.z += sums.own.lane(lane).double
      } else {
        // o_z is here.
        result.x += sums.secondSecond.lane(lane).double
        result.y -= sums.secondFirst.lane(lane).double
      }
      lane &+= 1
    }
    return result
  }
}
