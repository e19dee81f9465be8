/// What a group's gradient adds to; zero it before the first group. All in double precision.
public struct GradientSums {
  /// `[rotation layer][bit][x, y, z]`: cross moments, which `Network.finishGradient` turns into angle derivatives.
  public let moments: UnsafeMutablePointer<Double>
  /// `[logit]`: ∂/∂scale and ∂/∂bias.
  public let scales: UnsafeMutablePointer<Double>
  public let biases: UnsafeMutablePointer<Double>
  /// `[2]`: the weighted loss, and the number of samples whose largest logit is the label's.
  public let totals: UnsafeMutablePointer<Double>

  @_noAllocation
  public init(
    moments: UnsafeMutablePointer<Double>, scales: UnsafeMutablePointer<Double>,
    biases: UnsafeMutablePointer<Double>, totals: UnsafeMutablePointer<Double>
  ) {
    self.moments = moments
    self.scales = scales
    self.biases = biases
    self.totals = totals
  }
}

/// The samples of a group, as the loss needs them.
public struct GroupTargets {
  /// Of a place without a sample.
  public static let noSample: Int32 = -1
  /// Of a sample whose class is not known, or that has none.
  public static let noLabel: Int32 = -2

  /// `[lane]`: the class, or one of the two above.
  public let labels: UnsafePointer<Int32>
  /// `[lane][output]`: the numbers that outputs are to be, or nil.
  public let values: UnsafePointer<Double>?
  /// `[lane][output]`, or nil.
  public let teacherLogits: UnsafePointer<Double>?
  /// `[lane][output]`: derivatives of what depends on several samples, added to those of the losses; or nil.
  public let pulls: UnsafePointer<Double>?
  /// What each sample's loss is multiplied by: 1/batch for the mean.
  public let weight: Double

  @_noAllocation
  public init(
    labels: UnsafePointer<Int32>, values: UnsafePointer<Double>? = nil, teacherLogits: UnsafePointer<Double>?,
    pulls: UnsafePointer<Double>? = nil, weight: Double
  ) {
    self.pulls = pulls
    self.labels = labels
    self.values = values
    self.teacherLogits = teacherLogits
    self.weight = weight
  }
}

extension Network {
  /// Adds the loss of one group and its adjoint gradient to `sums`.
  /// - Parameters:
  ///   - input: as for `forward`.
  ///   - branches: as for `forward`; all but one are evolved a second time, so no branch but one is kept.
  /// - Precondition: the workspace has a history.
  @_noAllocation
  public func addGradient(
    _ input: UnsafeMutableRawPointer, branches: Int = 1, _ workspace: Workspace, loss: Loss, targets: GroupTargets,
    sums: GradientSums
  ) {
    dispatch(
      tables.format,
      GradientJob(
        network: self, workspace: workspace, input: input, branches: branches, loss: loss, targets: targets,
        sums: sums))
  }

  /// Turns summed cross moments into the derivatives by the angles, in the parameters' layout. The moments lie between
  /// Ry(β) and Rz(α); each angle's own axis is rotated there.
  /// - Precondition: the tables are still prepared for the angles that the moments were taken at.
  @_noAllocation
  public func finishGradient(
    angles: UnsafePointer<Double>, moments: UnsafePointer<Double>, gradient: UnsafeMutablePointer<Double>
  ) {
    let ansatz = tables.ansatz
    let factor = ansatz.rotation.halfAngleFactor
    var layer = 0
    while layer < ansatz.rotationLayers {
      var qubit = 0
      while qubit < ansatz.qubits {
        let place = layer * ansatz.qubits + ansatz.bit(of: qubit)
        let (y, z) = (moments[3 * place + 1], moments[3 * place + 2])
        let x = tables.ryTurn(layer: layer, bit: ansatz.bit(of: qubit)).x(slot: moments[3 * place], z: z)
        let index = ansatz.parameterIndex(layer: layer, qubit: qubit)
        let turned = Phase(factor * angles[index + 2]) * tables.alpha(layer, ansatz.bit(of: qubit)).conjugate
        let tilt = Phase(factor * angles[index + 1])
        let aboutX = turned.cosine * x + turned.sine * y
        gradient[index] = factor * (tilt.cosine * aboutX - tilt.sine * z)
        gradient[index + 1] = factor * (turned.cosine * y - turned.sine * x)
        gradient[index + 2] = factor * z
        qubit += 1
      }
      layer += 1
    }
    tables.clearOutsideCone(gradient)
  }
}

private struct GradientJob: LaneJob {
  let network: Network
  let workspace: Workspace
  let input: UnsafeMutableRawPointer
  let branches: Int
  let loss: Loss
  let targets: GroupTargets
  let sums: GradientSums

  private var tables: CircuitTables { network.tables }

  func run<V: LaneVector>(_ vector: V.Type) {
    let sweep = ForwardSweep<V>(network: network, workspace: workspace)
    let states = input.assumingMemoryBound(to: V.self)
    let last = sweep.measureAll(states, branches: branches)
    let weights = sweep.expectations + network.readout.logits
    differentiate(sweep, weights)
    // The last branch is evolved already. The logits' slopes are the same for all.
    descend(sweep, weights, last.state, last.spare)
    var branch = 0
    while branch < branches - 1 {
      let end = sweep.evolve(states + 2 &* tables.ansatz.amplitudes &* branch)
      descend(sweep, weights, end.state, end.spare)
      branch += 1
    }
  }

  private func descend<V: LaneVector>(
    _ sweep: ForwardSweep<V>, _ weights: UnsafePointer<V>, _ state: UnsafeMutablePointer<V>,
    _ spare: UnsafeMutablePointer<V>
  ) {
    Cotangent<V>(tables: tables, observables: network.observables).run(
      state, weights: weights, values: workspace.diagonal.assumingMemoryBound(to: V.self), spare: spare,
      into: workspace.cotangentA.assumingMemoryBound(to: V.self))
    BackwardSweep(forward: sweep, moments: sums.moments).run(state, spare: spare)
  }

  /// Losses and their derivatives by the expectations, lane by lane; adds the readout's own gradient.
  private func differentiate<V: LaneVector>(_ sweep: ForwardSweep<V>, _ weights: UnsafeMutablePointer<V>) {
    let slopes = LossSlopes(readout: network.readout, loss: loss, sums: sums, sample: workspace.sample)
    var lane = 0
    while lane < V.lanes {
      if targets.labels[lane] == GroupTargets.noSample {
        setWeights(weights, lane: lane, nil)
      } else {
        slopes.evaluate(targets, at: lane) { sweep.expectations[$0].lane(lane).double }
        setWeights(weights, lane: lane, slopes.values)
      }
      lane &+= 1
    }
  }

  private func setWeights<V: LaneVector>(
    _ weights: UnsafeMutablePointer<V>, lane: Int, _ values: UnsafePointer<Double>?
  ) {
    var j = 0
    while j < network.readout.logits {
      weights[j].setLane(lane, V.Scalar(rounding: values.map { $0[j] } ?? 0))
      j &+= 1
    }
  }
}
