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
