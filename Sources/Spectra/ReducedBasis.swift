import CSupport

/// Grows an orthonormal basis out of exact ground states until it holds every ground state of the family (the greedy
/// reduced-basis method): H is affine in h2, so the residual of every h2 is cheap to have, and the next exact state is
/// taken where it is largest. Snapshots are thus never stored as a set, and the basis is as small as it gets.
struct ReducedBasis {
  let solver: SectorSolver
  let problem: ReducedProblem
  /// [limit][sector dimension] orthonormal basis states.
  let columns: UnsafeMutablePointer<Double>
  private(set) var size = 0
  /// The largest residual on the grid, and where.
  private(set) var worst = (residual: Double.infinity, h2: 0.0)
  /// The smallest gap in the sector at an exact ground state, and where.
  private(set) var narrowest = (gap: Double.infinity, h2: 0.0)
  /// Two neighbours on the grid whose ground states have little to do with each other.
  private var crossing: (Double, Double)?

  /// The residual aimed at is this part of the tolerance, because h2 between the grid's points is worse than on them.
  private static let aim = 0.1
  /// A snapshot of which less than this is new would add rounding errors only.
  private static let smallestNovelty = 1e-12
  /// Neighbouring ground states of a family without level crossings are nearly the same state.
  private static let smallestOverlap = 0.5

  private var chain: ChainSpecification { solver.chain }
  private var dimension: Int { solver.sector.dimension }

  init(solver: SectorSolver, problem: ReducedProblem, columns: UnsafeMutablePointer<Double>) {
    self.solver = solver
    self.problem = problem
    self.columns = columns
  }

  /// - Parameter progress: told after each snapshot how many there are and the largest residual left.
  /// - Throws: `SpectrumError`.
  mutating func grow(_ progress: ((_ snapshots: Int, _ residual: Double) -> Void)?) throws(SpectrumError) {
    let limit = min(problem.limit, dimension)
    let tolerance = chain.largestAllowedResidual
    var h2 = gridPoint(gridCount / 2)
    while true {
      let gap = try solver.solve(h2: h2).gap
      if gap < narrowest.gap { narrowest = (gap, h2) }
      let isNew = append()
      if isNew { try measure() }
      progress?(size, worst.residual)
      let isFull = !isNew || size == limit
      if worst.residual <= (isFull ? 1 : Self.aim) * tolerance {
        if let crossing { throw .levelsCross(between: crossing.0, and: crossing.1) }
        try checkStates()
        return
      }
      if isFull {
        throw .basisTooSmall(limit: limit, residual: worst.residual, tolerance: tolerance, h2: worst.h2)
      }
      h2 = worst.h2
    }
  }

  /// An energy is as good as its residual squared, a state only as the residual is small against the gap.
  private func checkStates() throws(SpectrumError) {
    let error = worst.residual / narrowest.gap
    let allowed = chain.largestAllowedStateError
    if !(error <= allowed) {
      throw .stateUncertain(h2: narrowest.h2, gap: narrowest.gap, error: error, tolerance: allowed)
    }
  }

  /// Orthonormalises the solver's state against the basis and appends it with its rows of the reduced matrices.
  private mutating func append() -> Bool {
    let column = columns + size * dimension
    column.update(from: solver.state, count: dimension)
    var novelty = 1.0
    // Each pass removes the components to an accuracy relative to what it was given, hence three passes.
    for _ in 0..<3 {
      for earlier in 0..<size {
        let other = columns + earlier * dimension
        addScaled(-dot(other, column, dimension), other, to: column, dimension)
      }
      let remaining = norm(column, dimension)
      novelty *= remaining
      if !(novelty > Self.smallestNovelty) { return false }
      scale(column, by: 1 / remaining, dimension)
    }
    let parts = [
      (ChainTerms.constantPart(chain), problem.constant), (ChainTerms.linearPart(chain), problem.linear),
    ]
    for (terms, reduced) in parts {
      solver.sector.matrix(terms).apply(column, solver.image)
      for other in 0...size {
        let element = dot(columns + other * dimension, solver.image, dimension)
        reduced[size * problem.limit + other] = element
        reduced[other * problem.limit + size] = element
      }
    }
    size += 1
    return true
  }

  /// The true residual of the reduced ground state at every point of the grid, H applied in the sector.
  private mutating func measure() throws(SpectrumError) {
    let eigenSolver = try DenseEigenSolver(size: size)
    var coefficients = [Double](repeating: 0, count: size)
    var before = coefficients
    worst = (-1, gridPoint(0))
    crossing = nil
    for point in 0..<gridCount {
      let h2 = gridPoint(point)
      let energy = problem.solve(h2: h2, eigenSolver, &coefficients)
      combine(coefficients)
      let matrix = solver.sector.matrix(ChainTerms(chain, h2: h2))
      let residual = solver.rayleigh(matrix).residual
      if !energy.isFinite { throw .eigenSolverFailed(status: -1) }
      if residual > worst.residual { worst = (residual, h2) }
      let overlap = zip(before, coefficients).reduce(0) { $0 + $1.0 * $1.1 }
      if point > 0 && overlap.magnitude < Self.smallestOverlap { crossing = (gridPoint(point - 1), h2) }
      swap(&before, &coefficients)
    }
  }

  /// Writes the sector vector of reduced coefficients to the solver's state.
  private func combine(_ coefficients: [Double]) {
    solver.state.update(repeating: 0, count: dimension)
    for column in 0..<size {
      addScaled(coefficients[column], columns + column * dimension, to: solver.state, dimension)
    }
  }

  /// Chebyshev–Lobatto points, ascending, denser towards the ends, where residuals are largest; the ends are among
  /// them.
  private var gridCount: Int { chain.h2Range.lowerBound == chain.h2Range.upperBound ? 1 : 4 * chain.basisLimit + 1 }

  private func gridPoint(_ point: Int) -> Double {
    let (lower, upper) = (chain.h2Range.lowerBound, chain.h2Range.upperBound)
    let last = gridCount - 1
    if point == 0 { return lower }
    if point == last { return upper }
    let middle = lower + (upper - lower) / 2
    // The sine instead of the cosine gives the middle exactly.
    return middle + (upper - lower) / 2 * qkd_sin(Double.pi / 2 * Double(2 * point - last) / Double(last))
  }
}
