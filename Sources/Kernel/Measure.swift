/// Expectations of the observables in the state after the last rotations, whose Rz(α) and CNOTs are still pending.
struct Measure<V: LaneVector> {
  let tables: CircuitTables
  let observables: Observables

  private var amplitudes: Int { tables.ansatz.amplitudes }

  /// - Parameters:
  ///   - probabilities: `[amplitude]`, overwritten.
  ///   - spare: a state's memory, overwritten where an observable has X or Y.
  ///   - expectations: `[logit]`, the result.
  func run(
    _ state: UnsafePointer<V>, probabilities: UnsafeMutablePointer<V>, spare: UnsafeMutablePointer<V>,
    expectations: UnsafeMutablePointer<V>
  ) {
    var j = 0
    while j < observables.logits {
      expectations[j] = .zero
      j += 1
    }
    if observables.hasDiagonal {
      fillProbabilities(state, probabilities)
      addStrings(probabilities, expectations)
      addSingleBits(probabilities, expectations)
    }
    if observables.hasNonDiagonal {
      applyPending(state, into: spare)
      addFlips(spare, expectations)
    }
  }

  private func fillProbabilities(_ state: UnsafePointer<V>, _ probabilities: UnsafeMutablePointer<V>) {
    let (amplitudes, place, isEntangled) = (amplitudes, tables.entangled, tables.endsEntangled)
    var i = 0
    while i < amplitudes {
      let (re, im) = (state[2 &* i], state[2 &* i &+ 1])
      // Where amplitude i stands after the pending CNOTs.
      probabilities[isEntangled ? Int(place[i]) : i] = (re * re).adding(im, times: im)
      i &+= 1
    }
  }

  /// Diagonal strings of no or several Z: one signed sum each.
  private func addStrings(_ probabilities: UnsafePointer<V>, _ expectations: UnsafeMutablePointer<V>) {
    var t = 0
    while t < observables.count {
      let term = observables.terms[t]
      t += 1
      if !term.isDiagonal || term.signs.nonzeroBitCount == 1 { continue }
      var sum = V.zero
      var i = 0
      while i < amplitudes {
        let odd = BasisIndex.isOdd(UInt32(truncatingIfNeeded: i), term.signs)
        sum = odd ? sum - probabilities[i] : sum + probabilities[i]
        i &+= 1
      }
      let weight = V(repeating: V.Scalar(rounding: term.weight))
      expectations[Int(term.logit)] = expectations[Int(term.logit)].adding(sum, times: weight)
    }
  }

  /// Single Z: folding the probabilities from the highest bit down gives them all for 2N additions; bits that no
  /// observable has take a third of them.
  private func addSingleBits(_ probabilities: UnsafeMutablePointer<V>, _ expectations: UnsafeMutablePointer<V>) {
    let lowest = observables.lowestSingleBit
    let wanted = singleBits
    var bit = tables.ansatz.qubits - 1
    while bit > lowest {
      if wanted & (BasisIndex.single(bit) | BasisIndex.single(bit - 1)) == 0 {
        sumTwo(probabilities, width: 1 &<< (bit &- 1))
      } else {
        let (upper, lower) = foldTwo(probabilities, width: 1 &<< (bit &- 1))
        addZ(bit, upper, expectations)
        addZ(bit - 1, lower, expectations)
      }
      bit -= 2
    }
    if bit == lowest { addZ(bit, fold(probabilities, width: 1 &<< bit), expectations) }
  }

  /// The bits of which some observable is Z alone.
  private var singleBits: UInt32 {
    var bits: UInt32 = 0
    var t = 0
    while t < observables.count {
      let term = observables.terms[t]
      if term.isDiagonal && term.signs.nonzeroBitCount == 1 { bits |= term.signs }
      t += 1
    }
    return bits
  }

  private func addZ(_ bit: Int, _ z: V, _ expectations: UnsafeMutablePointer<V>) {
    var t = 0
    while t < observables.count {
      let term = observables.terms[t]
      if term.isDiagonal && term.signs == BasisIndex.single(bit) {
        let weight = V(repeating: V.Scalar(rounding: term.weight))
        expectations[Int(term.logit)] = expectations[Int(term.logit)].adding(z, times: weight)
      }
      t += 1
    }
  }

