/// The start of the backward sweep: λ = Σ_j w_j O_j ψ, at the point after the last Ry (the pending Rz(α) and CNOTs are
/// undone again).
struct Cotangent<V: LaneVector> {
  let tables: CircuitTables
  let observables: Observables

  /// The logit whose terms are taken alone, or nil for all.
  var logit: Int?

  /// - Parameters:
  ///   - weights: `[logit]`, the loss's derivative by each expectation.
  ///   - values: `[amplitude]`, overwritten with the diagonal part of Σ w O.
  ///   - spare: a state's memory, overwritten where an observable has X or Y.
  func run(
    _ state: UnsafePointer<V>, weights: UnsafePointer<V>, values: UnsafeMutablePointer<V>,
    spare: UnsafeMutablePointer<V>, into cotangent: UnsafeMutablePointer<V>
  ) {
    fillDiagonal(weights, values)
    set(state, weights: weights, values: values, spare: spare, cotangent, adds: false)
    finish(cotangent)
  }

  /// Sets or adds Σ w O ψ without undoing what is pending, so that the parts of several states can be added first.
  /// - Parameter values: `[amplitude]`, as `fillDiagonal` left them for the same weights.
  func set(
    _ state: UnsafePointer<V>, weights: UnsafePointer<V>, values: UnsafePointer<V>, spare: UnsafeMutablePointer<V>,
    _ cotangent: UnsafeMutablePointer<V>, adds: Bool
  ) {
    if !observables.hasNonDiagonal { return scale(state, values, cotangent, adds) }
    Measure<V>(tables: tables, observables: observables).applyPending(state, into: spare)
    scale(spare, values, cotangent, adds)
    addFlips(spare, weights, cotangent)
  }

  /// Undoes what is pending.
  func finish(_ cotangent: UnsafeMutablePointer<V>) {
    if !observables.hasNonDiagonal { return }
    undoPending(Measure<V>(tables: tables, observables: observables).pendingDiagonal, cotangent)
  }

  private func takes(_ term: PauliTerm) -> Bool { logit == nil || Int(term.logit) == logit }

  private func weight(_ term: PauliTerm, _ weights: UnsafePointer<V>) -> V {
    weights[Int(term.logit)] * V(repeating: V.Scalar(rounding: term.weight))
  }

  /// The diagonal part of Σ w O, `[amplitude]`.
  func fillDiagonal(_ weights: UnsafePointer<V>, _ values: UnsafeMutablePointer<V>) {
    // Single Z by doubling: where the bit is 1 the value is lower by twice its weight.
    var total = V.zero
    var t = 0
    while t < observables.count {
      let term = observables.terms[t]
      if takes(term) && term.isDiagonal && term.signs.nonzeroBitCount == 1 { total = total + weight(term, weights) }
      t += 1
    }
    values[0] = total
    var bit = 0
    while bit < tables.ansatz.qubits {
      var drop = V.zero
      t = 0
      while t < observables.count {
        let term = observables.terms[t]
        if takes(term) && term.isDiagonal && term.signs == BasisIndex.single(bit) {
          let w = weight(term, weights)
          drop = drop + w + w
        }
        t += 1
      }
      let width = 1 &<< bit
      var i = 0
      while i < width {
        values[i &+ width] = values[i] - drop
        i &+= 1
      }
      bit += 1
    }
    t = 0
    while t < observables.count {
      let term = observables.terms[t]
      t += 1
      if !takes(term) || !term.isDiagonal || term.signs.nonzeroBitCount == 1 { continue }
      let w = weight(term, weights)
      var i = 0
      while i < tables.ansatz.amplitudes {
        let odd = BasisIndex.isOdd(UInt32(truncatingIfNeeded: i), term.signs)
        values[i] = odd ? values[i] - w : values[i] + w
        i &+= 1
      }
    }
  }

  private func scale(
    _ state: UnsafePointer<V>, _ values: UnsafePointer<V>, _ cotangent: UnsafeMutablePointer<V>, _ adds: Bool
  ) {
    let (amplitudes, place, isEntangled) = (tables.ansatz.amplitudes, tables.entangled, tables.endsEntangled)
    var i = 0
    while i < amplitudes {
      let value = values[isEntangled ? Int(place[i]) : i]
      let (x, y) = (value * state[2 &* i], value * state[2 &* i &+ 1])
      cotangent[2 &* i] = adds ? cotangent[2 &* i] + x : x
      cotangent[2 &* i &+ 1] = adds ? cotangent[2 &* i &+ 1] + y : y
      i &+= 1
    }
  }

  private func addFlips(_ state: UnsafePointer<V>, _ weights: UnsafePointer<V>, _ cotangent: UnsafeMutablePointer<V>) {
    var t = 0
    while t < observables.count {
      let term = observables.terms[t]
      t += 1
      if !takes(term) || term.isDiagonal { continue }
      let w = weight(term, weights)
      var i = 0
      while i < tables.ansatz.amplitudes {
        let j = i ^ Int(term.flips)
        let (x, y) = term.image(state, i)
        cotangent[2 &* j] = cotangent[2 &* j].adding(x, times: w)
        cotangent[2 &* j &+ 1] = cotangent[2 &* j &+ 1].adding(y, times: w)
        i &+= 1
      }
    }
  }

  private func undoPending(_ re: UnsafePointer<V.Scalar>, _ cotangent: UnsafeMutablePointer<V>) {
    let im = re + tables.ansatz.amplitudes
    var i = 0
    while i < tables.ansatz.amplitudes {
      let (x, y) = (cotangent[2 &* i], cotangent[2 &* i &+ 1])
      let (a, b) = (V(repeating: re[i]), V(repeating: im[i]))
      cotangent[2 &* i] = (x * a).adding(y, times: b)
      cotangent[2 &* i &+ 1] = (y * a).subtracting(x, times: b)
      i &+= 1
    }
  }
}
