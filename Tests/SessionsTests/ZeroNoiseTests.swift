import Settings
import Testing
import Training

@Suite struct ZeroNoiseTests {
  private func zero(_ kind: Extrapolation, _ factors: [Double], _ values: [Double]) -> Double {
    factors.withUnsafeBufferPointer { kind.toZero($0) { values[$0] } }
  }

  @Test func lines() {
    #expect(abs(zero(.linear, [1, 2, 3], [0.7, 0.4, 0.1]) - 1) < 1e-15)
    // Not on a line: least squares.
    #expect(abs(zero(.linear, [1, 2, 3], [1, 0, 0]) - (1.0 / 3 + 1)) < 1e-15)
  }

  @Test func exponentials() {
    for sign in [1.0, -1] {
      let values = [1.0, 2, 3].map { sign * 0.8 * (0...Int($0 - 1)).reduce(1) { result, _ in result * 0.9 } }
      #expect(abs(zero(.exponential, [1, 2, 3], values) - sign * 0.8) < 1e-15)
    }
  }

  /// No exponential goes through values of both signs, or through 0.
  @Test(arguments: [[0.2, -0.1, 0.05], [0.2, 0, 0.1]]) func theLineStandsIn(_ values: [Double]) {
    #expect(zero(.exponential, [1, 2, 3], values) == zero(.linear, [1, 2, 3], values))
  }
}
