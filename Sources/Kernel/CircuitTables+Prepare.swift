import CSupport

extension CircuitTables {
  /// Fills the tables from angles in `[rotation layer][qubit][x, y, z]`, radians.
  @_noAllocation
  public func prepare(angles: UnsafePointer<Double>) {
    switch format.precision {
    case .float64: prepare(angles, as: Double.self)
    case .float32: prepare(angles, as: Float.self)
    }
  }

  private func prepare<Scalar: Real>(_ angles: UnsafePointer<Double>, as scalar: Scalar.Type) {
    let n = ansatz.qubits
    let amplitudes = ansatz.amplitudes
    let factor = ansatz.rotation.halfAngleFactor / 2
    let tangents = tangent.assumingMemoryBound(to: Scalar.self)
    let diagonals = diagonal.assumingMemoryBound(to: Scalar.self)
    let pendingRe = scratch.assumingMemoryBound(to: Scalar.self)
    let pendingIm = pendingRe + amplitudes
    var layer = 0
    while layer < ansatz.rotationLayers {
      let re = diagonals + 2 * layer * amplitudes
      let im = re + amplitudes
      if layer > 0 { buildPending(layer - 1, pendingRe, pendingIm) }
      var scale = 1.0
      var flips: UInt32 = 0
      let rotated = rotatedBits(layer: layer)
      var last = Phase.one
      re[0] = Scalar(rounding: 1)
      im[0] = Scalar(rounding: 0)
      var bit = 0
      while bit < n {
        let qubit = ansatz.bit(of: bit)
        let angle = angles + ansatz.parameterIndex(layer: layer, qubit: qubit)
        let split =
          rotated & BasisIndex.single(bit) == 0
          ? ZYZ.none : ZYZ(halfX: factor * angle[0], halfY: factor * angle[1], halfZ: factor * angle[2])
        outerPhase[2 * (layer * n + bit)] = split.alpha.cosine
        outerPhase[2 * (layer * n + bit) + 1] = split.alpha.sine
        tangents[layer * n + bit] = Scalar(rounding: split.tangent)
        scale *= split.cosine
        if split.flipped { flips |= BasisIndex.single(bit) }
        last = split.gamma
        bit += 1
        if bit < n { appendBit(bit - 1, last, re, im) }
      }
      if layer == 0 {
        sourceFlip[0] = flips
        appendBit(n - 1, last, re, im)
        scaleAll(re, im, by: Scalar(rounding: scale), count: amplitudes)
      } else {
        sourceFlip[layer] = disentangled[Int(flips)]
        finish(re, im, last, scale: scale, sourceOf: layer, pendingRe, pendingIm)
      }
      layer += 1
    }
    let pending = diagonals + 2 * ansatz.rotationLayers * amplitudes
    buildPending(ansatz.rotationLayers - 1, pending, pending + amplitudes)
  }

  /// exp(iα): Rz(α) is diag(1, exp(iα)) but for a global phase.
  func alpha(_ layer: Int, _ bit: Int) -> Phase {
    let place = 2 * (layer * ansatz.qubits + bit)
    return Phase(cosine: outerPhase[place], sine: outerPhase[place + 1])
  }

  /// The product over all bits of Rz(α) of a layer, and the signs of the CZs that follow it, at the index before the
  /// entangler.
  private func buildPending<Scalar: Real>(
    _ layer: Int, _ re: UnsafeMutablePointer<Scalar>, _ im: UnsafeMutablePointer<Scalar>
  ) {
    re[0] = Scalar(rounding: 1)
    im[0] = Scalar(rounding: 0)
    var bit = 0
    while bit < ansatz.qubits {
      appendBit(bit, alpha(layer, bit), re, im)
      if layer < ansatz.layers { appendSigns(bit, re, im) }
      bit += 1
    }
  }

  /// Turns the sign of the entries for bit value 1, among those of the bits up to this one, where CZs do.
  private func appendSigns<Scalar: Real>(
    _ bit: Int, _ re: UnsafeMutablePointer<Scalar>, _ im: UnsafeMutablePointer<Scalar>
  ) {
    let coupled = ansatz.coupledBits(below: bit)
    if coupled == 0 { return }
    let minusOne = Scalar(rounding: -1)
    let width = 1 &<< bit
    let (upperRe, upperIm) = (re + width, im + width)
    var i = 0
    while i < width {
      if BasisIndex.isOdd(UInt32(truncatingIfNeeded: i), coupled) {
        upperRe[i] = upperRe[i] * minusOne
        upperIm[i] = upperIm[i] * minusOne
      }
      i &+= 1
    }
  }

