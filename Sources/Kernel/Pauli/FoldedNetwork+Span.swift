/// Samples that are real combinations of a few basis states (`Span`): the folded forms become forms of a few numbers.
/// States are the basis, `rotate`d, with vector k in lane k mod lanes of group k / lanes.
public struct FoldedSpan {
  public let states: FoldedStates
  public let shape: SpanShape
  /// As in `SpanWorkspace`: both of `SpanShape.formBytes`; weights for gradients alone.
  let forms: UnsafeMutablePointer<Double>
  let weights: UnsafeMutablePointer<Double>
  /// Of `SpanShape.scratchBytes`.
  let scratch: UnsafeMutableRawPointer

  /// - Parameters:
  ///   - states: with the memory of gradients.
  ///   - dimension: the number of basis states.
  @_noAllocation
  public init(
    states: FoldedStates, dimension: Int, format: LaneFormat, forms: UnsafeMutablePointer<Double>,
    weights: UnsafeMutablePointer<Double>, scratch: UnsafeMutableRawPointer
  ) {
    self.states = states
    shape = SpanShape(dimension: dimension, branches: states.branches, format: format)
    precondition(states.groups == shape.groups)
    self.forms = forms
    self.weights = weights
    self.scratch = scratch
  }

  func forms(logits: Int) -> FormSet {
    FormSet(
      dimension: shape.dimension, padded: shape.padded, logits: logits, forms: forms, weights: weights,
      coefficients: scratch.assumingMemoryBound(to: Double.self),
      expectations: (scratch + shape.padded * (MemoryLayout<Double>.stride + shape.format.vectorBytes))
        .assumingMemoryBound(to: Double.self))
  }

  func columns<V: LaneVector>(_ vector: V.Type) -> UnsafeMutablePointer<V> {
    (scratch + shape.padded * MemoryLayout<Double>.stride).assumingMemoryBound(to: V.self)
  }
}

extension FoldedNetwork {
  /// The forms of all logits on the basis: F^j_kl = Re⟨φ_k|O_j|φ_l⟩, folded onto the upper triangle.
  /// - Precondition: the observables are folded, the basis is rotated by the same angles.
  @_noAllocation
  public func sumForms(_ span: FoldedSpan, _ workspace: FoldWorkspace) {
    dispatch(shape.format, SpanFormJob(network: self, span: span, workspace: workspace))
  }

  /// The logits of samples, R² multiply-adds each.
  /// - Parameters:
  ///   - coefficients: `[sample][stride]`, the first R of each row.
  ///   - logits: `[sample][logit]`, the result.
  @_noAllocation
  public func logits(
    _ span: FoldedSpan, coefficients: UnsafePointer<Double>, stride: Int, samples: Int,
    logits: UnsafeMutablePointer<Double>
  ) {
    span.forms(logits: shape.logits).applyReadout(
      readout, to: coefficients, stride: stride, samples: samples, into: logits)
  }

  /// Adds losses of samples and their exact gradient, as the other `addGradient`.
  /// - Parameters:
  ///   - coefficients: as for `logits`.
  ///   - sample: `[2][logit]`, overwritten.
  /// - Precondition: `sumForms` has run; the workspace has a history.
  @_noAllocation
  public func addGradient(
    _ span: FoldedSpan, coefficients: UnsafePointer<Double>, stride: Int, samples: Int,
    angles: UnsafePointer<Double>, _ workspace: FoldWorkspace, loss: Loss, targets: GroupTargets,
    sample values: UnsafeMutablePointer<Double>, sums: GradientSums
  ) {
    span.forms(logits: shape.logits).setWeights(
      LossSlopes(readout: readout, loss: loss, sums: sums, sample: values), targets, rows: coefficients,
      stride: stride, samples: samples)
    dispatch(
      shape.format,
      SpanTorqueJob(network: self, span: span, angles: angles, workspace: workspace, moments: sums.moments))
  }
}

private struct SpanFormJob: LaneJob {
  let network: FoldedNetwork
  let span: FoldedSpan
  let workspace: FoldWorkspace

  private var amplitudes: Int { network.shape.ansatz.amplitudes }

