extension Network {
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
