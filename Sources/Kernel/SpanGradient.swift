extension Network {
  /// Evolves the span and leaves its forms in the workspace, for `logits`.
  @_noAllocation
  public func prepareForms(_ span: Span, _ workspace: SpanWorkspace) {
    dispatch(tables.format, SpanFormJob(network: self, span: span, workspace: workspace))
  }

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
    let m = readout.logits
    let forms = FormSet(SpanShape(span, tables.format), logits: m, workspace)
    var sample = 0
    while sample < samples {
      forms.select(coefficients + sample * stride)
      let values = logits + sample * m
      var j = 0
      while j < m {
        values[j] = forms.expectation(j)
        j += 1
      }
      readout.apply(values)
      sample += 1
    }
  }

  /// Evolves the span, and adds the loss of its samples and their adjoint gradient to `sums`. Leaves the forms, too.
  /// - Parameters:
  ///   - coefficients: as for `logits`, with `stride`.
  ///   - targets: labels and teacher's logits by sample; a sample with label −1 is left out.
  /// - Precondition: the workspace has a history.
  @_noAllocation
  public func addGradient(
    _ span: Span, _ workspace: SpanWorkspace, coefficients: UnsafePointer<Double>, stride: Int, samples: Int,
    loss: Loss, targets: GroupTargets, sums: GradientSums
  ) {
    prepareForms(span, workspace)
    addWeights(
      FormSet(SpanShape(span, tables.format), logits: readout.logits, workspace), workspace,
      coefficients: coefficients, stride: stride, samples: samples, loss: loss, targets: targets, sums: sums)
    dispatch(
      tables.format, SpanGradientJob(network: self, span: span, workspace: workspace, moments: sums.moments))
  }

  private func addWeights(
    _ forms: FormSet, _ workspace: SpanWorkspace, coefficients: UnsafePointer<Double>, stride: Int, samples: Int,
    loss: Loss, targets: GroupTargets, sums: GradientSums
  ) {
    let m = readout.logits
    let slopes = LossSlopes(
      readout: readout, loss: loss, weight: targets.weight, sums: sums, sample: workspace.lanes.sample)
    forms.clear(forms.weights)
    var sample = 0
    while sample < samples {
      let label = Int(targets.labels[sample])
      if label >= 0 {
        forms.select(coefficients + sample * stride)
        var j = 0
        while j < m {
          forms.expectations[j] = forms.expectation(j)
          j += 1
        }
        slopes.evaluate(label: label, teacher: targets.teacherLogits.map { $0 + sample * m }) { forms.expectations[$0] }
        j = 0
        while j < m {
          forms.addWeight(slopes.values[j], logit: j)
          j += 1
        }
      }
      sample += 1
    }
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

private struct SpanFormJob: LaneJob {
  let network: Network
  let span: Span
  let workspace: SpanWorkspace

  func run<V: LaneVector>(_ vector: V.Type) {
    SpanSweep<V>(network: network, span: span, workspace: workspace).prepareForms()
  }
}

private struct SpanGradientJob: LaneJob {
  let network: Network
  let span: Span
  let workspace: SpanWorkspace
  let moments: UnsafeMutablePointer<Double>

  func run<V: LaneVector>(_ vector: V.Type) {
    SpanSweep<V>(network: network, span: span, workspace: workspace).descend(moments: moments)
  }
}
