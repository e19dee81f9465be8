/// Sums over amplitudes in double precision: `[sum][lane]`. Whoever adds up vectors does so for `block` of them at
/// most before they come here, so that single precision does not lose what many amplitudes have in common.
struct LaneSums<V: LaneVector> {
  static var block: Int { 64 }

  let values: UnsafeMutablePointer<Double>

  func clear(_ count: Int) {
    var i = 0
    while i < count &* V.lanes {
      values[i] = 0
      i &+= 1
    }
  }

  @inline(__always)
  func add(_ sum: Int, _ vector: V) {
    var lane = 0
    while lane < V.lanes {
      values[sum &* V.lanes &+ lane] += vector.lane(lane).double
      lane &+= 1
    }
  }

  @inline(__always)
  func add(_ sum: Int, _ number: LaneComplex<V>) {
    add(sum, number.re)
    add(sum &+ 1, number.im)
  }

  @inline(__always)
  func value(_ sum: Int, _ lane: Int) -> Double { values[sum &* V.lanes &+ lane] }
}
