/// Both directions for a span, whose groups and branches each run as a group of samples does.
struct SpanSweep<V: LaneVector> {
  let network: Network
  let span: Span
  let workspace: SpanWorkspace

  private var tables: CircuitTables { network.tables }
  private var amplitudes: Int { tables.ansatz.amplitudes }
  private var shape: SpanShape { SpanShape(span, tables.format) }
  private var values: UnsafeMutablePointer<V> { workspace.lanes.diagonal.assumingMemoryBound(to: V.self) }
  private var spare: UnsafeMutablePointer<V> { workspace.lanes.stateA.assumingMemoryBound(to: V.self) }
  /// O_j of one evolved group; in the backward direction λ.
  private var image: UnsafeMutablePointer<V> { workspace.lanes.cotangentA.assumingMemoryBound(to: V.self) }
  /// Σ_k W_kl ψ_k of one group.
  private var mixed: UnsafeMutablePointer<V> { workspace.lanes.cotangentB.assumingMemoryBound(to: V.self) }
  /// `[padded]`: column weights.
  private var columns: UnsafeMutablePointer<V> {
    (workspace.scratch + shape.padded &* MemoryLayout<Double>.stride).assumingMemoryBound(to: V.self)
  }
  /// `[logit]`: 1 each.
  private var ones: UnsafeMutablePointer<V> { workspace.lanes.readout.assumingMemoryBound(to: V.self) }

  var forms: FormSet { FormSet(shape, logits: network.readout.logits, workspace) }

  private func index(_ group: Int, _ branch: Int) -> Int { group &* span.branches &+ branch }

  /// The vectors of a group.
  private func count(_ group: Int) -> Int { min(V.lanes, span.dimension &- group &* V.lanes) }

  /// ψ after the last Ry.
  private func evolved(_ group: Int, _ branch: Int) -> UnsafeMutablePointer<V> {
    let state = 2 &* amplitudes
    if case .stored(let history) = workspace.lanes.history {
      let layers = tables.ansatz.rotationLayers
      return history.assumingMemoryBound(to: V.self) + (index(group, branch) &* layers &+ layers &- 1) &* state
    }
    return workspace.evolved.assumingMemoryBound(to: V.self) + index(group, branch) &* state
  }

  /// The direction's view of one group and branch.
  private func forward(_ group: Int, _ branch: Int) -> ForwardSweep<V> {
    let lanes = workspace.lanes
    var (a, b, history) = (UnsafeMutableRawPointer(evolved(group, branch)), lanes.stateA, lanes.history)
    if case .stored(let all) = history {
      history = .stored(
        all + index(group, branch) &* tables.ansatz.rotationLayers &* 2 &* amplitudes &* MemoryLayout<V>.stride)
    } else if tables.ansatz.rotationLayers & 1 == 0 {
      // The states alternate, from A on; the last one is to be the one that is kept.
      (a, b) = (b, a)
    }
    return ForwardSweep(
      network: network,
      workspace: Workspace(
        stateA: a, stateB: b, cotangentA: lanes.cotangentA, cotangentB: lanes.cotangentB, history: history,
        diagonal: lanes.diagonal, readout: lanes.readout, sample: lanes.sample))
  }

  /// Evolves all branches of a group.
  func evolve(_ group: Int) {
    var branch = 0
    while branch < span.branches {
      let input = span.states.assumingMemoryBound(to: V.self) + 2 &* amplitudes &* index(group, branch)
      _ = forward(group, branch).evolve(input)
      branch &+= 1
    }
  }

  /// The columns of all forms that belong to a group's vectors. All groups up to this one are evolved.
  func sumForms(_ group: Int) {
    let forms = forms
    let first = group &* V.lanes
    // Columns beyond the last group's are cleared with it.
    let end = group &+ 1 == shape.groups ? forms.padded : first &+ V.lanes
    setOnes()
    var logit = 0
    while logit < forms.logits {
      forms.clear(logit, from: first, to: end)
      addForm(logit, group, to: forms.form(logit) + first, stride: forms.padded)
      forms.fold(logit, from: first, to: end)
      logit &+= 1
    }
  }

  private func setOnes() {
    var logit = 0
    while logit < network.readout.logits {
      ones[logit] = V(repeating: V.Scalar(rounding: 1))
      logit &+= 1
    }
  }

  private func observable(_ logit: Int) -> Cotangent<V> {
    Cotangent(tables: tables, observables: network.observables, logit: logit)
  }

  private func addForm(_ logit: Int, _ group: Int, to columns: UnsafeMutablePointer<Double>, stride: Int) {
    let observable = observable(logit)
    let gram = LaneGram<V>(amplitudes: amplitudes)
    observable.fillDiagonal(ones, values)
    var branch = 0
    while branch < span.branches {
      observable.set(evolved(group, branch), weights: ones, values: values, spare: spare, image, adds: false)
      observable.finish(image)
      var start = 0
      while start < amplitudes {
        var left = 0
        while left <= group {
          gram.add(
            evolved(left, branch), image, start: start, rows: count(left), to: columns + V.lanes &* left &* stride,
            stride: stride)
          left &+= 1
        }
        start &+= LaneGram<V>.block
      }
      branch &+= 1
    }
  }

  /// The backward direction of all branches of a group, from the summed weights of the forms. All groups are evolved.
  func descend(_ group: Int, moments: UnsafeMutablePointer<Double>) {
    setOnes()
    var branch = 0
    while branch < span.branches {
      start(group, branch)
      var sweep = forward(group, branch)
      var psi = evolved(group, branch)
      if case .stored = workspace.lanes.history {
      } else {
        // ψ of this group is a part of λ of the others: what is un-computed is a copy.
        let copy = spare
        var i = 0
        while i < 2 &* amplitudes {
          copy[i] = psi[i]
          i &+= 1
        }
        psi = copy
        sweep = ForwardSweep(network: network, workspace: workspace.lanes)
      }
      BackwardSweep(forward: sweep, moments: moments).run(
        psi, spare: workspace.lanes.stateB.assumingMemoryBound(to: V.self))
      branch &+= 1
    }
  }

  /// λ_l = Σ_j O_j Σ_k W^j_kl ψ_k of one group and branch.
  private func start(_ group: Int, _ branch: Int) {
    let forms = forms
    var logit = 0
    while logit < forms.logits {
      mix(logit, group, branch, forms)
      let observable = observable(logit)
      observable.fillDiagonal(ones, values)
      observable.set(mixed, weights: ones, values: values, spare: spare, image, adds: logit > 0)
      logit &+= 1
    }
    observable(0).finish(image)
  }

  private func mix(_ logit: Int, _ group: Int, _ branch: Int, _ forms: FormSet) {
    var k = 0
    while k < span.dimension {
      var column = V.zero
      var lane = 0
      while lane < V.lanes {
        column.setLane(lane, V.Scalar(rounding: forms.weight(logit, k, group &* V.lanes &+ lane)))
        lane &+= 1
      }
      columns[k] = column
      k &+= 1
    }
    let gram = LaneGram<V>(amplitudes: amplitudes)
    var start = 0
    while start < amplitudes {
      var source = 0
      while source < shape.groups {
        gram.mix(
          evolved(source, branch), columns + source &* V.lanes, start: start, rows: count(source), into: mixed,
          adds: source > 0)
        source &+= 1
      }
      start &+= LaneGram<V>.block
    }
  }
}
