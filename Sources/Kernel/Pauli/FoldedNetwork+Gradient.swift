extension FoldedNetwork {
  /// Adds the loss of all states' samples and its exact gradient to `sums`; the moments are torques, which
  /// `finishFoldedGradient` turns into the angles' derivatives.
  /// - Parameters:
  ///   - angles: those that were folded and rotated by.
  ///   - targets: labels and teacher's logits `[group][lane]`; a sample with label −1 is left out.
  ///   - slopes: `[group][lane][logit]`, overwritten.
  ///   - sample: `[2][logit]`, overwritten.
  /// - Precondition: the workspace has a history.
  @_noAllocation
  public func addGradient(
    _ states: FoldedStates, angles: UnsafePointer<Double>, _ workspace: FoldWorkspace, loss: Loss,
    targets: GroupTargets, slopes: UnsafeMutablePointer<Double>, sample: UnsafeMutablePointer<Double>,
    sums: GradientSums
  ) {
    let (lanes, m) = (shape.format.lanes, shape.logits)
    let evaluation = LossSlopes(readout: readout, loss: loss, sums: sums, sample: sample)
    var group = 0
    while group < states.groups {
      expectations(states, group: group, workspace, into: slopes + group * lanes * m)
      group += 1
    }
    var index = 0
    while index < states.groups * lanes {
      let values = slopes + index * m
      let isSample = targets.labels[index] != GroupTargets.noSample
      if isSample { evaluation.evaluate(targets, at: index) { values[$0] } }
      var j = 0
      while j < m {
        values[j] = isSample ? evaluation.values[j] : 0
        j += 1
      }
      index += 1
    }
    addTorques(states, angles: angles, workspace, weights: slopes, moments: sums.moments)
  }

  /// Adds the torques of Σ_ij w_ij ⟨O_j⟩_i.
  /// - Parameters:
  ///   - weights: `[group][lane][logit]`.
  ///   - moments: `[rotation layer][bit][x, y, z]`.
  /// - Precondition: the workspace has a history, and the states have the memory of gradients.
  @_noAllocation
  public func addTorques(
    _ states: FoldedStates, angles: UnsafePointer<Double>, _ workspace: FoldWorkspace,
    weights: UnsafePointer<Double>, moments: UnsafeMutablePointer<Double>
  ) {
    dispatch(
      shape.format,
      TorqueJob(
        network: self, states: states, angles: angles, workspace: workspace, weights: weights, moments: moments))
  }

  /// Turns torques into the derivatives by the angles, in the parameters' layout. The first layer's lie behind its
  /// rotations, all others before theirs; each angle's own axis is turned there.
  @_noAllocation
  public func finishFoldedGradient(
    angles: UnsafePointer<Double>, moments: UnsafePointer<Double>, gradient: UnsafeMutablePointer<Double>
  ) {
    let ansatz = shape.ansatz
    let factor = ansatz.rotation.halfAngleFactor
    var layer = 0
    while layer < ansatz.rotationLayers {
      var qubit = 0
      while qubit < ansatz.qubits {
        let torque = moments + 3 * (layer * ansatz.qubits + ansatz.bit(of: qubit))
        let place = ansatz.parameterIndex(layer: layer, qubit: qubit)
        let (x, y, z) = (
          Phase(factor * angles[place]), Phase(factor * angles[place + 1]), Phase(factor * angles[place + 2])
        )
        let derivatives = gradient + place
        if layer == 0 {
          // RZ·y, RZ·RY·x.
          derivatives[0] = factor * (y.cosine * (z.cosine * torque[0] + z.sine * torque[1]) - y.sine * torque[2])
          derivatives[1] = factor * (z.cosine * torque[1] - z.sine * torque[0])
          derivatives[2] = factor * torque[2]
        } else {
          // RX⁻¹·y, RX⁻¹·RY⁻¹·z.
          derivatives[0] = factor * torque[0]
          derivatives[1] = factor * (x.cosine * torque[1] - x.sine * torque[2])
          derivatives[2] =
            factor * (y.cosine * (x.sine * torque[1] + x.cosine * torque[2]) - y.sine * torque[0])
        }
        qubit += 1
      }
      layer += 1
    }
  }
}

private struct TorqueJob: LaneJob {
  let network: FoldedNetwork
  let states: FoldedStates
  let angles: UnsafePointer<Double>
  let workspace: FoldWorkspace
  let weights: UnsafePointer<Double>
  let moments: UnsafeMutablePointer<Double>

  private var amplitudes: Int { network.shape.ansatz.amplitudes }

  func run<V: LaneVector>(_ vector: V.Type) {
    guard let memory = workspace.sweep else { return }
    let buffers = FoldBuffers<V>(shape: network.shape, workspace: workspace)
    let weighted = states.plane(2, 0, stride: network.shape.stateStride, vector)
    var logit = 0
    while logit < network.shape.logits {
      var state = 0
      while state < states.count {
        weigh(state, logit, vector)
        state += 1
      }
      WeightedSweep(
        network: network, buffers: buffers, logit: logit, sweep: memory.assumingMemoryBound(to: V.self)
      ).run(
        weighted, states.plane(1, 0, stride: network.shape.stateStride, vector), states: states.count, angles: angles,
        moments: moments)
      logit += 1
    }
  }

  private func weigh<V: LaneVector>(_ state: Int, _ logit: Int, _ vector: V.Type) {
    let first = state / states.branches * V.lanes
    var weight = V.zero
    var lane = 0
    while lane < V.lanes {
      let value = weights[(first + lane) * network.shape.logits + logit]
      weight.setLane(lane, V.Scalar(rounding: value))
      lane += 1
    }
    let rotated = states.plane(0, state, stride: network.shape.stateStride, vector)
    let weighted = states.plane(2, state, stride: network.shape.stateStride, vector)
    var i = 0
    while i < 2 &* amplitudes {
      weighted[i] = weight * rotated[i]
      i &+= 1
    }
  }
}
