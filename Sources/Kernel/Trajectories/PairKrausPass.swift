/// An entangling gate and then its pair's Kraus operators on a state, in place. The gate costs nothing where operators
/// follow: amplitudes are read as they stand behind it.
struct PairKrausPass<V: LaneVector> {
  let state: UnsafeMutablePointer<V>
  let amplitudes: Int
  let gate: EntanglingGate
  let control: Int
  let target: Int

  private var low: Int { min(control, target) }
  private var high: Int { max(control, target) }
  /// Distances in vectors.
  private var toControl: Int { 2 &<< control }
  private var toTarget: Int { 2 &<< target }
  /// Where the amplitudes of |10⟩ and |11⟩ behind the gate come from.
  private var source10: Int { gate == .cnot ? toControl &+ toTarget : toControl }
  private var source11: Int { gate == .cnot ? toControl : toControl &+ toTarget }
  private var sign11: V { V(gate == .cz ? -1 : 1) }

  @inline(__always)
  private func place(_ quad: Int) -> Int {
    2 &* BasisIndex.inserting(zeroAt: high, BasisIndex.inserting(zeroAt: low, quad))
  }

  @inline(__always)
  private func load(_ place: Int) -> LaneComplex<V> { LaneComplex(state[place], state[place &+ 1]) }

  @inline(__always)
  private func store(_ place: Int, _ value: LaneComplex<V>) {
    state[place] = value.re
    state[place &+ 1] = value.im
  }

  /// The gate alone.
  func applyGate() {
    var quad = 0
    while quad < amplitudes / 4 {
      let place = place(quad) &+ toControl
      let one = load(place &+ toTarget)
      if gate == .cnot {
        store(place &+ toTarget, load(place))
        store(place, one)
      } else {
        store(place &+ toTarget, one.negated)
      }
      quad &+= 1
    }
  }

  /// The four populations of the pair's reduced density matrix behind the gate.
  func sumPopulations(_ moments: LaneSums<V>) {
    moments.clear(4)
    let (quads, toTarget, source10, source11) = (amplitudes / 4, toTarget, source10, source11)
    var quad = 0
    while quad < quads {
      let end = min(quad &+ LaneSums<V>.block, quads)
      var (p0, p1) = (LaneComplex<V>.zero, LaneComplex<V>.zero)
      var (p2, p3) = (LaneComplex<V>.zero, LaneComplex<V>.zero)
      while quad < end {
        let place = place(quad)
        p0 = p0.addingSquares(of: load(place))
        p1 = p1.addingSquares(of: load(place &+ toTarget))
        p2 = p2.addingSquares(of: load(place &+ source10))
        p3 = p3.addingSquares(of: load(place &+ source11))
        quad &+= 1
      }
      moments.add(0, p0.re + p0.im)
      moments.add(1, p1.re + p1.im)
      moments.add(2, p2.re + p2.im)
      moments.add(3, p3.re + p3.im)
    }
  }

  /// All 16 moments of it.
  func sumMoments(_ moments: LaneSums<V>) {
    moments.clear(16)
    let (quads, toTarget, source10, source11, sign) = (amplitudes / 4, toTarget, source10, source11, sign11)
    var quad = 0
    while quad < quads {
      let end = min(quad &+ LaneSums<V>.block, quads)
      var (p0, p1, p2, p3) = (V.zero, V.zero, V.zero, V.zero)
      var (c01, c02, c03) = (LaneComplex<V>.zero, LaneComplex<V>.zero, LaneComplex<V>.zero)
      var (c12, c13, c23) = (LaneComplex<V>.zero, LaneComplex<V>.zero, LaneComplex<V>.zero)
      while quad < end {
        let place = place(quad)
        let (x0, x1, x2) = (load(place), load(place &+ toTarget), load(place &+ source10))
        var x3 = load(place &+ source11)
        x3 = LaneComplex(x3.re * sign, x3.im * sign)
        p0 = p0.adding(x0.re, times: x0.re).adding(x0.im, times: x0.im)
        p1 = p1.adding(x1.re, times: x1.re).adding(x1.im, times: x1.im)
        p2 = p2.adding(x2.re, times: x2.re).adding(x2.im, times: x2.im)
        p3 = p3.adding(x3.re, times: x3.re).adding(x3.im, times: x3.im)
        c01 = c01.adding(conjugateOf: x1, times: x0)
        c02 = c02.adding(conjugateOf: x2, times: x0)
        c03 = c03.adding(conjugateOf: x3, times: x0)
        c12 = c12.adding(conjugateOf: x2, times: x1)
        c13 = c13.adding(conjugateOf: x3, times: x1)
        c23 = c23.adding(conjugateOf: x3, times: x2)
        quad &+= 1
      }
      moments.add(0, p0)
      moments.add(1, p1)
      moments.add(2, p2)
      moments.add(3, p3)
      moments.add(4, c01)
      moments.add(6, c02)
      moments.add(8, c03)
      moments.add(10, c12)
      moments.add(12, c13)
      moments.add(14, c23)
    }
  }

  /// The gate, then diagonal operators.
  /// - Parameter k: `[row][column][re, im]`, of which only the diagonal is read.
  func applyDiagonal(_ k: UnsafePointer<V>) {
    let (toControl, toTarget, source10, source11, sign) = (toControl, toTarget, source10, source11, sign11)
    let (k0, k1) = (LaneComplex(k[0], k[1]), LaneComplex(k[10], k[11]))
    let (k2, k3) = (LaneComplex(k[20], k[21]), LaneComplex(k[30] * sign, k[31] * sign))
    var quad = 0
    while quad < amplitudes / 4 {
      let place = place(quad)
      let (x0, x1) = (load(place), load(place &+ toTarget))
      let (x2, x3) = (load(place &+ source10), load(place &+ source11))
      store(place, k0 * x0)
      store(place &+ toTarget, k1 * x1)
      store(place &+ toControl, k2 * x2)
      store(place &+ toControl &+ toTarget, k3 * x3)
      quad &+= 1
    }
  }

  /// The gate, then any operators.
  /// - Parameter k: `[row][column][re, im]`
  func apply(_ k: UnsafePointer<V>) {
    let (toControl, toTarget, source10, source11, sign) = (toControl, toTarget, source10, source11, sign11)
    var quad = 0
    while quad < amplitudes / 4 {
      let place = place(quad)
      let (x0, x1, x2) = (load(place), load(place &+ toTarget), load(place &+ source10))
      var x3 = load(place &+ source11)
      x3 = LaneComplex(x3.re * sign, x3.im * sign)
      store(place, row(k, x0, x1, x2, x3))
      store(place &+ toTarget, row(k + 8, x0, x1, x2, x3))
      store(place &+ toControl, row(k + 16, x0, x1, x2, x3))
      store(place &+ toControl &+ toTarget, row(k + 24, x0, x1, x2, x3))
      quad &+= 1
    }
  }

  @inline(__always)
  private func row(
    _ k: UnsafePointer<V>, _ x0: LaneComplex<V>, _ x1: LaneComplex<V>, _ x2: LaneComplex<V>, _ x3: LaneComplex<V>
  ) -> LaneComplex<V> {
    (LaneComplex(k[0], k[1]) * x0).adding(LaneComplex(k[2], k[3]), times: x1)
      .adding(LaneComplex(k[4], k[5]), times: x2).adding(LaneComplex(k[6], k[7]), times: x3)
  }
}
