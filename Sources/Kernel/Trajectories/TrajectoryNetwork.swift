/// A network under noise by quantum trajectories (PAPER.md section 10), for circuits whose 4ⁿ Pauli vectors do not fit
/// (`FoldedNetwork`). Each lane of a state is one trajectory: behind every gate one of its channel's Kraus operators K
/// is drawn with the probability tr(KρK†) that it has in the lane's state, and applied. The mean of expectations over
/// trajectories is unbiased; its spread is what an interval comes from.
///
/// - Cost: a channel takes two passes over the state. One suffices where its probabilities are the same in all states
///   (Pauli errors), and the first reads populations alone with relaxation and depolarising.
/// - Memory: one state and `scratchBytes` a thread, `blocks` once for all; nothing is allocated.
/// - Phases: `prepare` for new angles; `evolve`, then `expectations`, for each group of trajectories.
/// - A state keeps its norm, which need not be 1: expectations are those of the state as it was given. A lane of zeros
///   stays one.
/// - In single precision a channel of which an operator has less than about 1e-7 of a state's probability may choose
///   it by rounding, that rarely.
public struct TrajectoryNetwork {
  public let ansatz: Ansatz
  public let format: LaneFormat
  public let noise: TrajectoryNoise
  /// `[term]`; not pulled back, unlike those of `Observables`.
  let terms: UnsafePointer<PauliTerm>
  let termCount: Int
  public let logits: Int

  /// - Precondition: each term's logit is in `0 ..< logits`; terms and operators outlive this value.
  @_noAllocation
  public init(
    ansatz: Ansatz, format: LaneFormat, noise: TrajectoryNoise, terms: UnsafePointer<PauliTerm>, termCount: Int,
    logits: Int
  ) {
    self.ansatz = ansatz
    self.format = format
    self.noise = noise
    self.terms = terms
    self.termCount = termCount
    self.logits = logits
  }

  /// How many uniform numbers a run takes in each lane: one a channel, also where the channel has one operator alone,
  /// so that circuits with weaker and stronger noise can share them.
  public var draws: Int {
    (noise.qubits == nil ? 0 : ansatz.rotationLayers * ansatz.qubits)
      + (noise.pairs == nil ? 0 : ansatz.layers * ansatz.pairCount)
  }

  /// Bytes of one state, `[amplitude][re, im][lane]`.
  public var stateBytes: Int { 2 * ansatz.amplitudes * format.vectorBytes }

  /// Bytes that `evolve` writes beside the state: one operator and one density matrix a lane.
  public var scratchBytes: Int { TrajectoryScratch.bytes(format) }

  /// How many blocks a circuit has; one is `MemoryLayout<QubitKraus>.stride` bytes.
  public var blocks: Int { ansatz.rotationLayers * ansatz.qubits }

  /// Multiplies each qubit's operators with its rotations, once for all runs with these angles.
  /// - Parameters:
  ///   - angles: `[rotation layer][qubit][x, y, z]`, radians.
  ///   - blocks: `[rotation layer][qubit]`, the result.
  @_noAllocation
  public func prepare(angles: UnsafePointer<Double>, into blocks: UnsafeMutablePointer<QubitKraus>) {
    var block = 0
    while block < self.blocks {
      let rotations = RotationBlock(ansatz.rotation, angles: angles + 3 * block)
      blocks[block] = QubitKraus(rotations, then: noise.qubits?[block % ansatz.qubits])
      block += 1
    }
  }

  /// Runs the circuit once, in place.
  /// - Parameters:
  ///   - state: as `GroupEncoder` writes it in the form `.state`, aligned to 64 bytes; overwritten.
  ///   - blocks: as `prepare` leaves them.
  ///   - uniforms: `[draw][lane]`, in 0 ..< 1: layer by layer the qubits', then the pairs'.
  ///   - scratch: of `scratchBytes`, aligned to 64 bytes.
  @_noAllocation
  public func evolve(
    _ state: UnsafeMutableRawPointer, blocks: UnsafePointer<QubitKraus>, uniforms: UnsafePointer<Double>,
    scratch: UnsafeMutableRawPointer
  ) {
    dispatch(
      format,
      TrajectoryJob(
        network: self, state: state, blocks: blocks, uniforms: uniforms,
        scratch: TrajectoryScratch(memory: scratch, format: format)))
  }

