import CSupport

/// One Kraus operator for each lane, chosen with the probability that it has in the lane's state.
struct KrausChoice<V: LaneVector> {
  let table: KrausTable
  /// `[moment]` of the lanes' reduced density matrices; only the diagonal's where the table needs no others, and none
  /// where its probabilities are fixed.
  let moments: LaneSums<V>
  /// `[row][column][re, im]`, the result: the lanes' operators, each times √(tr ρ / tr KρK†), so that a state keeps
  /// its norm, which need not be 1.
  let coefficients: UnsafeMutablePointer<V>

  /// - Parameter uniforms: `[lane]`; not read where there is one operator alone.
  /// - Returns: whether all lanes' operators are diagonal.
  func fill(_ uniforms: UnsafePointer<Double>) -> Bool {
    let diagonal = table.traits.diagonal
    if table.traits.count == 1 && table.traits.hasFixedProbabilities {
      fillAll()
      return diagonal & 1 == 1
    }
    var isDiagonal = true
    var lane = 0
    while lane < V.lanes {
      let choice = choose(lane, uniforms[lane])
      fill(lane, choice.index, choice.factor)
      if diagonal &>> UInt16(truncatingIfNeeded: choice.index) & 1 == 0 { isDiagonal = false }
      lane &+= 1
    }
    return isDiagonal
  }

  private func fillAll() {
    let elements = table.elements(0)
    var i = 0
    while i < 2 &* table.size &* table.size {
      coefficients[i] = V(elements[i])
      i &+= 1
    }
  }

  private func fill(_ lane: Int, _ index: Int, _ factor: Double) {
    let elements = table.elements(index)
    let scalars = UnsafeMutableRawPointer(coefficients).assumingMemoryBound(to: V.Scalar.self) + lane
    var i = 0
    while i < 2 &* table.size &* table.size {
      scalars[i &* V.lanes] = V.Scalar(rounding: factor * elements[i])
      i &+= 1
    }
  }

  /// The first operator behind whose probability the sum of all before passes the uniform number. Operators of great
  /// weight should come first: what is behind the chosen one is not looked at.
  private func choose(_ lane: Int, _ uniform: Double) -> (index: Int, factor: Double) {
    let trace = trace(lane)
    let threshold = uniform * trace
    var (sum, likeliest, greatest) = (0.0, 0, 0.0)
    var k = 0
    while k < table.traits.count {
      let chance = probability(k, lane)
      sum += chance
      if sum > threshold { return (k, qkd_sqrt(trace / chance)) }
      if chance > greatest { (likeliest, greatest) = (k, chance) }
      k &+= 1
    }
    // Rounding leaves a gap at the end, and an empty lane has no probabilities at all.
    return (likeliest, greatest > 0 ? qkd_sqrt(trace / greatest) : 1)
  }

  private func trace(_ lane: Int) -> Double {
    if table.traits.hasFixedProbabilities { return 1 }
    var sum = 0.0
    var i = 0
    while i < table.size {
      sum += moments.value(i, lane)
      i &+= 1
    }
    return sum
  }

  private func probability(_ index: Int, _ lane: Int) -> Double {
    let effect = table.effect(index)
    if table.traits.hasFixedProbabilities { return effect[0] }
    let count = table.traits.needsPopulationsAlone ? table.size : table.size &* table.size
    var sum = 0.0
    var moment = 0
    while moment < count {
      sum += effect[moment] * moments.value(moment, lane)
      moment &+= 1
    }
    return sum
  }
}
