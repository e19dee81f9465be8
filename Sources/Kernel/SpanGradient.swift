extension Network {
  /// The logits of samples of the span, in the time of R² multiply-adds for each.
  /// - Parameters:
  ///   - coefficients: `[sample][stride]`, the first R of each row.
  ///   - stride: at least R.
  ///   - logits: `[sample][logit]`, the result.
  /// - Precondition: the forms are prepared for the tables' angles.
  @_noAllocation
  public func logits(
    _ span: Span, _ workspace: SpanWorkspace, coefficients: UnsafePointer<Double>, stride: Int, samples: Int,
    logits: UnsafeMutablePointer<Double>
  ) {
    FormSet(SpanShape(span, tables.format), logits: readout.logits, workspace).applyReadout(
      readout, to: coefficients, stride: stride, samples: samples, into: logits)
  }
}

/// The phases of a gradient, in their order: `evolve` and `sumForms`, which `logits` needs too, `addWeights` and
/// `descend`. Those of one group may run on several threads, each with a workspace of its own but for `evolved`, a
/// stored history, `forms` and `weights`, which are shared. A phase begins when the one before is done for all groups.
extension Network {
  /// Evolves a group of the span.
  @_noAllocation
  public func evolve(_ span: Span, _ workspace: SpanWorkspace, group: Int) {
    dispatch(tables.format, SpanJob(network: self, span: span, workspace: workspace, group: group, phase: .evolve))
  }

  /// Sums the columns of the forms that belong to a group.
  @_noAllocation
  public func sumForms(_ span: Span, _ workspace: SpanWorkspace, group: Int) {
    dispatch(tables.format, SpanJob(network: self, span: span, workspace: workspace, group: group, phase: .forms))
  }

  /// The backward sweep of a group; adds to `moments`, as in `GradientSums`.
  @_noAllocation
  public func descend(
    _ span: Span, _ workspace: SpanWorkspace, group: Int, moments: UnsafeMutablePointer<Double>
  ) {
    dispatch(
      tables.format,
      SpanJob(network: self, span: span, workspace: workspace, group: group, phase: .backward(moments)))
  }

  /// Losses of the samples and their derivatives by the forms; on one thread. Adds to `sums`, except to its moments.
  /// - Parameters:
  ///   - coefficients: as for `logits`, with `stride`.
  ///   - targets: labels, values and teacher's outputs by sample; `GroupTargets.noSample` is left out.
  /// - Precondition: the workspace has a history.
  @_noAllocation
  public func addWeights(
    _ span: Span, _ workspace: SpanWorkspace, coefficients: UnsafePointer<Double>, stride: Int, samples: Int,
    loss: Loss, targets: GroupTargets, sums: GradientSums
  ) {
    FormSet(SpanShape(span, tables.format), logits: readout.logits, workspace).setWeights(
      LossSlopes(readout: readout, loss: loss, sums: sums, sample: workspace.lanes.sample), targets,
      rows: coefficients, stride: stride, samples: samples)
  }
}

extension FormSet {
  init(_ shape: SpanShape, logits: Int, _ workspace: SpanWorkspace) {
    dimension = shape.dimension
    padded = shape.padded
    self.logits = logits
    forms = workspace.forms
    weights = workspace.weights
    coefficients = workspace.scratch.assumingMemoryBound(to: Double.self)
    expectations = (workspace.scratch + padded * (MemoryLayout<Double>.stride + shape.format.vectorBytes))
      .assumingMemoryBound(to: Double.self)
  }
}

private struct SpanJob: LaneJob {
  enum Phase {
    case evolve, forms
    case backward(UnsafeMutablePointer<Double>)
  }

  let network: Network
  let span: Span
  let workspace: SpanWorkspace
  let group: Int
  let phase: Phase

  func run<V: LaneVector>(_ vector: V.Type) {
    let sweep = SpanSweep<V>(network: network, span: span, workspace: workspace)
    switch phase {
    case .evolve: sweep.evolve(group)
    case .forms: sweep.sumForms(group)
    case .backward(let moments): sweep.descend(group, moments: moments)
    }
  }
}