  /// ⟨O_j⟩ of every lane, before the readout and without its errors.
  /// - Parameters:
  ///   - state: behind the circuit.
  ///   - expectations: `[lane][logit]`, the result.
  @_noAllocation
  public func expectations(_ state: UnsafeRawPointer, into expectations: UnsafeMutablePointer<Double>) {
    dispatch(format, TrajectoryMeasureJob(network: self, state: state, expectations: expectations))
  }
}

/// What a run writes beside the state.
struct TrajectoryScratch {
  let memory: UnsafeMutableRawPointer
  let format: LaneFormat

  private static func coefficientBytes(_ format: LaneFormat) -> Int { 32 * format.vectorBytes }

  static func bytes(_ format: LaneFormat) -> Int { coefficientBytes(format) + 16 * format.lanes * 8 }

  /// `[row][column][re, im]` of the lanes' operators.
  func coefficients<V: LaneVector>(_ vector: V.Type) -> UnsafeMutablePointer<V> {
    memory.assumingMemoryBound(to: V.self)
  }

  func moments<V: LaneVector>(_ vector: V.Type) -> LaneSums<V> {
    LaneSums(values: (memory + TrajectoryScratch.coefficientBytes(format)).assumingMemoryBound(to: Double.self))
  }
}

private struct TrajectoryJob: LaneJob {
  let network: TrajectoryNetwork
  let state: UnsafeMutableRawPointer
  let blocks: UnsafePointer<QubitKraus>
  let uniforms: UnsafePointer<Double>
  let scratch: TrajectoryScratch

  private var ansatz: Ansatz { network.ansatz }

  func run<V: LaneVector>(_ vector: V.Type) {
    var draw = uniforms
    var layer = 0
    while layer < ansatz.rotationLayers {
      var qubit = 0
      while qubit < ansatz.qubits {
        rotate(layer, qubit, draw, vector)
        if network.noise.qubits != nil { draw += V.lanes }
        qubit += 1
      }
      var pair = 0
      while layer < ansatz.layers && pair < ansatz.pairCount {
        entangle(pair, draw, vector)
        if network.noise.pairs != nil { draw += V.lanes }
        pair += 1
      }
      layer += 1
    }
  }

  private func rotate<V: LaneVector>(
    _ layer: Int, _ qubit: Int, _ uniforms: UnsafePointer<Double>, _ vector: V.Type
  ) {
    let table = KrausTable(blocks + (layer * ansatz.qubits + qubit))
    let pass = QubitKrausPass<V>(
      state: state.assumingMemoryBound(to: V.self), amplitudes: ansatz.amplitudes, bit: ansatz.bit(of: qubit))
    let (moments, coefficients) = (scratch.moments(vector), scratch.coefficients(vector))
    if !table.traits.hasFixedProbabilities { pass.sumMoments(moments) }
    _ = KrausChoice(table: table, moments: moments, coefficients: coefficients).fill(uniforms)
    pass.apply(coefficients)
  }

  private func entangle<V: LaneVector>(_ pair: Int, _ uniforms: UnsafePointer<Double>, _ vector: V.Type) {
    let bits = ansatz.bits(pair)
    let pass = PairKrausPass<V>(
      state: state.assumingMemoryBound(to: V.self), amplitudes: ansatz.amplitudes, gate: ansatz.entanglingGate,
      control: bits.control, target: bits.target)
    guard let pairs = network.noise.pairs else { return pass.applyGate() }
    let table = KrausTable(pairs + pair)
    if table.traits.isIdentity { return pass.applyGate() }
    let (moments, coefficients) = (scratch.moments(vector), scratch.coefficients(vector))
    if !table.traits.hasFixedProbabilities {
      if table.traits.needsPopulationsAlone { pass.sumPopulations(moments) } else { pass.sumMoments(moments) }
    }
    let isDiagonal = KrausChoice(table: table, moments: moments, coefficients: coefficients).fill(uniforms)
    if isDiagonal { pass.applyDiagonal(coefficients) } else { pass.apply(coefficients) }
  }
}
