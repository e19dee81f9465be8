import CSupport

/// An autoencoder's U(θ) ready to run, on borrowed memory: `prepare` fills the gates anew whenever the parameters
/// change. Gates are plain passes over the state, in place; one group of lanes needs its state and, for a gradient, a
/// cotangent of the same size, and nothing that grows with the layers.
public struct AutoencoderCircuit {
  public let ansatz: AutoencoderAnsatz
  public let format: LaneFormat
  /// `[layer][qubit][a, b][re, im]`, then `[layer][pair][even, odd][d, o][re, im]`.
  let gates: UnsafeMutablePointer<Double>

  /// - Parameter gates: memory of `gateNumbers(ansatz)` numbers, which outlives this value.
  @_noAllocation
  public init(ansatz: AutoencoderAnsatz, format: LaneFormat, gates: UnsafeMutablePointer<Double>) {
    self.ansatz = ansatz
    self.format = format
    self.gates = gates
  }

  /// The numbers that a layer's gates take.
  @_noAllocation
  public static func gateNumbersPerLayer(_ ansatz: AutoencoderAnsatz) -> Int {
    4 * ansatz.qubits + 8 * ansatz.pairCount
  }

  @inline(__always)
  func rotation(layer: Int, qubit: Int) -> UnsafeMutablePointer<Double> {
    gates + 4 * (layer * ansatz.qubits + qubit)
  }

  @inline(__always)
  func coupling(layer: Int, pair: Int) -> UnsafeMutablePointer<Double> {
    gates + 4 * ansatz.layers * ansatz.qubits + 8 * (layer * ansatz.pairCount + pair)
  }

  /// Fills the gates from the parameters, in the ansatz's layout.
  @_noAllocation
  public func prepare(parameters: UnsafePointer<Double>) {
    let half = ansatz.rotation.halfAngleFactor / 2
    var layer = 0
    while layer < ansatz.layers {
      var qubit = 0
      while qubit < ansatz.qubits {
        let angle = parameters + ansatz.angleIndex(layer: layer, qubit: qubit)
        let (x, y, z) = (Phase(half * angle[0]), Phase(half * angle[1]), Phase(half * angle[2]))
        // First column of RY·RX; RZ then turns it by −z/2 and +z/2.
        let (aRe, aIm) = (y.cosine * x.cosine, y.sine * x.sine)
        let (bRe, bIm) = (y.sine * x.cosine, -y.cosine * x.sine)
        let entries = rotation(layer: layer, qubit: qubit)
        entries[0] = aRe * z.cosine + aIm * z.sine
        entries[1] = aIm * z.cosine - aRe * z.sine
        entries[2] = bRe * z.cosine - bIm * z.sine
        entries[3] = bIm * z.cosine + bRe * z.sine
        qubit += 1
      }
      var pair = 0
      while pair < ansatz.pairCount {
        let t = parameters + ansatz.couplingIndex(layer: layer, pair: pair)
        let entries = coupling(layer: layer, pair: pair)
        setBlock(entries, phase: Phase(-t[2]), mixing: Phase(t[0] - t[1]))
        setBlock(entries + 4, phase: Phase(t[2]), mixing: Phase(t[0] + t[1]))
        pair += 1
      }
      layer += 1
    }
  }

  /// d = phase · cos, o = −i · phase · sin.
  private func setBlock(_ entries: UnsafeMutablePointer<Double>, phase: Phase, mixing: Phase) {
    entries[0] = phase.cosine * mixing.cosine
    entries[1] = phase.sine * mixing.cosine
    entries[2] = phase.sine * mixing.sine
    entries[3] = -phase.cosine * mixing.sine
  }

  /// Replaces each lane's |ψ⟩ by U|ψ⟩: amplitude (b << latent) + a then is latent amplitude a of the branch |a_b⟩ that
  /// goes with trash outcome b, ρ_comp = Σ_b |a_b⟩⟨a_b| (paper, Eq. 8).
  /// - Parameter state: `[amplitude][re, im][lane]` of the format's scalar.
  @_noAllocation
  public func encode(_ state: UnsafeMutableRawPointer) {
    dispatch(format, AutoencoderEncodeJob(circuit: self, state: state))
  }

  /// The fidelity of each lane's pure state with what decoding its compressed state gives (paper, Eqs. 9 and 10).
  /// - Parameters:
  ///   - state: replaced by U|ψ⟩.
  ///   - fidelities: `[lane]`, the result; 0 for a lane of zeros.
  @_noAllocation
  public func fidelities(_ state: UnsafeMutableRawPointer, into fidelities: UnsafeMutablePointer<Double>) {
    dispatch(format, AutoencoderScoreJob(circuit: self, state: state, fidelities: fidelities))
  }
}

struct AutoencoderEncodeJob: LaneJob {
  let circuit: AutoencoderCircuit
  let state: UnsafeMutableRawPointer

  func run<V: LaneVector>(_ vector: V.Type) {
    let state = LaneState<V>(self.state)
    let ansatz = circuit.ansatz
    var layer = 0
    while layer < ansatz.layers {
      var qubit = 0
      while qubit < ansatz.qubits {
        state.apply(
          QubitGate(circuit.rotation(layer: layer, qubit: qubit)), bit: qubit, amplitudes: ansatz.amplitudes)
        qubit += 1
      }
      var pair = 0
      while pair < ansatz.pairCount {
        let (first, second) = ansatz.pair(pair)
        state.apply(
          CouplingGate(circuit.coupling(layer: layer, pair: pair)), first: first, second: second,
          amplitudes: ansatz.amplitudes)
        pair += 1
      }
      layer += 1
    }
  }
}

private struct AutoencoderScoreJob: LaneJob {
  let circuit: AutoencoderCircuit
  let state: UnsafeMutableRawPointer
  let fidelities: UnsafeMutablePointer<Double>

  func run<V: LaneVector>(_ vector: V.Type) {
    AutoencoderEncodeJob(circuit: circuit, state: state).run(V.self)
    let total = CompressionScore<V>(ansatz: circuit.ansatz, state: LaneState(state)).fidelity()
    var lane = 0
    while lane < V.lanes {
      // Above 1 only by what rounding adds to the state's norm.
      fidelities[lane] = min(total.lane(lane).double, 1)
      lane &+= 1
    }
  }
}
