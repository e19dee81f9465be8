/// H projected on the reduced basis, A + h2 B, and its lowest eigenpair. A solve allocates nothing.
struct ReducedProblem {
  /// [limit][limit] each; the upper left `size` × `size` block counts.
  let constant: UnsafeMutablePointer<Double>
  let linear: UnsafeMutablePointer<Double>
  let limit: Int
  /// [limit][limit], [limit][limit], [limit]: scratch.
  let matrix: UnsafeMutablePointer<Double>
  let vectors: UnsafeMutablePointer<Double>
  let values: UnsafeMutablePointer<Double>

  /// Writes the normalised lowest eigenvector, its first entry not negative: the overlap with the first snapshot keeps
  /// its sign along the family.
  /// - Parameter coefficients: [solver.size].
  /// - Returns: the lowest eigenvalue, or NaN where GSL reports an error.
  func solve(h2: Double, _ solver: DenseEigenSolver, _ coefficients: UnsafeMutablePointer<Double>) -> Double {
    let size = solver.size
    for row in 0..<size {
      for column in 0...row {
        matrix[row * size + column] = constant[row * limit + column] + h2 * linear[row * limit + column]
      }
    }
    guard solver.solve(matrix, values: values, vectors: vectors) == 0 else {
      coefficients.update(repeating: 0, count: size)
      return .nan
    }
    var lowest = 0
    for index in 1..<max(size, 1) where values[index] < values[lowest] { lowest = index }
    let sign: Double = vectors[lowest] < 0 ? -1 : 1
    for row in 0..<size { coefficients[row] = sign * vectors[row * size + lowest] }
    return values[lowest]
  }

  /// ‖(A + h2 B − E) c‖² inside the basis: what the eigen-solver's rounding left.
  func squaredResidual(
    h2: Double, _ energy: Double, _ coefficients: UnsafePointer<Double>, _ size: Int
  ) -> Double {
    var sum = 0.0
    for row in 0..<size {
      var component = -energy * coefficients[row]
      for column in 0..<size {
        component += (constant[row * limit + column] + h2 * linear[row * limit + column]) * coefficients[column]
      }
      sum += component * component
    }
    return sum
  }
}
