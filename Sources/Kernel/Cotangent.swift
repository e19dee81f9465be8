/// The start of the backward sweep: λ = Σ_j w_j O_j ψ, at the point after the last Ry (the pending Rz(α) and CNOTs are
/// undone again).
struct Cotangent<V: LaneVector> {
  let tables: CircuitTables
  let observables: Observables

  /// - Parameters:
  ///   - weights: `[logit]`, the loss's derivative by each expectation.
  ///   - values: `[amplitude]`, overwritten with the diagonal part of Σ w O.
  ///   - spare: a state's memory, overwritten where an observable has X or Y.
  func run(
    _ state: UnsafePointer<V>, weights: UnsafePointer<V>, values: UnsafeMutablePointer<V>,
    spare: UnsafeMutablePointer<V>, into cotangent: UnsafeMutablePointer<V>
  ) {
    fillDiagonal(weights, values)
    guard observables.hasNonDiagonal else { return scale(state, values, cotangent) }
    let measure = Measure<V>(tables: tables, observables: observables)
    measure.applyPending(state, into: spare)
    scale(spare, values, cotangent)
    addFlips(spare, weights, cotangent)
    undoPending(measure.pendingDiagonal, cotangent)
  }

  private func weight(_ term: PauliTerm, _ weights: UnsafePointer<V>) -> V {
    weights[Int(term.logit)] * V(repeating: V.Scalar(rounding: term.weight))
  }

  private func fillDiagonal(_ weights: UnsafePointer<V>, _ values: UnsafeMutablePointer<V>) {
    // Single Z by doubling: where the bit is 1 the value is lower by twice its weight.
    var total = V.zero
    var t = 0
    while t < observables.count {
      let term = observables.terms[t]
      if term.isDiagonal && term.signs.nonzeroBitCount == 1 { total = total + weight(term, weights) }
      t += 1
    }
    values[0] = total
    var bit = 0
    while bit < tables.ansatz.qubits {
      var drop = V.zero
      t = 0
      while t < observables.count {
        let term = observables.terms[t]
        if term.isDiagonal && term.signs == BasisIndex.single(bit) {
          let w = weight(term, weights)
          drop = drop + w + w
        }
        t += 1
      }
      let width = 1 << bit
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
      if !term.isDiagonal || term.signs.nonzeroBitCount == 1 { continue }
      let w = weight(term, weights)
      var i = 0
      while i < tables.ansatz.amplitudes {
        let odd = BasisIndex.isOdd(UInt32(truncatingIfNeeded: i), term.signs)
        values[i] = odd ? values[i] - w : values[i] + w
        i &+= 1
      }
    }
  }

  private func scale(_ state: UnsafePointer<V>, _ values: UnsafePointer<V>, _ cotangent: UnsafeMutablePointer<V>) {
    var i = 0
    while i < tables.ansatz.amplitudes {
      let value = values[tables.endsEntangled ? Int(tables.entangled[i]) : i]
      cotangent[2 &* i] = value * state[2 &* i]
      cotangent[2 &* i &+ 1] = value * state[2 &* i &+ 1]
      i &+= 1
    }
  }

  private func addFlips(_ state: UnsafePointer<V>, _ weights: UnsafePointer<V>, _ cotangent: UnsafeMutablePointer<V>) {
    var t = 0
    while t < observables.count {
      let term = observables.terms[t]
      t += 1
      if term.isDiagonal { continue }
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
