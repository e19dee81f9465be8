import Budget

/// The lowest state of a sector at one h2, with the gap above it: dense where the sector is small, else by Lanczos.
struct SectorSolver {
  let chain: ChainSpecification
  let sector: SymmetrySector
  /// [sector.dimension] the state found.
  let state: UnsafeMutablePointer<Double>
  /// [sector.dimension] H times that state.
  let image: UnsafeMutablePointer<Double>
  let dense: Dense?
  let lanczos: Lanczos?
  /// [lanczosDimension] where a Lanczos recurrence starts.
  let start: UnsafeMutablePointer<Double>?

  /// [dimension][dimension], [dimension][dimension], [dimension].
  struct DenseMemory {
    let matrix: UnsafeMutablePointer<Double>
    let vectors: UnsafeMutablePointer<Double>
    let values: UnsafeMutablePointer<Double>
  }

  struct Dense {
    let solver: DenseEigenSolver
    let memory: DenseMemory
  }

  /// Restarts from the vector found, should one run not reach the tolerance.
  private static let lanczosRuns = 4

  /// ‖Hψ − Eψ‖ that a state must reach: about 1e-13 of the energy.
  private var stateTolerance: Double { 2e-13 * chain.normBound }

  /// Levels closer than this count as one.
  static func degeneracyTolerance(_ chain: ChainSpecification) -> Double { 1e-9 * chain.couplingScale }

  /// Writes the normalised ground state to `state`, with a fixed sign.
  /// - Returns: its energy, and the gap to the next level of the sector, to a few per cent.
  /// - Throws: `SpectrumError.degenerate`, `.notConverged`, `.eigenSolverFailed`.
  func solve(h2: Double) throws(SpectrumError) -> (energy: Double, gap: Double) {
    let matrix = sector.matrix(ChainTerms(chain, h2: h2))
    var gap: Double?
    if let dense { gap = try solve(matrix, dense) } else { try solveByLanczos(matrix, h2) }
    fixSign()
    let (energy, residual) = rayleigh(matrix)
    if !(residual <= stateTolerance) {
      throw .notConverged(h2: h2, residual: residual, tolerance: stateTolerance, steps: 0)
    }
    let tolerance = Self.degeneracyTolerance(chain)
    let distance = if let gap { gap } else { try gapByLanczos(matrix, energy, h2) }
    if !(distance > tolerance) { throw .degenerate(h2: h2, gap: distance, tolerance: tolerance) }
    return (energy, distance)
  }

  /// The energy of the sector's lowest state alone, for about a third of the work. An error of the state shows squared
  /// in its energy, so a loose one is enough.
  /// - Throws: `SpectrumError.notConverged`, `.eigenSolverFailed`.
  func lowestLevel(h2: Double) throws(SpectrumError) -> Double {
    let matrix = sector.matrix(ChainTerms(chain, h2: h2))
    if let dense {
      _ = try solve(matrix, dense)
      return rayleigh(matrix).energy
    }
    guard let lanczos, let start else { preconditionFailure("a large sector without Lanczos vectors") }
    fill(start, with: .groundState, sector.dimension)
    let tolerance = 1e-8 * chain.normBound
    let estimate = lanczos.estimate(matrix, start: start) { _, residual in residual <= tolerance }
    if !(estimate.residual <= tolerance) {
      throw .notConverged(h2: h2, residual: estimate.residual, tolerance: tolerance, steps: estimate.steps)
    }
    return estimate.value
  }

  /// Diagonalises the whole sector.
  /// - Returns: the gap, infinite in a sector of one state.
  private func solve(_ matrix: SectorOperator, _ dense: Dense) throws(SpectrumError) -> Double {
    let dimension = sector.dimension
    let memory = dense.memory
    for column in 0..<dimension {
      state.update(repeating: 0, count: dimension)
      state[column] = 1
      // H is symmetric: its column is its row.
      matrix.apply(state, memory.matrix + column * dimension)
    }
    let status = dense.solver.solve(memory.matrix, values: memory.values, vectors: memory.vectors)
    if status != 0 { throw .eigenSolverFailed(status: status) }
    let order = (0..<dimension).sorted { memory.values[$0] < memory.values[$1] }
    for row in 0..<dimension { state[row] = memory.vectors[row * dimension + order[0]] }
    return dimension == 1 ? .infinity : memory.values[order[1]] - memory.values[order[0]]
  }

