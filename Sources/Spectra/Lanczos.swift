/// The lowest eigenpair of a symmetric operator by the Lanczos recurrence in two passes: the first finds the
/// tridiagonal matrix, the second repeats the recurrence and sums the eigenvector. Three vectors and the result stand
/// in for the whole Krylov basis.
///
/// Without re-orthogonalisation copies of a converged eigenvalue appear after a while; a pass stops at convergence,
/// before they matter. The start decides which eigenvectors can be found at all: it must meet the wanted one.
struct Lanczos {
  /// [dimension] each; contents do not matter.
  let previous: UnsafeMutablePointer<Double>
  let current: UnsafeMutablePointer<Double>
  let next: UnsafeMutablePointer<Double>
  /// [stepLimit] each: the tridiagonal matrix, and what its eigenvector takes.
  let diagonal: UnsafeMutablePointer<Double>
  let offDiagonal: UnsafeMutablePointer<Double>
  let downward: UnsafeMutablePointer<Double>
  let upward: UnsafeMutablePointer<Double>
  let weights: UnsafeMutablePointer<Double>
  let stepLimit: Int

  /// A Ritz value, how far from an eigenvalue it can be at most, and the number of steps taken.
  struct Estimate {
    var value: Double
    var residual: Double
    var steps: Int
  }

  /// The tridiagonal matrix is solved every so many steps.
  private static let checkInterval = 8

  /// First pass: runs from `start` until `isConverged(value, residual)`, an invariant subspace, or the step limit.
  func estimate<Operator: SymmetricOperator>(
    _ matrix: Operator, start: UnsafePointer<Double>, isConverged: (_ value: Double, _ residual: Double) -> Bool
  ) -> Estimate {
    let dimension = matrix.dimension
    var (older, newer, image) = (previous, current, next)
    begin(older, newer, start, dimension)
    var magnitude = 0.0
    for step in 0..<stepLimit {
      matrix.apply(newer, image)
      let coupling = step > 0 ? offDiagonal[step - 1] : 0
      diagonal[step] = addScaled(-coupling, older, to: image, thenDot: newer, dimension)
      offDiagonal[step] = addScaled(-diagonal[step], newer, to: image, thenDot: image, dimension).squareRoot()
      magnitude = max(magnitude, diagonal[step].magnitude + offDiagonal[step])
      let steps = step + 1
      let isInvariant = offDiagonal[step] <= 0x1p-40 * magnitude
      if isInvariant || steps.isMultiple(of: Self.checkInterval) || steps == stepLimit {
        let tridiagonal = Tridiagonal(diagonal: diagonal, offDiagonal: offDiagonal, size: steps)
        let value = tridiagonal.lowestEigenvalue()
        tridiagonal.eigenvector(of: value, downward: downward, upward: upward, into: weights)
        let residual = offDiagonal[step] * weights[step].magnitude
        if isInvariant || isConverged(value, residual) || steps == stepLimit {
          return Estimate(value: value, residual: residual, steps: steps)
        }
      }
      scale(image, by: 1 / offDiagonal[step], dimension)
      (older, newer, image) = (newer, image, older)
    }
    preconditionFailure("a step limit below one")
  }

  /// Second pass: repeats the recurrence of the last `estimate` from the same start and writes the Ritz vector.
  func ritzVector<Operator: SymmetricOperator>(
    _ matrix: Operator, start: UnsafePointer<Double>, steps: Int, into result: UnsafeMutablePointer<Double>
  ) {
    let dimension = matrix.dimension
    var (older, newer, image) = (previous, current, next)
    begin(older, newer, start, dimension)
    result.update(repeating: 0, count: dimension)
    for step in 0..<steps {
      addScaled(weights[step], newer, to: result, dimension)
      if step == steps - 1 { break }
      matrix.apply(newer, image)
      if step > 0 { addScaled(-offDiagonal[step - 1], older, to: image, dimension) }
      addScaled(-diagonal[step], newer, to: image, dimension)
      scale(image, by: 1 / offDiagonal[step], dimension)
      (older, newer, image) = (newer, image, older)
    }
    scale(result, by: 1 / norm(result, dimension), dimension)
  }

  private func begin(
    _ older: UnsafeMutablePointer<Double>, _ newer: UnsafeMutablePointer<Double>, _ start: UnsafePointer<Double>,
    _ dimension: Int
  ) {
    older.update(repeating: 0, count: dimension)
    newer.update(from: start, count: dimension)
    scale(newer, by: 1 / norm(newer, dimension), dimension)
  }
}
