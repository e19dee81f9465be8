import CGSL

/// Newton's method with step halving, for a smooth function of few numbers, on memory that the caller lends. Where the
/// second derivatives are not positive definite, because the function is not convex there or by rounding, a multiple of
/// the identity is added until they are, so that each step descends. Nothing is allocated and nothing thrown.
package struct DampedNewton {
  package struct Outcome {
    /// Otherwise the point is the best so far.
    package let isConverged: Bool
    /// Steps taken.
    package let iterations: Int
  }

  static let iterationLimit = 100

  package let size: Int
  /// `[number]`: where the search stands; in the end the minimum.
  package let point: UnsafeMutablePointer<Double>
  /// `[number]` and, of the second derivatives, the lower triangle of `[number][number]`: at the place that was asked
  /// for last.
  package let gradient, curvature: UnsafeMutablePointer<Double>
  /// `[number]`: where the search looks next; and the step, which is to be taken away.
  private let candidate, step: UnsafeMutablePointer<Double>
  /// `[number][number]`
  private let factor: UnsafeMutablePointer<Double>

  /// How many Doubles it takes.
  package static func workspaceCount(size: Int) -> Int { size * (2 * size + 4) }

  package init(size: Int, workspace: UnsafeMutablePointer<Double>) {
    qkd_gsl_errors_as_status()
    self.size = size
    point = workspace
    candidate = workspace + size
    gradient = workspace + 2 * size
    step = workspace + 3 * size
    curvature = workspace + 4 * size
    factor = workspace + (4 + size) * size
  }

  /// Searches from `point`.
  /// - Parameters:
  ///   - tolerance: of twice the gain that a step promises. Newton doubles the digits from there on, so that full
  ///     steps alone are left.
  ///   - fullSteps: how many of them.
  ///   - derivatives: the value at a place; leaves `gradient` and `curvature`.
  package func minimise(
    tolerance: Double, fullSteps: Int, _ derivatives: (_ place: UnsafePointer<Double>) -> Double
  ) -> Outcome {
    var value = derivatives(point)
    var iterations = 0
    var left = fullSteps
    while iterations < Self.iterationLimit, let decrement = newtonStep() {
      iterations += 1
      let isFull = decrement <= tolerance
      var length = 1.0
      var next = look(length, derivatives)
      while !isFull && !(next <= value - 1e-4 * length * decrement) && length > 1e-9 {
        length /= 2
        next = look(length, derivatives)
      }
      guard next.isFinite && (isFull || next < value) else { break }
      point.update(from: candidate, count: size)
      value = next
      if isFull { left -= 1 }
      if left == 0 { return Outcome(isConverged: true, iterations: iterations) }
    }
    return Outcome(isConverged: false, iterations: iterations)
  }

  /// The value a part of the step away.
  private func look(_ length: Double, _ derivatives: (_ place: UnsafePointer<Double>) -> Double) -> Double {
    var i = 0
    while i < size {
      candidate[i] = point[i] - length * step[i]
      i += 1
    }
    return derivatives(candidate)
  }

  /// Solves (curvature + shift) · step = gradient.
  /// - Returns: gradient · step, or nil where there is none.
  private func newtonStep() -> Double? {
    var largest = 0.0
    var i = 0
    while i < size {
      largest = max(largest, curvature[i * size + i].magnitude)
      i += 1
    }
    var shift = 0.0
    while shift <= 1e6 * largest {
      factor.update(from: curvature, count: size * size)
      i = 0
      while i < size {
        factor[i * size + i] += shift
        i += 1
      }
      if let decrement = solve() { return decrement.isFinite ? decrement : nil }
      shift = max(10 * shift, 1e-6 * largest)
      if shift == 0 { return nil }
    }
    return nil
  }

  /// - Returns: nil where the factor is not positive definite.
  private func solve() -> Double? {
    var matrix = gsl_matrix(size1: size, size2: size, tda: size, data: factor, block: nil, owner: 0)
    var solution = gsl_vector(size: size, stride: 1, data: step, block: nil, owner: 0)
    step.update(from: gradient, count: size)
    guard gsl_linalg_cholesky_decomp1(&matrix) == 0, gsl_linalg_cholesky_svx(&matrix, &solution) == 0 else {
      return nil
    }
    var decrement = 0.0
    var i = 0
    while i < size {
      decrement += gradient[i] * step[i]
      i += 1
    }
    return decrement
  }
}
