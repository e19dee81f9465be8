/// One step of an entangling layer on one group of rows, in place.
struct PairPass<V: LaneVector> {
  let vectors: UnsafeMutablePointer<V>
  let amplitudes: Int
  let step: PairStep
  /// `[slot]`, those of the group.
  let k: UnsafePointer<V>

  private var controlWidth: Int { 1 &<< step.control }
  private var targetWidth: Int { 1 &<< step.target }

  /// The four sign parts of a pair by its other bits: the one without either.
  @inline(__always)
  private func base(_ i: Int) -> UnsafeMutablePointer<V> {
    let (low, high) = (min(step.control, step.target), max(step.control, step.target))
    return vectors + BasisIndex.inserting(zeroAt: high, BasisIndex.inserting(zeroAt: low, i))
  }

  /// Behind a CNOT z_c is z_c ⊕ z_t: where what has z = 01 and z = 11 goes.
  private var places: (Int, Int) {
    let both = controlWidth &+ targetWidth
    return step.isCNOT ? (both, targetWidth) : (targetWidth, both)
  }

  /// An observable, from behind the channel to before the gate.
  func backward() {
    switch step.kind {
    case .diagonal: diagonalBackward()
    case .triangular: triangularBackward()
    case .dense: denseBackward()
    }
  }

  /// A state, from before the gate to behind the channel: the transpose.
  func forward() {
    switch step.kind {
    case .diagonal: diagonalForward()
    case .triangular: triangularForward()
    case .dense: denseForward()
    }
  }

  private func diagonalBackward() {
    let (c, t, (at1, at3)) = (controlWidth, targetWidth, places)
    let (k0, k5, k10, k15) = (k[0], k[5], k[10], k[15])
    var i = 0
    while i < amplitudes / 4 {
      let z = base(i)
      let (r0, r1, r2, r3) = (z[0], z[t], z[c], z[c &+ t])
      z[0] = k0 * r0
      z[at1] = k5 * r1
      z[c] = k10 * r2
      z[at3] = k15 * r3
      i &+= 1
    }
  }

  private func diagonalForward() {
    let (c, t, (at1, at3)) = (controlWidth, targetWidth, places)
    let (k0, k5, k10, k15) = (k[0], k[5], k[10], k[15])
    var i = 0
    while i < amplitudes / 4 {
      let z = base(i)
      let (r0, r1, r2, r3) = (z[0], z[at1], z[c], z[at3])
      z[0] = k0 * r0
      z[t] = k5 * r1
      z[c] = k10 * r2
      z[c &+ t] = k15 * r3
      i &+= 1
    }
  }

  private func triangularBackward() {
    let (c, t, (at1, at3)) = (controlWidth, targetWidth, places)
    let (k0, k1, k2, k3, k5, k7, k10, k11, k15) = (k[0], k[1], k[2], k[3], k[5], k[7], k[10], k[11], k[15])
    var i = 0
    while i < amplitudes / 4 {
      let z = base(i)
      let (r0, r1, r2, r3) = (z[0], z[t], z[c], z[c &+ t])
      z[0] = (k0 * r0).adding(k1, times: r1).adding(k2, times: r2).adding(k3, times: r3)
      z[at1] = (k5 * r1).adding(k7, times: r3)
      z[c] = (k10 * r2).adding(k11, times: r3)
      z[at3] = k15 * r3
      i &+= 1
    }
  }

  private func triangularForward() {
    let (c, t, (at1, at3)) = (controlWidth, targetWidth, places)
    let (k0, k1, k2, k3, k5, k7, k10, k11, k15) = (k[0], k[1], k[2], k[3], k[5], k[7], k[10], k[11], k[15])
    var i = 0
    while i < amplitudes / 4 {
      let z = base(i)
      let (r0, r1, r2, r3) = (z[0], z[at1], z[c], z[at3])
      z[0] = k0 * r0
      z[t] = (k1 * r0).adding(k5, times: r1)
      z[c] = (k2 * r0).adding(k10, times: r2)
      z[c &+ t] = (k3 * r0).adding(k7, times: r1).adding(k11, times: r2).adding(k15, times: r3)
      i &+= 1
    }
  }

  private func denseBackward() {
    let (c, t, (at1, at3)) = (controlWidth, targetWidth, places)
    var i = 0
    while i < amplitudes / 4 {
      let z = base(i)
      let (r0, r1, r2, r3) = (z[0], z[t], z[c], z[c &+ t])
      z[0] = row(0, r0, r1, r2, r3)
      z[at1] = row(4, r0, r1, r2, r3)
      z[c] = row(8, r0, r1, r2, r3)
      z[at3] = row(12, r0, r1, r2, r3)
      i &+= 1
    }
  }

  private func denseForward() {
    let (c, t, (at1, at3)) = (controlWidth, targetWidth, places)
    var i = 0
    while i < amplitudes / 4 {
      let z = base(i)
      let (r0, r1, r2, r3) = (z[0], z[at1], z[c], z[at3])
      z[0] = column(0, r0, r1, r2, r3)
      z[t] = column(1, r0, r1, r2, r3)
      z[c] = column(2, r0, r1, r2, r3)
      z[c &+ t] = column(3, r0, r1, r2, r3)
      i &+= 1
    }
  }

  @inline(__always)
  private func row(_ first: Int, _ a: V, _ b: V, _ c: V, _ d: V) -> V {
    (k[first] * a).adding(k[first &+ 1], times: b).adding(k[first &+ 2], times: c).adding(k[first &+ 3], times: d)
  }

  @inline(__always)
  private func column(_ first: Int, _ a: V, _ b: V, _ c: V, _ d: V) -> V {
    (k[first] * a).adding(k[first &+ 4], times: b).adding(k[first &+ 8], times: c).adding(k[first &+ 12], times: d)
  }
}