  /// Doubles a product of phases: entries 2^bit … 2^(bit+1) − 1 get the factor for bit value 1; that for 0 is 1.
  @inline(__always)
  private func appendBit<Scalar: Real>(
    _ bit: Int, _ one: Phase, _ re: UnsafeMutablePointer<Scalar>, _ im: UnsafeMutablePointer<Scalar>
  ) {
    let (oneRe, oneIm) = (Scalar(rounding: one.cosine), Scalar(rounding: one.sine))
    let width = 1 &<< bit
    let (upperRe, upperIm) = (re + width, im + width)
    var i = 0
    while i < width {
      let (a, b) = (re[i], im[i])
      upperRe[i] = a * oneRe - b * oneIm
      upperIm[i] = a * oneIm + b * oneRe
      i &+= 1
    }
  }

  @inline(__always)
  private func scaleAll<Scalar: Real>(
    _ re: UnsafeMutablePointer<Scalar>, _ im: UnsafeMutablePointer<Scalar>, by factor: Scalar, count: Int
  ) {
    var i = 0
    while i < count {
      re[i] = re[i] * factor
      im[i] = im[i] * factor
      i &+= 1
    }
  }

  /// `appendBit` for the last bit and `scaleAll`, and each entry times the pending diagonal of the layer before, at the
  /// index that it loads from: in one sweep, because large tables do not fit in a core's caches.
  @inline(__always)
  private func finish<Scalar: Real>(
    _ re: UnsafeMutablePointer<Scalar>, _ im: UnsafeMutablePointer<Scalar>, _ one: Phase, scale: Double,
    sourceOf layer: Int, _ pendingRe: UnsafePointer<Scalar>, _ pendingIm: UnsafePointer<Scalar>
  ) {
    let (oneRe, oneIm) = (Scalar(rounding: one.cosine), Scalar(rounding: one.sine))
    let scale = Scalar(rounding: scale)
    let source = Source(self, layer: layer)
    let width = ansatz.amplitudes / 2
    let upper = source.offset(width)
    func set(
      _ i: Int, _ re: UnsafeMutablePointer<Scalar>, _ im: UnsafeMutablePointer<Scalar>, _ a: Scalar, _ b: Scalar,
      _ place: Int
    ) {
      let (a, b, c, d) = (a * scale, b * scale, pendingRe[place], pendingIm[place])
      re[i] = a * c - b * d
      im[i] = a * d + b * c
    }
    var i = 0
    while i < width {
      let (a, b, place) = (re[i], im[i], source.base(i))
      set(i, re, im, a, b, place)
      set(i &+ width, re, im, a * oneRe - b * oneIm, a * oneIm + b * oneRe, place ^ upper)
      i &+= 1
    }
  }
}

/// One qubit's rotations of a layer, RZ·RY·RX, as Rz(α)·Ry(β)·Rz(γ) in the form in which the passes apply it. Every
/// phase is relative to that of bit value 0, since no result depends on a global one; so the angles themselves, and
/// arc tangents, are never needed.
struct ZYZ {
  /// exp(iα).
  let alpha: Phase
  /// tan and cos of β/2, after a shift by −π/2 where `flipped`.
  let tangent: Double
  let cosine: Double
  let flipped: Bool
  /// What the diagonal holds for bit value 1 (after the flip): exp(iγ), or with the sign of Ry(π) −exp(−iγ).
  let gamma: Phase

  /// No rotation.
  static var none: ZYZ { ZYZ(halfX: 0, halfY: 0, halfZ: 0) }

  /// The angles are halves in the half convention: exp(−i·halfX·X), and so on.
  init(halfX: Double, halfY: Double, halfZ: Double) {
    let (x, y, z) = (Phase(halfX), Phase(halfY), Phase(halfZ))
    // First column of RY·RX.
    let (aRe, aIm) = (y.cosine * x.cosine, y.sine * x.sine)
    let (bRe, bIm) = (y.sine * x.cosine, -y.cosine * x.sine)
    let sizeA = qkd_sqrt(aRe * aRe + aIm * aIm)
    let sizeB = qkd_sqrt(bRe * bRe + bIm * bIm)
    // The column's phases are exp(−i(α+γ)/2) and exp(i(α−γ)/2). A vanishing entry has none: then any split between
    // α and γ gives the same matrix.
    let (hasA, hasB) = (sizeA > 1e-300, sizeB > 1e-300)
    let conjugateA = Phase(cosine: aRe / sizeA, sine: -aIm / sizeA) * z
    let b = Phase(cosine: bRe / sizeB, sine: bIm / sizeB) * z
    alpha = (hasB ? b : conjugateA) * (hasA ? conjugateA : b)
    let turned = hasA && hasB ? conjugateA * b.conjugate : .one
    // beta/2 lies in [0, π/2]; beyond π/4, tan(β/2 − π/2) = −cot(β/2) and cos(β/2 − π/2) = sin(β/2).
    flipped = sizeB > sizeA
    tangent = flipped ? -sizeA / sizeB : sizeB / sizeA
    cosine = flipped ? sizeB : sizeA
    gamma = flipped ? turned.conjugate.negated : turned
  }
}
