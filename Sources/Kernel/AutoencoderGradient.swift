extension AutoencoderCircuit {
  /// Adds one group's part of the adjoint gradient of the mean fidelity. ψ and λ are un-computed side by side, gate by
  /// gate, so no history is kept.
  /// - Parameters:
  ///   - state: `[amplitude][re, im][lane]`; overwritten. A lane of zeros adds nothing.
  ///   - cotangent: memory of the same size, overwritten.
  ///   - moments: `parameterCount` sums, to which cross moments are added; `finishGradient` makes derivatives of them.
  ///   - fidelity: to which the lanes' summed fidelity is added.
  @_noAllocation
  public func addGradient(
    _ state: UnsafeMutableRawPointer, cotangent: UnsafeMutableRawPointer, moments: UnsafeMutablePointer<Double>,
    fidelity: UnsafeMutablePointer<Double>
  ) {
    dispatch(
      format,
      AutoencoderGradientJob(
        circuit: self, state: state, cotangent: cotangent, moments: moments, fidelity: fidelity))
  }

  /// Turns summed cross moments into the derivatives of weight · Σ F, in the parameters' layout. A rotation's moments
  /// are those behind its RZ; each angle's own axis is turned there.
  @_noAllocation
  public func finishGradient(
    parameters: UnsafePointer<Double>, moments: UnsafePointer<Double>, weight: Double,
    gradient: UnsafeMutablePointer<Double>
  ) {
    let factor = ansatz.rotation.halfAngleFactor
    var index = 0
    while index < ansatz.angleCount {
      let (x, y, z) = (moments[index], moments[index + 1], moments[index + 2])
      let turned = Phase(factor * parameters[index + 2])
      let tilt = Phase(factor * parameters[index + 1])
      let aboutX = turned.cosine * x + turned.sine * y
      // dF = 2 Re⟨λ|−i·(factor/2)·P|ψ⟩ = factor · Im⟨λ|P|ψ⟩.
      gradient[index] = weight * factor * (tilt.cosine * aboutX - tilt.sine * z)
      gradient[index + 1] = weight * factor * (turned.cosine * y - turned.sine * x)
      gradient[index + 2] = weight * factor * z
      index += 3
    }
    while index < ansatz.parameterCount {
      // dF = 2 Re⟨λ|−iPP|ψ⟩ = 2 Im⟨λ|PP|ψ⟩.
      gradient[index] = weight * 2 * moments[index]
      index += 1
    }
  }
}

private struct AutoencoderGradientJob: LaneJob {
  let circuit: AutoencoderCircuit
  let state: UnsafeMutableRawPointer
  let cotangent: UnsafeMutableRawPointer
  let moments: UnsafeMutablePointer<Double>
  let fidelity: UnsafeMutablePointer<Double>

  func run<V: LaneVector>(_ vector: V.Type) {
    let ansatz = circuit.ansatz
    AutoencoderEncodeJob(circuit: circuit, state: state).run(V.self)
    let (psi, lambda) = (LaneState<V>(state), LaneState<V>(cotangent))
    fidelity[0] += CompressionScore<V>(ansatz: ansatz, state: psi).differentiate(into: lambda).laneSum
    let sweep = AdjointSweep<V>(psi: psi, lambda: lambda, amplitudes: ansatz.amplitudes)
    var layer = ansatz.layers - 1
    while layer >= 0 {
      var pair = ansatz.pairCount - 1
      while pair >= 0 {
        let (first, second) = ansatz.pair(pair)
        sweep.unapply(
          CouplingGate(circuit.coupling(layer: layer, pair: pair)), first: first, second: second,
          moments: moments + ansatz.couplingIndex(layer: layer, pair: pair))
        pair -= 1
      }
      var qubit = ansatz.qubits - 1
      while qubit >= 0 {
        sweep.unapply(
          QubitGate(circuit.rotation(layer: layer, qubit: qubit)), bit: qubit,
          moments: moments + ansatz.angleIndex(layer: layer, qubit: qubit))
        qubit -= 1
      }
      layer -= 1
    }
  }
}

