/// A number that belongs to a ground state of the chain, for a regression to tell.
public enum ChainTarget: String, Sendable, CaseIterable {
  /// The Ising coupling itself.
  case h2
  /// The distance to the next level of the ground state's symmetry sector (∏X and, of a periodic chain, momentum 0), in
  /// the couplings' unit. States of other sectors may lie nearer.
  case gap
  /// The mean over the sites of the cluster stabiliser, ⟨Z_{i−1} X_i Z_{i+1}⟩: 1 in the cluster state (h2 = 0), which
  /// is deep in the symmetry-protected topological phase, falling through the transition.
  case order
}

/// The gap of a sector along a family: exact values at equidistant h2, and lines between them.
struct GapTable {
  /// Between two values the line is off by at most an eighth of the square of their distance times the curvature.
  static let points = 65

  /// `[points]`
  let values: UnsafeMutablePointer<Double>
  let range: ClosedRange<Double>

  /// - Throws: what `SectorSolver.solve` throws.
  func fill(_ solver: SectorSolver) throws(SpectrumError) {
    let width = range.upperBound - range.lowerBound
    for point in 0..<Self.points {
      let h2 = range.lowerBound + width * Double(point) / Double(Self.points - 1)
      values[point] =
        width == 0 && point > 0 ? values[0] : try solver.solve(h2: min(h2, range.upperBound)).gap
    }
  }

  /// - Precondition: h2 within the range.
  func gap(h2: Double) -> Double {
    let width = range.upperBound - range.lowerBound
    if width == 0 { return values[0] }
    let place = (h2 - range.lowerBound) / width * Double(Self.points - 1)
    let left = min(Int(place), Self.points - 2)
    return values[left] + (place - Double(left)) * (values[left + 1] - values[left])
  }
}

extension GroundStateFamily {
  /// The target of a ground state. Allocates nothing.
  /// - Parameters:
  ///   - state, coefficients: what `groundState` gave for this h2.
  /// - Precondition: h2 within the family's range; for `gap`, a specification that asks for it.
  public func value(
    of target: ChainTarget, h2: Double, _ state: GroundState, coefficients: UnsafePointer<Double>
  ) -> Double {
    switch target {
    case .h2: return h2
    case .gap: return gaps!.gap(h2: h2)
    case .order:
      // E = ⟨A⟩ + h2 ⟨B⟩ with A = −J Σ Z X Z: `validate` lets no field be there.
      let bonds = problem.linearExpectation(coefficients, basisDimension)
      return -(state.energy - h2 * bonds) / (specification.j * Double(specification.clusterTermCount))
    }
  }
}

extension ChainSpecification {
  /// Terms Z X Z of the chain.
  var clusterTermCount: Int { boundary == .periodic ? qubits : qubits - 2 }
}

extension ReducedProblem {
  /// ⟨B⟩ = −Σ ⟨X_i X_{i+1}⟩ of a state.
  func linearExpectation(_ coefficients: UnsafePointer<Double>, _ size: Int) -> Double {
    var sum = 0.0
    for row in 0..<size {
      var component = 0.0
      for column in 0..<size { component += linear[row * limit + column] * coefficients[column] }
      sum += coefficients[row] * component
    }
    return sum
  }
}
