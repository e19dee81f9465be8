/// Why there is no family of ground states. Gaps, energies and residuals have the couplings' unit.
public enum SpectrumError: Error, Equatable, Sendable {
  case qubitsOutOfRange(given: Int, allowed: ClosedRange<Int>)
  /// Not a number, or too large for its square to be one.
  case couplingOutOfRange(name: String, given: Double, largest: Double)
  /// All couplings are (as good as) zero, so every state is a ground state.
  case couplingsVanish(largest: Double, smallest: Double)
  /// An open chain is degenerate between the ∏X sectors; one of them has to be stated.
  case openNeedsParity
  /// The mean stabiliser is told from the energy, of which a field would be a part.
  case orderNeedsClusterTerms(h1: Double, j: Double)
  case basisLimitOutOfRange(given: Int, allowed: ClosedRange<Int>)
  case residualToleranceOutOfRange(given: Double, smallest: Double)
  /// Inside the sector the lowest level is not single at this h2: there is no one ground state.
  case degenerate(h2: Double, gap: Double, tolerance: Double)
  /// The gap in the sector at this h2 is so small that rounding mixes the two levels: the states are known no better
  /// than to `error`, the largest residual / the gap.
  case stateUncertain(h2: Double, gap: Double, error: Double, tolerance: Double)
  /// A state outside the sector has the same energy at this h2. Stating a parity can make the choice.
  case degenerateOutsideSector(h2: Double, gap: Double, tolerance: Double)
  /// A state outside the sector lies lower at this h2 (another momentum, or another ∏X).
  case groundStateOutsideSector(h2: Double, sectorEnergy: Double, lowerEnergy: Double)
  /// Two levels of the sector cross between these two h2, where the ground state is not unique.
  case levelsCross(between: Double, and: Double)
  /// The eigen-solver stopped short of its tolerance, as it does where the gap is very small. `steps` is 0
  /// for a dense solve.
  case notConverged(h2: Double, residual: Double, tolerance: Double, steps: Int)
  /// The reduced basis reached its limit before its tolerance; a larger limit or a narrower range may do.
  case basisTooSmall(limit: Int, residual: Double, tolerance: Double, h2: Double)
  /// More principal components than the data have rows or columns, or none.
  case componentsOutOfRange(given: Int, rows: Int, columns: Int)
  /// GSL reported this status.
  case eigenSolverFailed(status: Int32)
  /// The system refused memory for an eigen-solver's workspace.
  case workspaceRefused(bytes: Int)
}
