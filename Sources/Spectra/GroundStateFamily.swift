import Budget

/// A ground state of a family: its energy, and ‖Hψ − Eψ‖, both in the couplings' unit.
public struct GroundState: Sendable, Equatable {
  public let energy: Double
  public let residual: Double
}

/// Every ground state of a chain over a range of h2, as coefficients in a basis of at most a few dozen states.
///
/// Construction computes exact ground states where they are needed and belongs before the seal; from then on
/// `groundState(h2:coefficients:)` gives any ground state of the range, to `specification.residualTolerance`, in
/// microseconds and without an allocation. States are real, of norm one.
///
/// A family is for one thread at a time: solving uses scratch memory of its own. What expansion reads (`basis`,
/// `sectorIndex`, `sectorScale`) never changes, so any number of threads may expand while one solves. All pointers stay
/// valid as long as the arena, or the sealed arena made from it.
public final class GroundStateFamily {
  public let specification: ChainSpecification
  /// The ∏X of every state: the one stated, or the one found.
  public let parity: FlipParity
  public let sectorDimension: Int
  /// R, the number of coefficients of a state.
  public let basisDimension: Int
  /// The largest residual seen on the grid of h2 that the basis was fitted to.
  public let largestResidual: Double
  /// The smallest gap in the sector at the exact ground states that the basis was made of. A state's distance from the
  /// true one is at most about its residual / the gap (Davis–Kahan).
  public let smallestGap: Double
  /// [sectorDimension][basisDimension]: orthonormal basis states in sector coordinates; the coordinates of one orbit of
  /// all basis states are contiguous.
  public let basis: UnsafePointer<Double>
  /// [2^n] and [2^n]: amplitude[i] = sectorScale[i] · Σ_r basis[sectorIndex[i]][r] · coefficient[r], qubit q being bit
  /// q of i. Where a basis state does not occur the scale is 0 and the index a valid one.
  public let sectorIndex: UnsafePointer<UInt32>
  public let sectorScale: UnsafePointer<Double>

  let problem: ReducedProblem
  /// nil unless the specification asks for it.
  let gaps: GapTable?
  private let residualFactor: ResidualFactor
  private let eigenSolver: DenseEigenSolver

  /// Reserves everything that building and using the family takes. Nothing is computed but sizes.
  /// - Throws: `SpectrumError`, for a specification that can be refused without computing.
  public static func reserve(
    _ specification: ChainSpecification, in planner: inout Planner
  ) throws(SpectrumError) -> GroundStateReservations {
    try GroundStateReservations(specification, in: &planner)
  }

  /// Builds the family, deterministic to the bit. One core takes about 0.1 s for 15 qubits, 4 s for 20.
  ///
  /// That a ground state is unique is checked where it can be: the gap inside the sector at every exact ground state,
  /// the lowest level outside the sector of a periodic chain at both ends and in the middle of the range, and a change
  /// of the state from one level to another on a grid over the range. Two levels that only touch at a point between
  /// those, as in an open chain at h2 = 0, go unseen; the family then is the one that is continuous there.
  /// - Parameters:
  ///   - reservations: made by `reserve` for the plan of this arena.
  ///   - progress: told after each exact ground state how many there are, and the largest residual left.
  /// - Throws: `SpectrumError`.
  public init(
    _ reservations: GroundStateReservations, arena: borrowing Arena,
    progress: ((_ snapshots: Int, _ residual: Double) -> Void)? = nil
  ) throws(SpectrumError) {
    let chain = reservations.chain
    let buffers = GroundStateBuffers(reservations, arena)
    let choice = SectorChoice(chain: chain, buffers: buffers)
    let solver = try choice.solver()
    let sector = solver.sector
    var growing = ReducedBasis(solver: solver, problem: buffers.problem, columns: buffers.columns)
    try growing.grow(progress)
    try buffers.gaps?.fill(solver)
    let size = growing.size
    let eigenSolver = try DenseEigenSolver(size: size)
    var coefficients = [Double](repeating: 0, count: size)
    try choice.checkOutside(sector) { h2 in buffers.problem.solve(h2: h2, eigenSolver, &coefficients) }

    self.residualFactor = ResidualFactor(
      chain, sector, basisDimension: size, columns: buffers.columns, images: buffers.images,
      factor: buffers.residualFactor)
    let tables = SectorTables(
      chain, parity: sector.basis.parity, index: buffers.sectorIndex, scale: buffers.sectorScale)
    for state in 0..<size {
      sector.expand(buffers.columns + state * sector.dimension, into: buffers.diagonal)
      tables.transform(buffers.diagonal, into: buffers.basis + state, stride: size)
    }
    self.specification = chain
    self.parity = sector.basis.parity
    self.sectorDimension = sector.dimension
    self.basisDimension = size
    self.largestResidual = growing.worst.residual
    self.smallestGap = growing.narrowest.gap
    self.basis = UnsafePointer(buffers.basis)
    self.sectorIndex = UnsafePointer(tables.index)
    self.sectorScale = UnsafePointer(tables.scale)
    self.problem = buffers.problem
    self.gaps = buffers.gaps
    self.eigenSolver = eigenSolver
  }

  /// The ground state at one h2. Allocates nothing.
  ///
  /// The sign is fixed: the first coefficient is not negative. For an h2 outside the family's range, or NaN, energy and
  /// residual are NaN and all coefficients 0.
  /// - Parameter coefficients: [basisDimension], written.
  public func groundState(h2: Double, coefficients: UnsafeMutablePointer<Double>) -> GroundState {
    guard h2 >= specification.h2Range.lowerBound && h2 <= specification.h2Range.upperBound else {
      coefficients.update(repeating: 0, count: basisDimension)
      return GroundState(energy: .nan, residual: .nan)
    }
    let energy = problem.solve(h2: h2, eigenSolver, coefficients)
    let inside = problem.squaredResidual(h2: h2, energy, coefficients, basisDimension)
    let outside = residualFactor.squaredNorm(coefficients, h2: h2)
    return GroundState(energy: energy, residual: (inside + outside).squareRoot())
  }

  /// Writes the 2^n amplitudes of a state in double precision. Allocates nothing.
  /// - Parameters:
  ///   - coefficients: [basisDimension]
  ///   - amplitudes: [2^n]
  public func expand(coefficients: UnsafePointer<Double>, into amplitudes: UnsafeMutablePointer<Double>) {
    for state in 0..<(1 << specification.qubits) {
      let row = basis + Int(sectorIndex[state]) * basisDimension
      var coordinate = 0.0
      for position in 0..<basisDimension { coordinate += row[position] * coefficients[position] }
      amplitudes[state] = sectorScale[state] * coordinate
    }
  }
}
