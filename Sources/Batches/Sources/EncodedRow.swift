import Kernel

/// What an encoder takes of a row. Allocates nothing.
extension Encoder {
  /// Squared norms of states in single precision are off by a few 1e-7.
  package static let normTolerance = 1e-5
  /// With it logits are finite, in single precision too.
  package static let largestNorm = 1e12

  /// What makes the encoder refuse a row; nil: nothing. A row that is to be normalised and whose squares overflow or
  /// underflow is first divided by its largest magnitude, in place.
  /// - Parameters:
  ///   - real: `[number]`.
  ///   - imaginary: the same, or nil for a real row.
  package func problem(
    _ real: UnsafeMutablePointer<Double>, _ imaginary: UnsafeMutablePointer<Double>?, count: Int
  ) -> RowProblem? {
    switch self {
    case .phase, .basis:
      var column = 0
      while column < count {
        if real[column] != 0 && real[column] != 1 { return .notBinary(column: column, value: real[column]) }
        column += 1
      }
    case .state:
      let norm = squaredNorm(real, imaginary, count)
      if !((norm - 1).magnitude <= Self.normTolerance) { return .norm(squared: norm, tolerance: Self.normTolerance) }
    case .amplitude:
      let norm = squaredNorm(real, imaginary, count)
      if !(norm > 1e-280 && norm.isFinite) && !scale(real, imaginary, count) { return .zero }
    case .amplitudeUnnormalized:
      let norm = squaredNorm(real, imaginary, count)
      if !(norm <= Self.largestNorm) { return .tooLarge(squared: norm, allowed: Self.largestNorm) }
    case .angle: break
    }
    return nil
  }

  private func squaredNorm(
    _ real: UnsafePointer<Double>, _ imaginary: UnsafeMutablePointer<Double>?, _ count: Int
  ) -> Double {
    sumOfSquares(real, count: count) + (imaginary.map { sumOfSquares($0, count: count) } ?? 0)
  }

  /// Divides a row by its largest magnitude; false when that is 0.
  private func scale(
    _ real: UnsafeMutablePointer<Double>, _ imaginary: UnsafeMutablePointer<Double>?, _ count: Int
  ) -> Bool {
    var largest = 0.0
    var i = 0
    while i < count {
      largest = max(largest, real[i].magnitude, imaginary?[i].magnitude ?? 0)
      i += 1
    }
    if largest == 0 { return false }
    i = 0
    while i < count {
      real[i] /= largest
      if let imaginary { imaginary[i] /= largest }
      i += 1
    }
    return true
  }
}