  func run<V: LaneVector>(_ vector: V.Type) {
    let buffers = FoldBuffers<V>(shape: network.shape, workspace: workspace)
    let forms = span.forms(logits: network.shape.logits)
    var logit = 0
    while logit < network.shape.logits {
      let rows = buffers.record(logit, 0).pointee.support.rows
      let tiles = buffers.tiles(buffers.form(logit), rows, coset: 0)
      forms.clear(logit, from: 0, to: forms.padded)
      var state = 0
      while state < span.states.count {
        addColumns(tiles, state, to: forms.form(logit), stride: forms.padded)
        state += 1
      }
      forms.symmetrize(logit)
      logit += 1
    }
  }

  /// All rows of the columns that are one state's lanes.
  private func addColumns<V: LaneVector>(
    _ tiles: FormTiles<V>, _ state: Int, to form: UnsafeMutablePointer<Double>, stride: Int
  ) {
    let states = span.states
    let (group, branch) = (state / states.branches, state % states.branches)
    // W(u − v), W(u + v), as if it were a state.
    let image = states.plane(2, state, stride: network.shape.stateStride, V.self)
    tiles.multiply(states.plane(1, state, stride: network.shape.stateStride, V.self)) { i, s, d in
      (image[2 &* i], image[2 &* i &+ 1]) = (s, d)
    }
    let gram = LaneGram<V>(amplitudes: amplitudes)
    var start = 0
    while start < amplitudes {
      var left = 0
      while left < states.groups {
        gram.add(
          states.plane(0, left * states.branches + branch, stride: network.shape.stateStride, V.self), image,
          start: start,
          rows: min(V.lanes, span.shape.dimension - left * V.lanes),
          to: form + V.lanes * (left * stride + group), stride: stride)
        left += 1
      }
      start += LaneGram<V>.block
    }
  }
}

private struct SpanTorqueJob: LaneJob {
  let network: FoldedNetwork
  let span: FoldedSpan
  let angles: UnsafePointer<Double>
  let workspace: FoldWorkspace
  let moments: UnsafeMutablePointer<Double>

  private var amplitudes: Int { network.shape.ansatz.amplitudes }

  func run<V: LaneVector>(_ vector: V.Type) {
    guard let memory = workspace.sweep else { return }
    let buffers = FoldBuffers<V>(shape: network.shape, workspace: workspace)
    let states = span.states
    var logit = 0
    while logit < network.shape.logits {
      var state = 0
      while state < states.count {
        mix(state, logit, vector)
        state += 1
      }
      WeightedSweep(
        network: network, buffers: buffers, logit: logit, sweep: memory.assumingMemoryBound(to: V.self)
      ).run(
        states.plane(2, 0, stride: network.shape.stateStride, vector),
        states.plane(1, 0, stride: network.shape.stateStride, vector),
        states: states.count, angles: angles, moments: moments)
      logit += 1
    }
  }

  /// Σ_k W_kl φ_k for the lanes l of one state.
  private func mix<V: LaneVector>(_ state: Int, _ logit: Int, _ vector: V.Type) {
    let (forms, states) = (span.forms(logits: network.shape.logits), span.states)
    let (group, branch) = (state / states.branches, state % states.branches)
    let columns = span.columns(vector)
    var k = 0
    while k < span.shape.dimension {
      var column = V.zero
      var lane = 0
      while lane < V.lanes {
        column.setLane(lane, V.Scalar(rounding: forms.weight(logit, k, group * V.lanes + lane)))
        lane += 1
      }
      columns[k] = column
      k += 1
    }
    let gram = LaneGram<V>(amplitudes: amplitudes)
    let mixed = states.plane(2, state, stride: network.shape.stateStride, vector)
    var start = 0
    while start < amplitudes {
      var source = 0
      while source < states.groups {
        gram.mix(
          states.plane(0, source * states.branches + branch, stride: network.shape.stateStride, vector),
          columns + source * V.lanes, start: start, rows: min(V.lanes, span.shape.dimension - source * V.lanes),
          into: mixed, adds: source > 0)
        source += 1
      }
      start += LaneGram<V>.block
    }
  }
}
