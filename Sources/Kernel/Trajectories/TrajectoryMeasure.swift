/// Expectations of Pauli strings in states as they stand, a string at a time.
struct TrajectoryMeasureJob: LaneJob {
  let network: TrajectoryNetwork
  let state: UnsafeRawPointer
  /// `[lane][logit]`
  let expectations: UnsafeMutablePointer<Double>

  func run<V: LaneVector>(_ vector: V.Type) {
    var i = 0
    while i < V.lanes &* network.logits {
      expectations[i] = 0
      i &+= 1
    }
    let vectors = state.assumingMemoryBound(to: V.self)
    var t = 0
    while t < network.termCount {
      add(network.terms[t], vectors)
      t &+= 1
    }
  }

  private func add<V: LaneVector>(_ term: PauliTerm, _ state: UnsafePointer<V>) {
    // As `LaneSums`: no more than some amplitudes at once in the lanes' own precision.
    let amplitudes = network.ansatz.amplitudes
    var i = 0
    while i < amplitudes {
      let end = min(i &+ LaneSums<V>.block, amplitudes)
      let sum = term.isDiagonal ? diagonal(term, state, i..<end) : flipped(term, state, i..<end)
      i = end
      var lane = 0
      while lane < V.lanes {
        expectations[lane &* network.logits &+ Int(term.logit)] += term.weight * sum.lane(lane).double
        lane &+= 1
      }
    }
  }

  private func diagonal<V: LaneVector>(_ term: PauliTerm, _ state: UnsafePointer<V>, _ range: Range<Int>) -> V {
    var (even, odd) = (V.zero, V.zero)
    var i = range.lowerBound
    while i < range.upperBound {
      let (re, im) = (state[2 &* i], state[2 &* i &+ 1])
      let chance = (re * re).adding(im, times: im)
      if BasisIndex.isOdd(UInt32(truncatingIfNeeded: i), term.signs) {
        odd = odd + chance
      } else {
        even = even + chance
      }
      i &+= 1
    }
    return even - odd
  }

  private func flipped<V: LaneVector>(_ term: PauliTerm, _ state: UnsafePointer<V>, _ range: Range<Int>) -> V {
    var sum = V.zero
    var i = range.lowerBound
    while i < range.upperBound {
      let j = i ^ Int(term.flips)
      let (x, y) = term.image(state, i)
      sum = sum.adding(state[2 &* j], times: x).adding(state[2 &* j &+ 1], times: y)
      i &+= 1
    }
    return sum
  }
}
