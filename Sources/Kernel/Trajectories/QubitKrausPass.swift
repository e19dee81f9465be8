/// One qubit's Kraus operators on a state, in place.
struct QubitKrausPass<V: LaneVector> {
  let state: UnsafeMutablePointer<V>
  let amplitudes: Int
  let bit: Int

  private var width: Int { 2 &<< bit }

  @inline(__always)
  private func load(_ place: Int) -> LaneComplex<V> { LaneComplex(state[place], state[place &+ 1]) }

  @inline(__always)
  private func store(_ place: Int, _ value: LaneComplex<V>) {
    state[place] = value.re
    state[place &+ 1] = value.im
  }

  /// The four moments of the qubit's reduced density matrix.
  func sumMoments(_ moments: LaneSums<V>) {
    moments.clear(4)
    let pairs = amplitudes / 2
    var i = 0
    while i < pairs {
      let end = min(i &+ LaneSums<V>.block, pairs)
      var (zero, one, coherence) = (LaneComplex<V>.zero, LaneComplex<V>.zero, LaneComplex<V>.zero)
      while i < end {
        let place = 2 &* BasisIndex.inserting(zeroAt: bit, i)
        let (x, y) = (load(place), load(place &+ width))
        zero = zero.addingSquares(of: x)
        one = one.addingSquares(of: y)
        coherence = coherence.adding(conjugateOf: y, times: x)
        i &+= 1
      }
      moments.add(0, zero.re + zero.im)
      moments.add(1, one.re + one.im)
      moments.add(2, coherence)
    }
  }

  /// - Parameter coefficients: `[row][column][re, im]`
  func apply(_ coefficients: UnsafePointer<V>) {
    let k00 = LaneComplex(coefficients[0], coefficients[1])
    let k01 = LaneComplex(coefficients[2], coefficients[3])
    let k10 = LaneComplex(coefficients[4], coefficients[5])
    let k11 = LaneComplex(coefficients[6], coefficients[7])
    var i = 0
    while i < amplitudes / 2 {
      let place = 2 &* BasisIndex.inserting(zeroAt: bit, i)
      let (x, y) = (load(place), load(place &+ width))
      store(place, (k00 * x).adding(k01, times: y))
      store(place &+ width, (k10 * x).adding(k11, times: y))
      i &+= 1
    }
  }
}

extension LaneComplex {
  /// The squares of both parts added to sums of their own, which need not wait for each other.
  @inline(__always)
  func addingSquares(of value: LaneComplex) -> LaneComplex {
    LaneComplex(re.adding(value.re, times: value.re), im.adding(value.im, times: value.im))
  }
}
