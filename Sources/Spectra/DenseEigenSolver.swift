import CGSL

/// All eigenpairs of a small real symmetric matrix through GSL, ascending. The workspace is GSL's own, allocated once;
/// a solve allocates nothing.
final class DenseEigenSolver {
  let size: Int
  private let workspace: UnsafeMutablePointer<gsl_eigen_symmv_workspace>

  /// What GSL allocates for a workspace: four vectors and the struct that points to them.
  static func workspaceBytes(_ size: Int) -> Int {
    4 * size * MemoryLayout<Double>.stride + MemoryLayout<gsl_eigen_symmv_workspace>.stride
  }

  /// - Throws: `SpectrumError.workspaceRefused`.
  init(size: Int) throws(SpectrumError) {
    qkd_gsl_errors_as_status()
    guard let workspace = gsl_eigen_symmv_alloc(size) else {
      throw .workspaceRefused(bytes: Self.workspaceBytes(size))
    }
    self.size = size
    self.workspace = workspace
  }

  deinit { gsl_eigen_symmv_free(workspace) }

  /// Solves for all eigenpairs; `matrix` is destroyed. Every element must be finite.
  /// - Parameters:
  ///   - matrix: [size][size], of which the lower triangle is read.
  ///   - values: [size], unsorted.
  ///   - vectors: [size][size], eigenvector k in column k.
  /// - Returns: GSL's status, 0 for success.
  func solve(
    _ matrix: UnsafeMutablePointer<Double>, values: UnsafeMutablePointer<Double>,
    vectors: UnsafeMutablePointer<Double>
  ) -> Int32 {
    var matrixView = gsl_matrix(size1: size, size2: size, tda: size, data: matrix, block: nil, owner: 0)
    var vectorsView = gsl_matrix(size1: size, size2: size, tda: size, data: vectors, block: nil, owner: 0)
    var valuesView = gsl_vector(size: size, stride: 1, data: values, block: nil, owner: 0)
    return gsl_eigen_symmv(&matrixView, &valuesView, &vectorsView, workspace)
  }
}