  private func solveByLanczos(_ matrix: SectorOperator, _ h2: Double) throws(SpectrumError) {
    guard let lanczos, let start else { preconditionFailure("a large sector without Lanczos vectors") }
    fill(start, with: .groundState, sector.dimension)
    let target = 1e-15 * chain.normBound
    var steps = 0
    for _ in 0..<Self.lanczosRuns {
      let estimate = lanczos.estimate(matrix, start: start) { _, residual in residual <= target }
      lanczos.ritzVector(matrix, start: start, steps: estimate.steps, into: state)
      steps += estimate.steps
      if rayleigh(matrix).residual <= stateTolerance { return }
      start.update(from: state, count: sector.dimension)
    }
    throw .notConverged(h2: h2, residual: rayleigh(matrix).residual, tolerance: stateTolerance, steps: steps)
  }

  /// The distance to the next level of the sector, to a few per cent.
  private func gapByLanczos(_ matrix: SectorOperator, _ energy: Double, _ h2: Double) throws(SpectrumError) -> Double {
    guard let lanczos, let start else { preconditionFailure("a large sector without Lanczos vectors") }
    fill(start, with: .nextLevel, sector.dimension)
    addScaled(-dot(state, start, sector.dimension), state, to: start, sector.dimension)
    let deflated = DeflatedOperator(base: matrix, eigenvector: state)
    return try lanczos.distance(
      from: energy, toLowestOf: deflated, start: start, resolution: Self.degeneracyTolerance(chain) / 4, h2: h2)
  }

  /// E = ⟨ψ|H|ψ⟩ and ‖Hψ − Eψ‖ of `state`; leaves Hψ − Eψ in `image`.
  func rayleigh(_ matrix: SectorOperator) -> (energy: Double, residual: Double) {
    matrix.apply(state, image)
    let energy = dot(state, image, sector.dimension)
    addScaled(-energy, state, to: image, sector.dimension)
    return (energy, norm(image, sector.dimension))
  }

  /// The first entry at least half as large as the largest is positive: rounding cannot change which one that is where
  /// entries are equal by symmetry.
  private func fixSign() {
    var largest = 0.0
    for orbit in 0..<sector.dimension { largest = max(largest, state[orbit].magnitude) }
    for orbit in 0..<sector.dimension where state[orbit].magnitude >= largest / 2 {
      if state[orbit] < 0 { scale(state, by: -1, sector.dimension) }
      return
    }
  }
}

extension Lanczos {
  /// How far the lowest level of `matrix` lies above `energy`, to one per cent or to `resolution`. Negative where it
  /// lies below; then only the sign is meant.
  /// - Throws: `SpectrumError.notConverged`.
  func distance<Operator: SymmetricOperator>(
    from energy: Double, toLowestOf matrix: Operator, start: UnsafePointer<Double>, resolution: Double, h2: Double
  ) throws(SpectrumError) -> Double {
    // A Ritz value is never below the lowest level, so one that lies lower than `energy` proves that a level does.
    let isConverged = { (value: Double, residual: Double) -> Bool in
      value < energy - resolution || residual <= max(resolution, 0.01 * (value - energy))
    }
    let estimate = self.estimate(matrix, start: start, isConverged: isConverged)
    if !isConverged(estimate.value, estimate.residual) {
      throw .notConverged(
        h2: h2, residual: estimate.residual, tolerance: max(resolution, 0.01 * (estimate.value - energy)),
        steps: estimate.steps)
    }
    return estimate.value - energy
  }
}