  /// spare = Rz(α) of the last layer · state.
  func applyPending(_ state: UnsafePointer<V>, into spare: UnsafeMutablePointer<V>) {
    let re = pendingDiagonal
    let im = re + amplitudes
    var i = 0
    while i < amplitudes {
      let (x, y) = (state[2 &* i], state[2 &* i &+ 1])
      let (a, b) = (V(repeating: re[i]), V(repeating: im[i]))
      spare[2 &* i] = (x * a).subtracting(y, times: b)
      spare[2 &* i &+ 1] = (y * a).adding(x, times: b)
      i &+= 1
    }
  }

  var pendingDiagonal: UnsafePointer<V.Scalar> {
    UnsafePointer(tables.diagonal.assumingMemoryBound(to: V.Scalar.self)) + 2 * tables.ansatz.rotationLayers
      * amplitudes
  }

  private func addFlips(_ state: UnsafePointer<V>, _ expectations: UnsafeMutablePointer<V>) {
    var t = 0
    while t < observables.count {
      let term = observables.terms[t]
      t += 1
      if term.isDiagonal { continue }
      var sum = V.zero
      var i = 0
      while i < amplitudes {
        let j = i ^ Int(term.flips)
        let (x, y) = term.image(state, i)
        sum = sum.adding(state[2 &* j], times: x).adding(state[2 &* j &+ 1], times: y)
        i &+= 1
      }
      let weight = V(repeating: V.Scalar(rounding: term.weight))
      expectations[Int(term.logit)] = expectations[Int(term.logit)].adding(sum, times: weight)
    }
  }
}

extension PauliTerm {
  /// The amplitude that the string puts at i ⊕ flips: i^phase · (−1)^|i ∧ signs| · state[i].
  @inline(__always)
  func image<V: LaneVector>(_ state: UnsafePointer<V>, _ i: Int) -> (V, V) {
    let (re, im) = (state[2 &* i], state[2 &* i &+ 1])
    let odd = BasisIndex.isOdd(UInt32(truncatingIfNeeded: i), signs)
    switch (phase &+ (odd ? 2 : 0)) & 3 {
    case 0: return (re, im)
    case 1: return (V.zero - im, re)
    case 2: return (V.zero - re, V.zero - im)
    default: return (im, V.zero - re)
    }
  }
}

/// Adds the upper half of 2 · width values onto the lower and returns Σ lower − Σ upper.
@inline(__always)
func fold<V: LaneVector>(_ values: UnsafeMutablePointer<V>, width: Int) -> V {
  var difference = V.zero
  var i = 0
  while i < width {
    let (lower, upper) = (values[i], values[i &+ width])
    difference = difference + (lower - upper)
    values[i] = lower + upper
    i &+= 1
  }
  return difference
}

/// Two folds of 4 · width values in one sweep, of their highest bit and of the bit below; half the loads and stores,
/// and several sums that need not wait for each other.
@inline(__always)
func foldTwo<V: LaneVector>(_ values: UnsafeMutablePointer<V>, width: Int) -> (upper: V, lower: V) {
  var (upper0, upper1, lower) = (V.zero, V.zero, V.zero)
  var i = 0
  while i < width {
    let (a, b) = (values[i], values[i &+ width])
    let (c, d) = (values[i &+ 2 &* width], values[i &+ 3 &* width])
    let (ac, bd) = (a + c, b + d)
    upper0 = upper0 + (a - c)
    upper1 = upper1 + (b - d)
    lower = lower + (ac - bd)
    values[i] = ac + bd
    i &+= 1
  }
  return (upper0 + upper1, lower)
}

/// The sums of `foldTwo` alone.
@inline(__always)
func sumTwo<V: LaneVector>(_ values: UnsafeMutablePointer<V>, width: Int) {
  var i = 0
  while i < width {
    let (a, b) = (values[i], values[i &+ width])
    let (c, d) = (values[i &+ 2 &* width], values[i &+ 3 &* width])
    // In foldTwo's order.
    values[i] = (a + c) + (b + d)
    i &+= 1
  }
}
