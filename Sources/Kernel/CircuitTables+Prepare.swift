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
      re[0] = Scalar(rounding: 1)
      im[0] = Scalar(rounding: 0)
      var bit = 0
      while bit < n {
        let qubit = ansatz.bit(of: bit)
        let angle = angles + ansatz.parameterIndex(layer: layer, qubit: qubit)
        let split =
          rotated & BasisIndex.single(bit) == 0
          ? ZYZ.none : ZYZ(halfX: factor * angle[0], halfY: factor * angle[1], halfZ: factor * angle[2])
        outerAngle[layer * n + bit] = split.alpha
        tangents[layer * n + bit] = Scalar(rounding: split.tangent)
        scale *= split.cosine
        if split.flipped { flips |= BasisIndex.single(bit) }
        appendBit(bit, split.phase0, split.phase1, re, im)
        bit += 1
      }
      scaleAll(re, im, by: Scalar(rounding: scale), count: amplitudes)
      if layer == 0 {
        sourceFlip[0] = flips
      } else {
        sourceFlip[layer] = disentangled[Int(flips)]
        multiply(re, im, bySourceOf: layer, pendingRe, pendingIm)
      }
      layer += 1
    }
    let pending = diagonals + 2 * ansatz.rotationLayers * amplitudes
    buildPending(ansatz.rotationLayers - 1, pending, pending + amplitudes)
  }

  /// The product over all bits of Rz(α) of a layer, at the index before the entangler.
  private func buildPending<Scalar: Real>(
    _ layer: Int, _ re: UnsafeMutablePointer<Scalar>, _ im: UnsafeMutablePointer<Scalar>
  ) {
    re[0] = Scalar(rounding: 1)
    im[0] = Scalar(rounding: 0)
    var bit = 0
    while bit < ansatz.qubits {
      let phase = Phase(outerAngle[layer * ansatz.qubits + bit] / 2)
      appendBit(bit, phase.conjugate, phase, re, im)
      bit += 1
    }
  }

  /// Doubles a product of phases: entries 2^bit … 2^(bit+1) − 1 get the factor for bit value 1, those below for 0.
  @inline(__always)
  private func appendBit<Scalar: Real>(
    _ bit: Int, _ zero: Phase, _ one: Phase, _ re: UnsafeMutablePointer<Scalar>, _ im: UnsafeMutablePointer<Scalar>
  ) {
    let (zeroRe, zeroIm) = (Scalar(rounding: zero.cosine), Scalar(rounding: zero.sine))
    let (oneRe, oneIm) = (Scalar(rounding: one.cosine), Scalar(rounding: one.sine))
    let width = 1 << bit
    let (upperRe, upperIm) = (re + width, im + width)
    var i = 0
    while i < width {
      let (a, b) = (re[i], im[i])
      upperRe[i] = a * oneRe - b * oneIm
      upperIm[i] = a * oneIm + b * oneRe
      re[i] = a * zeroRe - b * zeroIm
      im[i] = a * zeroIm + b * zeroRe
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

  /// Multiplies entry i by the pending diagonal of the layer before, at the index that i loads from.
  @inline(__always)
  private func multiply<Scalar: Real>(
    _ re: UnsafeMutablePointer<Scalar>, _ im: UnsafeMutablePointer<Scalar>, bySourceOf layer: Int,
    _ pendingRe: UnsafePointer<Scalar>, _ pendingIm: UnsafePointer<Scalar>
  ) {
    let flip = sourceFlip[layer]
    var i = 0
    while i < ansatz.amplitudes {
      let source = Int(disentangled[i] ^ flip)
      let (a, b, c, d) = (re[i], im[i], pendingRe[source], pendingIm[source])
      re[i] = a * c - b * d
      im[i] = a * d + b * c
      i &+= 1
    }
  }
}

/// A number on the unit circle.
struct Phase {
  let cosine: Double
  let sine: Double

  init(cosine: Double, sine: Double) {
    self.cosine = cosine
    self.sine = sine
  }

  init(_ angle: Double) { self.init(cosine: qkd_cos(angle), sine: qkd_sin(angle)) }

  var conjugate: Phase { Phase(cosine: cosine, sine: -sine) }
  var negated: Phase { Phase(cosine: -cosine, sine: -sine) }
}

/// One qubit's rotations of a layer, RZ·RY·RX, as Rz(α)·Ry(β)·Rz(γ) in the form in which the passes apply it.
struct ZYZ {
  let alpha: Double
  /// tan and cos of β/2, after a shift by −π/2 where `flipped`.
  let tangent: Double
  let cosine: Double
  let flipped: Bool
  /// What the diagonal holds for bit value 0 and 1 (after the flip): Rz(γ) and the sign of Ry(π).
  let phase0: Phase
  let phase1: Phase

  /// No rotation.
  static var none: ZYZ { ZYZ(halfX: 0, halfY: 0, halfZ: 0) }

  /// The angles are halves in the half convention: exp(−i·halfX·X), and so on.
  init(halfX: Double, halfY: Double, halfZ: Double) {
    let (cx, sx) = (qkd_cos(halfX), qkd_sin(halfX))
    let (cy, sy) = (qkd_cos(halfY), qkd_sin(halfY))
    // First column of RY·RX: (cy·cx + i·sy·sx, sy·cx − i·cy·sx); RZ adds −halfZ and +halfZ to the arguments.
    let (aRe, aIm, bRe, bIm) = (cy * cx, sy * sx, sy * cx, -cy * sx)
    let sizeA = qkd_sqrt(aRe * aRe + aIm * aIm)
    let sizeB = qkd_sqrt(bRe * bRe + bIm * bIm)
    // A vanishing entry has no argument; any choice gives the same matrix.
    let sum = sizeA < 1e-300 ? 0 : -2 * (qkd_atan2(aIm, aRe) - halfZ)
    let difference = sizeB < 1e-300 ? 0 : 2 * (qkd_atan2(bIm, bRe) + halfZ)
    alpha = (sum + difference) / 2
    let halfGamma = (sum - difference) / 4
    // beta/2 lies in [0, π/2]; beyond π/4, tan(β/2 − π/2) = −cot(β/2) and cos(β/2 − π/2) = sin(β/2).
    flipped = sizeB > sizeA
    tangent = flipped ? -sizeA / sizeB : sizeB / sizeA
    cosine = flipped ? sizeB : sizeA
    let gamma0 = Phase(-halfGamma)
    phase0 = flipped ? gamma0.conjugate.negated : gamma0
    phase1 = flipped ? gamma0 : gamma0.conjugate
  }
}
