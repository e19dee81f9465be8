import CSupport
import Settings

extension Extrapolation {
  /// The value that several strengths of the noise say it would have without any.
  ///
  /// - `linear`: the line of least squares at 0.
  /// - `exponential`: a of a·e^(bλ), by least squares in the logarithm of the magnitude; where values have not all one
  ///   sign, or one is 0, no exponential goes through them, and the line is taken.
  /// - Parameters:
  ///   - factors: λ, all different, at least two.
  ///   - value: at a factor, by its place.
  package func toZero(_ factors: UnsafeBufferPointer<Double>, _ value: (Int) -> Double) -> Double {
    let first = value(0)
    let isOneSided = factors.indices.allSatisfy { value($0) * first > 0 }
    guard self == .exponential, isOneSided else { return Self.line(factors, value) }
    let logarithm = Self.line(factors) { qkd_log(abs(value($0))) }
    return (first < 0 ? -1 : 1) * qkd_exp(logarithm)
  }

  private static func line(_ factors: UnsafeBufferPointer<Double>, _ value: (Int) -> Double) -> Double {
    let count = Double(factors.count)
    let center = factors.reduce(0, +) / count
    let mean = factors.indices.reduce(0) { $0 + value($1) } / count
    let spread = factors.reduce(0) { $0 + ($1 - center) * ($1 - center) }
    let slope = factors.indices.reduce(0) { $0 + (factors[$1] - center) * (value($1) - mean) } / spread
    return mean - slope * center
  }
}
