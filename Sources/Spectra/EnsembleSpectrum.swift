/// The spectrum of an ensemble's average density matrix, (1/N) Σ |ψ⟩⟨ψ|, for states that are given as real coefficients
/// in an orthonormal basis: what lies outside the basis has weight zero.
public struct EnsembleSpectrum: Sendable {
  /// `[size]`, descending; their sum is the states' mean squared norm.
  public let weights: [Double]

  /// Solves after a run: allocates.
  /// - Parameter matrix: `[size][size]`, (1/N) Σ c cᵀ, of which the lower triangle is read; finite.
  /// - Precondition: `matrix` has size² numbers, `size ≥ 1`.
  /// - Throws: `SpectrumError.workspaceRefused`, `.eigenSolverFailed`.
  public init(averageOf matrix: [Double], size: Int) throws(SpectrumError) {
    precondition(size >= 1 && matrix.count == size * size)
    let solver = try DenseEigenSolver(size: size)
    var (copy, vectors) = (matrix, matrix)
    var values = [Double](repeating: 0, count: size)
    let status = solver.solve(&copy, values: &values, vectors: &vectors)
    if status != 0 { throw .eigenSolverFailed(status: status) }
    weights = values.sorted(by: >)
  }

  /// The ensemble's mean weight in the best subspace of so many dimensions. No decoder can exceed it in mean fidelity:
  /// what it decodes lies in a subspace S of 2^latent dimensions, so F ≤ ‖P_S ψ‖², and the mean of that is at most the
  /// sum of the largest eigenvalues (Ky Fan).
  public func leadingWeight(_ dimensions: Int) -> Double { min(weights.prefix(dimensions).reduce(0, +), 1) }

  /// What solving takes on the heap: three matrices, the values, and the solver's workspace.
  public static func bytes(size: Int) -> Int {
    (3 * size * size + 2 * size) * MemoryLayout<Double>.stride + DenseEigenSolver.workspaceBytes(size)
  }
}
