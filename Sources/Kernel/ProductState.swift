/// What a group's input memory holds.
public enum InputForm: UInt8, Sendable {
  /// A state.
  case state
  /// `[qubit][0, 1][lane]`: the two real amplitudes of each qubit of a product state, which is made together with the
  /// first layer's rotations.
  case factors
}

/// A product state behind the first layer's rotations is one too. So the state after its Ry is built by doubling, one
/// bit after the other, from 2n numbers a lane, in place of encoding it and sweeping over it bit by bit.
struct ProductState<V: LaneVector> {
  let tables: CircuitTables

  /// - Parameters:
  ///   - factors: `[qubit][0, 1]`
  ///   - state: overwritten with what the passes of layer 0 would leave; shares no memory with the factors.
  func build(from factors: UnsafePointer<V>, into state: UnsafeMutablePointer<V>) {
    let re = UnsafePointer(tables.diagonal.assumingMemoryBound(to: V.Scalar.self))
    let im = re + tables.ansatz.amplitudes
    let tangents = UnsafePointer(tables.tangent.assumingMemoryBound(to: V.Scalar.self))
    // The first layer's diagonal is a product over the bits: entry 2^b over entry 0 is what bit b alone contributes,
    // and entry 0 has the rest, the cosines among it.
    let (firstRe, firstIm) = (re[0].double, im[0].double)
    let squaredSize = firstRe * firstRe + firstIm * firstIm
    state[0] = V(repeating: re[0])
    state[1] = V(repeating: im[0])
    var bit = 0
    while bit < tables.ansatz.qubits {
      let single = Int(BasisIndex.single(bit))
      let (a, b) = (re[single].double, im[single].double)
      let phaseRe = V(repeating: V.Scalar(rounding: (a * firstRe + b * firstIm) / squaredSize))
      let phaseIm = V(repeating: V.Scalar(rounding: (b * firstRe - a * firstIm) / squaredSize))
      let flipped = tables.sourceFlip[0] & BasisIndex.single(bit) != 0
      // bit(of:) is its own inverse: the qubit that stands at this bit.
      let pair = factors + 2 * tables.ansatz.bit(of: bit)
      let lower = pair[flipped ? 1 : 0]
      let upper = pair[flipped ? 0 : 1]
      // (lower, phase · upper) behind (x − k·y, y + k·x).
      let k = V(repeating: tangents[bit])
      let (turnedRe, turnedIm) = (phaseRe * upper, phaseIm * upper)
      double(
        state, bit: bit, zero: LanePhase(re: lower.subtracting(k, times: turnedRe), im: V.zero - k * turnedIm),
        one: LanePhase(re: turnedRe.adding(k, times: lower), im: turnedIm))
      bit += 1
    }
  }

  /// A complex number a lane.
  private struct LanePhase {
    let re: V
    let im: V
  }

  /// Entries 2^bit … 2^(bit+1) − 1 get the factor for bit value 1, those below that for 0.
  @inline(__always)
  private func double(_ state: UnsafeMutablePointer<V>, bit: Int, zero: LanePhase, one: LanePhase) {
    let width = 2 &<< bit
    let upper = state + width
    var i = 0
    while i < width {
      let (a, b) = (state[i], state[i &+ 1])
      upper[i] = (a * one.re).subtracting(b, times: one.im)
      upper[i &+ 1] = (b * one.re).adding(a, times: one.im)
      state[i] = (a * zero.re).subtracting(b, times: zero.im)
      state[i &+ 1] = (b * zero.re).adding(a, times: zero.im)
      i &+= 2
    }
  }
}
