import CGSL

/// Uhlmann's fidelity of two mixed states, F(ρ1, ρ2) = (tr √(√ρ1 ρ2 √ρ1))² (paper, Eq. 10), for small matrices, before
/// or after a run.
///
/// In ρ1's eigenbasis √ρ1 is diagonal, so two Hermitian eigen-problems suffice (GSL). Eigenvalues below size · 2⁻⁵² of
/// the largest are taken for zeros: the square root of a rounding error would otherwise cost half the digits wherever a
/// state has not full rank.
/// - Symmetric in its arguments, 1 for equal states, 0 for states with orthogonal supports; ⟨ψ|ρ2|ψ⟩ for pure ρ1.
/// - States that are not normalised give tr ρ1 · tr ρ2 times the fidelity of the normalised ones.
/// - Parameters:
///   - first: `[size][size][re, im]`, Hermitian and positive semidefinite, of which the lower triangle decides.
///   - second: the same for ρ2; all of it is read.
/// - Precondition: `size ≥ 1`; both have 2 · size² numbers, all finite.
/// - Throws: `SpectrumError.workspaceRefused`, `.eigenSolverFailed`.
public func densityFidelity(_ first: [Double], _ second: [Double], size: Int) throws(SpectrumError) -> Double {
  precondition(size >= 1 && first.count == 2 * size * size && second.count == first.count)
  precondition(first.allSatisfy(\.isFinite) && second.allSatisfy(\.isFinite), "a number that is not finite")
  let (values, vectors) = try hermitianEigenpairs(first, size: size)
  let roots = flooredRoots(values)
  // product[i][j] = √λ_i √λ_j ⟨v_i|ρ2|v_j⟩; eigenvector k stands in column k.
  var images = [Double](repeating: 0, count: 2 * size * size)
  for row in 0..<size {
    for k in 0..<size {
      var (re, im) = (0.0, 0.0)
      for column in 0..<size {
        let (m, v) = (2 * (row * size + column), 2 * (column * size + k))
        re += second[m] * vectors[v] - second[m + 1] * vectors[v + 1]
        im += second[m] * vectors[v + 1] + second[m + 1] * vectors[v]
      }
      (images[2 * (row * size + k)], images[2 * (row * size + k) + 1]) = (re, im)
    }
  }
  var product = [Double](repeating: 0, count: 2 * size * size)
  for i in 0..<size {
    for j in 0..<size {
      var (re, im) = (0.0, 0.0)
      for row in 0..<size {
        let (v, m) = (2 * (row * size + i), 2 * (row * size + j))
        re += vectors[v] * images[m] + vectors[v + 1] * images[m + 1]
        im += vectors[v] * images[m + 1] - vectors[v + 1] * images[m]
      }
      let scale = roots[i] * roots[j]
      (product[2 * (i * size + j)], product[2 * (i * size + j) + 1]) = (scale * re, scale * im)
    }
  }
  let trace = flooredRoots(try hermitianEigenpairs(product, size: size).values).reduce(0, +)
  return trace * trace
}

/// Square roots, of zero where a value is negative or no more than rounding.
private func flooredRoots(_ values: [Double]) -> [Double] {
  let floor = (values.max() ?? 0) * Double(values.count) * 0x1p-52
  return values.map { $0 > floor ? $0.squareRoot() : 0 }
}

/// All eigenvalues, unsorted, and eigenvectors `[size][size][re, im]`, eigenvector k in column k.
private func hermitianEigenpairs(
  _ matrix: [Double], size: Int
) throws(SpectrumError) -> (values: [Double], vectors: [Double]) {
  qkd_gsl_errors_as_status()
  guard let workspace = gsl_eigen_hermv_alloc(size) else {
    throw .workspaceRefused(bytes: 5 * size * MemoryLayout<Double>.stride)
  }
  defer { gsl_eigen_hermv_free(workspace) }
  var copy = matrix
  var values = [Double](repeating: 0, count: size)
  var vectors = [Double](repeating: 0, count: 2 * size * size)
  let status = copy.withUnsafeMutableBufferPointer { copy in
    values.withUnsafeMutableBufferPointer { values in
      vectors.withUnsafeMutableBufferPointer { vectors in
        var matrixView = gsl_matrix_complex(
          size1: size, size2: size, tda: size, data: copy.baseAddress, block: nil, owner: 0)
        var vectorsView = gsl_matrix_complex(
          size1: size, size2: size, tda: size, data: vectors.baseAddress, block: nil, owner: 0)
        var valuesView = gsl_vector(size: size, stride: 1, data: values.baseAddress, block: nil, owner: 0)
        return gsl_eigen_hermv(&matrixView, &valuesView, &vectorsView, workspace)
      }
    }
  }
  if status != 0 { throw .eigenSolverFailed(status: status) }
  return (values, vectors)
}
