/// A network under noise, exactly (PAPER.md section 10): in the Heisenberg picture each logit's observable is folded
/// backwards through the noisy circuit into one Hermitian form, and every sample is a quadratic form in it.
///
/// - Cost: a logit costs work on 4ⁿ reals whatever the batch; a sample then 2 · 4ⁿ multiply-adds a logit, fewer where
///   the observable has few rows. Without noise it serves batches that are large against 2ⁿ · layers.
/// - States go forwards through the first rotation layer, where they are pure still; observables meet them there.
/// - Phases: `fold` for new angles, `rotate` for each state, then `expectations`, or `addGradient` for all states.
/// - A softmax knows only differences of logits: whoever wants no single logits gives terms of m − 1 differences.
public struct FoldedNetwork {
  public let shape: FoldShape
  public let noise: CircuitNoise
  /// `[term]`; not pulled back, unlike those of `Observables`.
  let terms: UnsafePointer<PauliTerm>
  let termCount: Int
  public let readout: Readout

  /// - Precondition: the readout has the shape's logits; terms and channels outlive this value.
  @_noAllocation
  public init(
    shape: FoldShape, noise: CircuitNoise, terms: UnsafePointer<PauliTerm>, termCount: Int, readout: Readout
  ) {
    precondition(readout.logits == shape.logits)
    self.shape = shape
    self.noise = noise
    self.terms = terms
    self.termCount = termCount
    self.readout = readout
  }

  /// Folds all observables.
  /// - Parameter angles: `[rotation layer][qubit][x, y, z]`, radians.
  @_noAllocation
  public func fold(angles: UnsafePointer<Double>, _ workspace: FoldWorkspace) {
    dispatch(shape.format, FoldJob(network: self, angles: angles, workspace: workspace))
  }

  /// Takes one group of encoded samples, or one of its branches, behind the first rotations.
  /// - Parameters:
  ///   - input: a state, as `GroupEncoder` writes it in the form `.state`; not overwritten.
  ///   - index: which of the states it becomes: group · branches + branch.
  @_noAllocation
  public func rotate(
    _ input: UnsafeRawPointer, angles: UnsafePointer<Double>, into states: FoldedStates, index: Int
  ) {
    dispatch(
      shape.format, RotationJob(network: self, input: input, angles: angles, states: states, index: index))
  }

  /// ⟨O_j⟩ of one group, before the readout.
  /// - Parameter expectations: `[lane][logit]`, the result.
  @_noAllocation
  public func expectations(
    _ states: FoldedStates, group: Int, _ workspace: FoldWorkspace, into expectations: UnsafeMutablePointer<Double>
  ) {
    dispatch(
      shape.format,
      ExpectationJob(
        network: self, states: states, group: group, workspace: workspace, expectations: expectations))
  }

  /// What an observable touches behind the circuit.
  func support(_ logit: Int) -> PauliSupport {
    if noise.mixesRows(shape.ansatz) { return .all(shape.ansatz.qubits) }
    var support = PauliSupport(rows: PauliRows(), signs: 0)
    // Where a letter is lost to the readout's offset, the string is one of several.
    let isWhole = noise.readout == nil
    var t = 0
    while t < termCount {
      if Int(terms[t].logit) == logit {
        support.signs |= terms[t].signs
        if isWhole {
          add(terms[t].flips, &support)
        } else {
          var bits = terms[t].flips
          while bits != 0 {
            let bit = bits & (0 &- bits)
            add(bit, &support)
            bits ^= bit
          }
        }
      }
      t += 1
    }
    return support
  }

  private func add(_ row: UInt32, _ support: inout PauliSupport) {
    if support.rows.position(row) == nil { support.rows.append(row) }
  }

  /// A bit's rotations in a layer, and its channel behind them; in the first layer the channel alone.
  func matrix(_ layer: Int, _ bit: Int, _ angles: UnsafePointer<Double>) -> QubitChannel {
    // Either order of qubits is its own inverse.
    let qubit = shape.ansatz.bit(of: bit)
    let channel = noise.qubitChannel(qubit)
    if layer == 0 { return channel }
    let a = angles + shape.ansatz.parameterIndex(layer: layer, qubit: qubit)
    let factor = shape.ansatz.rotation.halfAngleFactor
    let rotation = QubitChannel.rotation(x: factor * a[0], y: factor * a[1], z: factor * a[2])
    return noise.qubits == nil ? rotation : rotation.then(channel)
  }
}

/// The states of a batch behind the first rotations.
public struct FoldedStates {
  /// `[state][amplitude][re, im]`, then the same of re − im, re + im, then (for gradients and spans) of states with
  /// weights.
  let memory: UnsafeMutableRawPointer
  public let groups: Int
  /// The states of each sample, 1 unless samples are mixed; states are `[group][branch]`.
  public let branches: Int

  /// - Parameter memory: of `FoldShape.stateBytes(groups · branches, …)`, aligned to 64 bytes.
  @_noAllocation
  public init(memory: UnsafeMutableRawPointer, groups: Int, branches: Int = 1) {
    self.memory = memory
    self.groups = groups
    self.branches = branches
  }

  public var count: Int { groups * branches }

  func plane<V: LaneVector>(_ plane: Int, _ state: Int, stride: Int, _ vector: V.Type) -> UnsafeMutablePointer<V> {
    memory.assumingMemoryBound(to: V.self) + stride &* (plane &* count &+ state)
  }
}

private struct FoldJob: LaneJob {
  let network: FoldedNetwork
  let angles: UnsafePointer<Double>
  let workspace: FoldWorkspace

  func run<V: LaneVector>(_ vector: V.Type) {
    let buffers = FoldBuffers<V>(shape: network.shape, workspace: workspace)
    var logit = 0
    while logit < network.shape.logits {
      ObservableFold(network: network, buffers: buffers, logit: logit).run(angles)
      logit += 1
    }
  }
}

private struct RotationJob: LaneJob {
  let network: FoldedNetwork
  let input: UnsafeRawPointer
  let angles: UnsafePointer<Double>
  let states: FoldedStates
  let index: Int

  func run<V: LaneVector>(_ vector: V.Type) {
    let stride = network.shape.stateStride
    FirstRotation<V>(ansatz: network.shape.ansatz, angles: angles).run(
      input.assumingMemoryBound(to: V.self), into: states.plane(0, index, stride: stride, vector),
      skew: states.plane(1, index, stride: stride, vector))
  }
}

private struct ExpectationJob: LaneJob {
  let network: FoldedNetwork
  let states: FoldedStates
  let group: Int
  let workspace: FoldWorkspace
  let expectations: UnsafeMutablePointer<Double>

  func run<V: LaneVector>(_ vector: V.Type) {
    let (stride, logits) = (network.shape.stateStride, network.shape.logits)
    let buffers = FoldBuffers<V>(shape: network.shape, workspace: workspace)
    var logit = 0
    while logit < logits {
      let rows = buffers.record(logit, 0).pointee.support.rows
      let tiles = buffers.tiles(buffers.form(logit), rows, coset: 0)
      var sum = V.zero
      var branch = 0
      while branch < states.branches {
        let state = group * states.branches + branch
        let rotated = states.plane(0, state, stride: stride, vector)
        tiles.multiply(states.plane(1, state, stride: stride, vector)) { i, s, d in
          sum = sum.adding(rotated[2 &* i], times: s).adding(rotated[2 &* i &+ 1], times: d)
        }
        branch += 1
      }
      var lane = 0
      while lane < V.lanes {
        expectations[lane * logits + logit] = sum.lane(lane).double
        lane += 1
      }
      logit += 1
    }
  }
}
