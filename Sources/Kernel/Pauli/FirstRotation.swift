/// The first layer's rotations, without their noise, on states that are pure still; observables meet them behind.
struct FirstRotation<V: LaneVector> {
  let ansatz: Ansatz
  /// `[qubit][x, y, z]`, the first layer's, radians.
  let angles: UnsafePointer<Double>

  /// - Parameters:
  ///   - input: a state, `[amplitude][re, im]`.
  ///   - rotated: a state; may be the input's memory.
  ///   - skew: `[amplitude][re − im, re + im]` of it, the other factor of the forms.
  func run(_ input: UnsafePointer<V>, into rotated: UnsafeMutablePointer<V>, skew: UnsafeMutablePointer<V>) {
    var qubit = 0
    while qubit < ansatz.qubits {
      rotate(qubit, qubit == 0 ? input : UnsafePointer(rotated), rotated)
      qubit += 1
    }
    var i = 0
    while i < 2 &* ansatz.amplitudes {
      skew[i] = rotated[i] - rotated[i &+ 1]
      skew[i &+ 1] = rotated[i] + rotated[i &+ 1]
      i &+= 2
    }
  }

  private func rotate(_ qubit: Int, _ from: UnsafePointer<V>, _ to: UnsafeMutablePointer<V>) {
    let block = RotationBlock(ansatz.rotation, angles: angles + 3 * qubit)
    let a = LaneComplex<V>(block.a.re, block.a.im)
    let b = LaneComplex<V>(block.b.re, block.b.im)
    let bit = ansatz.bit(of: qubit)
    let width = 2 &<< bit
    var pair = 0
    while pair < ansatz.amplitudes / 2 {
      let i = 2 &* BasisIndex.inserting(zeroAt: bit, pair)
      let zero = LaneComplex<V>(from[i], from[i &+ 1])
      let one = LaneComplex<V>(from[i &+ width], from[i &+ width &+ 1])
      let low = (a * zero).adding(b, times: one)
      // ā·one − b̄·zero
      let high = LaneComplex<V>.zero.adding(conjugateOf: a, times: one).adding(conjugateOf: b, times: zero.negated)
      (to[i], to[i &+ 1]) = (low.re, low.im)
      (to[i &+ width], to[i &+ width &+ 1]) = (high.re, high.im)
      pair &+= 1
    }
  }
}