/// Undoes gates on ψ and λ in one sweep over memory, and adds Im⟨λ|P|ψ⟩ behind each gate for its generators P.
struct AdjointSweep<V: LaneVector> {
  let psi: LaneState<V>
  let lambda: LaneState<V>
  let amplitudes: Int

  /// - Parameter moments: `[x, y, z]`
  @inline(__always)
  func unapply(_ gate: QubitGate<V>, bit: Int, moments: UnsafeMutablePointer<Double>) {
    let inverse = gate.inverse
    let width = 1 &<< bit
    // ⟨λ_0|ψ_1⟩, ⟨λ_1|ψ_0⟩, and Im⟨λ_0|ψ_0⟩ − Im⟨λ_1|ψ_1⟩ as the difference of two sums.
    var (up, down) = (LaneComplex<V>.zero, LaneComplex<V>.zero)
    var (zero, one) = (LaneComplex<V>.zero, LaneComplex<V>.zero)
    forEachIndex(without: bit, of: amplitudes) { i in
      let (p0, p1) = (psi[i], psi[i &+ width])
      let (l0, l1) = (lambda[i], lambda[i &+ width])
      up = up.adding(conjugateOf: l0, times: p1)
      down = down.adding(conjugateOf: l1, times: p0)
      zero = zero.adding(conjugateOf: l0, times: p0)
      one = one.adding(conjugateOf: l1, times: p1)
      let (q0, q1) = inverse.apply(p0, p1)
      psi.set(i, q0)
      psi.set(i &+ width, q1)
      let (m0, m1) = inverse.apply(l0, l1)
      lambda.set(i, m0)
      lambda.set(i &+ width, m1)
    }
    // Y = −i|0⟩⟨1| + i|1⟩⟨0|, and Im(iz) = Re z.
    moments[0] += (up.im + down.im).laneSum
    moments[1] += (down.re - up.re).laneSum
    moments[2] += (zero.im - one.im).laneSum
  }

  /// - Parameter moments: `[xx, yy, zz]`
  @inline(__always)
  func unapply(_ gate: CouplingGate<V>, first: Int, second: Int, moments: UnsafeMutablePointer<Double>) {
    let inverse = gate.inverse
    let (p, q) = (1 << first, 1 << second)
    // XX swaps within the even and the odd two; YY likewise, with −1 on the even; ZZ is +1 on the even, −1 on the odd.
    var (even, odd) = (LaneComplex<V>.zero, LaneComplex<V>.zero)
    var (equal, unequal) = (LaneComplex<V>.zero, LaneComplex<V>.zero)
    forEachIndex(without: first, and: second, of: amplitudes) { i in
      let (p00, p11) = (psi[i], psi[i &+ p &+ q])
      let (l00, l11) = (lambda[i], lambda[i &+ p &+ q])
      even = even.adding(conjugateOf: l00, times: p11).adding(conjugateOf: l11, times: p00)
      equal = equal.adding(conjugateOf: l00, times: p00).adding(conjugateOf: l11, times: p11)
      let (q00, q11) = CouplingGate.mix(inverse.even, p00, p11)
      psi.set(i, q00)
      psi.set(i &+ p &+ q, q11)
      let (m00, m11) = CouplingGate.mix(inverse.even, l00, l11)
      lambda.set(i, m00)
      lambda.set(i &+ p &+ q, m11)

      let (p10, p01) = (psi[i &+ p], psi[i &+ q])
      let (l10, l01) = (lambda[i &+ p], lambda[i &+ q])
      odd = odd.adding(conjugateOf: l10, times: p01).adding(conjugateOf: l01, times: p10)
      unequal = unequal.adding(conjugateOf: l10, times: p10).adding(conjugateOf: l01, times: p01)
      let (q10, q01) = CouplingGate.mix(inverse.odd, p10, p01)
      psi.set(i &+ p, q10)
      psi.set(i &+ q, q01)
      let (m10, m01) = CouplingGate.mix(inverse.odd, l10, l01)
      lambda.set(i &+ p, m10)
      lambda.set(i &+ q, m01)
    }
    moments[0] += (odd.im + even.im).laneSum
    moments[1] += (odd.im - even.im).laneSum
    moments[2] += (equal.im - unequal.im).laneSum
  }
}
