import Batches
import CGSL
import Kernel
import Spectra

/// What no measurement of the ground states themselves exceeds with so many copies of each (PAPER.md section 10): near
/// the transition two chains differ little, and few copies do not tell them apart. With the quantum Fisher information
/// F of h2 at the transition, a decision at h2 is right with Φ(|h2 − |J|| √(S F)), averaged over h2.
public struct QuantumLimit: Sendable, Equatable {
  public let shots: Int
  public let accuracy: Double

  /// - Returns: none where the transition is not inside the range that h2 is drawn from.
  static func of(_ family: GroundStateFamily, shots: [Int]) -> [QuantumLimit] {
    let (range, transition) = (family.specification.h2Range, family.specification.j.magnitude)
    guard range.lowerBound < transition, transition < range.upperBound else { return [] }
    let step = min(1e-3, (transition - range.lowerBound) / 2, (range.upperBound - transition) / 2)
    var below = [Double](repeating: 0, count: family.basisDimension)
    var above = below
    _ = family.groundState(h2: transition - step, coefficients: &below)
    _ = family.groundState(h2: transition + step, coefficients: &above)
    let overlap = zip(below, above).reduce(0) { $0 + $1.0 * $1.1 }
    // 1 − |⟨ψ(h)|ψ(h + ε)⟩|² = F ε²/4.
    let information = 4 * max(0, 1 - overlap * overlap) / (4 * step * step)
    let points = 2000
    return shots.map { count in
      let root = (Double(count) * information).squareRoot()
      let sum = (0..<points).reduce(0.0) { sum, point in
        let share = (Double(point) + 0.5) / Double(points)
        let h2 = range.lowerBound + share * (range.upperBound - range.lowerBound)
        return sum + gsl_cdf_ugaussian_P(abs(h2 - transition) * root)
      }
      return QuantumLimit(shots: count, accuracy: sum / Double(points))
    }
  }
}
