import Spectra
import Testing

@Suite struct DensityFidelityTests {
  /// `[row][column]` as (re, im).
  private func matrix(_ rows: [[(Double, Double)]]) -> [Double] { rows.flatMap { $0.flatMap { [$0.0, $0.1] } } }

  private func diagonal(_ values: [Double]) -> [Double] {
    matrix(values.indices.map { i in values.indices.map { j in (i == j ? values[i] : 0, 0) } })
  }

  private func pure(_ state: [(Double, Double)]) -> [Double] {
    matrix(state.map { a in state.map { b in (a.0 * b.0 + a.1 * b.1, a.1 * b.0 - a.0 * b.1) } })
  }

  @Test func commutingStates() throws {
    // (√(0.7 · 0.4) + √(0.3 · 0.6))²
    let expected = 0.28.squareRoot() + 0.18.squareRoot()
    let given = try densityFidelity(diagonal([0.7, 0.3]), diagonal([0.4, 0.6]), size: 2)
    #expect(abs(given - expected * expected) < 1e-14)
    #expect(try densityFidelity(diagonal([1, 0, 0]), diagonal([0, 0.5, 0.5]), size: 3) == 0)
    #expect(abs(try densityFidelity(diagonal([0.2, 0.5, 0.3]), diagonal([0.2, 0.5, 0.3]), size: 3) - 1) < 1e-14)
    #expect(abs(try densityFidelity([2, 0], [3, 0], size: 1) - 6) < 1e-14)
  }

  @Test func pureStates() throws {
    let half = 0.5.squareRoot()
    // |⟨0|(|0⟩ + i|1⟩)/√2⟩|² = 1/2; against |+⟩: |(1 + i)/2|² = 1/2.
    let circular = pure([(half, 0), (0, half)])
    #expect(abs(try densityFidelity(pure([(1, 0), (0, 0)]), circular, size: 2) - 0.5) < 1e-14)
    #expect(abs(try densityFidelity(circular, pure([(half, 0), (half, 0)]), size: 2) - 0.5) < 1e-14)
    #expect(abs(try densityFidelity(circular, circular, size: 2) - 1) < 1e-14)
    // ⟨ψ|ρ|ψ⟩ for ρ = ((0.75, 0.1 − 0.2i), (0.1 + 0.2i, 0.25)): 1/2 + Im-part 0.2.
    let mixed = matrix([[(0.75, 0), (0.1, -0.2)], [(0.1, 0.2), (0.25, 0)]])
    #expect(abs(try densityFidelity(circular, mixed, size: 2) - 0.7) < 1e-14)
    #expect(abs(try densityFidelity(mixed, circular, size: 2) - 0.7) < 1e-14)
  }

  /// One qubit has a closed form: F = tr ρ1ρ2 + 2 √(det ρ1 det ρ2).
  @Test func anyTwoQubitStates() throws {
    let blochs: [(Double, Double, Double)] = [(0.1, 0.5, -0.3), (-0.6, 0.2, 0.4), (0, 0, 0), (0.3, -0.9, 0.1)]
    func state(_ r: (Double, Double, Double)) -> [Double] {
      matrix([[((1 + r.2) / 2, 0), (r.0 / 2, -r.1 / 2)], [(r.0 / 2, r.1 / 2), ((1 - r.2) / 2, 0)]])
    }
    func determinant(_ r: (Double, Double, Double)) -> Double { (1 - r.0 * r.0 - r.1 * r.1 - r.2 * r.2) / 4 }
    for a in blochs {
      for b in blochs {
        let overlap = (1 + a.0 * b.0 + a.1 * b.1 + a.2 * b.2) / 2
        let expected = overlap + 2 * (determinant(a) * determinant(b)).squareRoot()
        #expect(abs(try densityFidelity(state(a), state(b), size: 2) - expected) < 1e-13)
      }
    }
  }

  @Test func ensembleWeights() throws {
    // Half e_0, a quarter each of (e_0 ± e_1)/√2: average diag(3/4, 1/4).
    let spectrum = try EnsembleSpectrum(averageOf: [0.75, 0, 0, 0, 0.25, 0, 0, 0, 0], size: 3)
    #expect(spectrum.weights.count == 3)
    #expect(abs(spectrum.leadingWeight(1) - 0.75) < 1e-15)
    #expect(abs(spectrum.leadingWeight(2) - 1) < 1e-15)
    #expect(abs(spectrum.leadingWeight(8) - 1) < 1e-15)
    // Two states at 60°: eigenvalues (1 ± 1/2)/2.
    let tilted = try EnsembleSpectrum(averageOf: [0.625, 0.75.squareRoot() / 4, 0.75.squareRoot() / 4, 0.375], size: 2)
    #expect(abs(tilted.weights[0] - 0.75) < 1e-15 && abs(tilted.weights[1] - 0.25) < 1e-15)
  }
}
