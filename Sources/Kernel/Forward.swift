/// A student (or teacher) ready to run: its circuit in the form in which it is applied, its observables and readout.
public struct Network {
  public let tables: CircuitTables
  public let observables: Observables
  public let readout: Readout

  /// - Precondition: observables and readout have the same number of logits.
  @_noAllocation
  public init(tables: CircuitTables, observables: Observables, readout: Readout) {
    self.tables = tables
    self.observables = observables
    self.readout = readout
  }

  /// The logits of one group.
  ///
  /// A mixed state ρ = Σ_b |a_b⟩⟨a_b| is given as its branches |a_b⟩, which are not normalised: expectations are the
  /// sums of theirs. What `AutoencoderCircuit.encode` leaves is laid out like this, a branch for each trash outcome.
  /// - Parameters:
  ///   - input: `[branch]` states, each lane one encoded sample.
  ///   - branches: the states of a sample, at least 1. With more than one the input shares no memory with the
  ///     workspace.
  ///   - logits: `[lane][logit]`, the result.
  @_noAllocation
  public func forward(
    _ input: UnsafeMutableRawPointer, branches: Int = 1, _ workspace: Workspace,
    logits: UnsafeMutablePointer<Double>
  ) {
    dispatch(
      tables.format,
      ForwardJob(network: self, workspace: workspace, input: input, branches: branches, logits: logits))
  }
}

private struct ForwardJob: LaneJob {
  let network: Network
  let workspace: Workspace
  let input: UnsafeMutableRawPointer
  let branches: Int
  let logits: UnsafeMutablePointer<Double>

  func run<V: LaneVector>(_ vector: V.Type) {
    let sweep = ForwardSweep<V>(network: network, workspace: workspace)
    _ = sweep.measureAll(input.assumingMemoryBound(to: V.self), branches: branches)
    var lane = 0
    while lane < V.lanes {
      sweep.logits(lane: lane, into: logits + lane * network.readout.logits)
      lane &+= 1
    }
  }
}

/// The forward direction for one group.
struct ForwardSweep<V: LaneVector> {
  let network: Network
  let workspace: Workspace

  private var tables: CircuitTables { network.tables }
  /// `[logit]`
  var expectations: UnsafeMutablePointer<V> { workspace.readout.assumingMemoryBound(to: V.self) }

  /// ψ after the Ry of a layer, in a stored history.
  func stored(_ history: UnsafeMutableRawPointer, _ layer: Int) -> UnsafeMutablePointer<V> {
    history.assumingMemoryBound(to: V.self) + 2 * tables.ansatz.amplitudes * layer
  }

  /// - Returns: ψ after the last Ry, and a state's memory that is free now.
  func evolve(_ input: UnsafeMutablePointer<V>) -> (state: UnsafeMutablePointer<V>, spare: UnsafeMutablePointer<V>) {
    var state = input
    var layer = 0
    if case .stored(let history) = workspace.history {
      while layer < tables.ansatz.rotationLayers {
        let next = stored(history, layer)
        advance(layer, from: state, to: next)
        state = next
        layer += 1
      }
      return (state, workspace.cotangentB.assumingMemoryBound(to: V.self))
    }
    var next = workspace.stateA.assumingMemoryBound(to: V.self)
    var other = workspace.stateB.assumingMemoryBound(to: V.self)
    while layer < tables.ansatz.rotationLayers {
      advance(layer, from: state, to: next)
      state = next
      (next, other) = (other, next)
      layer += 1
    }
    return (state, next)
  }

  /// The expectations of all branches, summed.
  /// - Returns: as `evolve`, for the last branch.
  func measureAll(
    _ input: UnsafeMutablePointer<V>, branches: Int
  ) -> (state: UnsafeMutablePointer<V>, spare: UnsafeMutablePointer<V>) {
    let count = network.readout.logits
    // The derivatives' place, which nobody needs yet, holds the sums of the branches so far.
    let totals = expectations + count
    var branch = 0
    while true {
      let end = evolve(input + 2 &* tables.ansatz.amplitudes &* branch)
      measure(end.state, spare: end.spare)
      var j = 0
      while branch > 0 && j < count {
        expectations[j] = totals[j] + expectations[j]
        j &+= 1
      }
      branch += 1
      if branch >= branches { return end }
      j = 0
      while j < count {
        totals[j] = expectations[j]
        j &+= 1
      }
    }
  }

  /// One rotation layer. The first one of a product state is made with the state.
  private func advance(_ layer: Int, from state: UnsafePointer<V>, to next: UnsafeMutablePointer<V>) {
    if layer == 0 && workspace.inputForm == .factors {
      ProductState<V>(tables: tables).build(from: state, into: next)
    } else {
      LayerPasses<V>(tables: tables).apply(layer, from: state, to: next)
    }
  }

  func measure(_ state: UnsafePointer<V>, spare: UnsafeMutablePointer<V>) {
    Measure<V>(tables: tables, observables: network.observables).run(
      state, probabilities: workspace.diagonal.assumingMemoryBound(to: V.self), spare: spare,
      expectations: expectations)
  }

  /// One lane's logits, in double precision.
  func logits(lane: Int, into values: UnsafeMutablePointer<Double>) {
    var j = 0
    while j < network.readout.logits {
      values[j] = expectations[j].lane(lane).double
      j &+= 1
    }
    network.readout.apply(values)
  }
}
