import Spectra
import Testing

/// What a regression is to tell of ground states, against the dense matrix.
@Suite struct TargetTests {
  private func values(_ chain: ChainSpecification, _ target: ChainTarget, at h2: Double) throws -> Double {
    var chain = chain
    chain.target = target
    let fixture = try FamilyFixture(chain)
    let (state, coefficients) = fixture.solve(h2)
    return fixture.family.value(of: target, h2: h2, state, coefficients: coefficients)
  }

  @Test(arguments: [
    ChainSpecification(qubits: 5), ChainSpecification(qubits: 6, j: -0.8, h2Range: 0.3...0.6),
    ChainSpecification(qubits: 5, boundary: .open, parity: .minus),
  ])
  func orderIsTheMeanStabiliser(_ chain: ChainSpecification) throws {
    let reference = PauliReference(chain)
    let sites = chain.boundary == .periodic ? 0..<chain.qubits : 1..<chain.qubits - 1
    for h2 in [chain.h2Range.lowerBound, 0.37 * chain.h2Range.lowerBound + 0.63 * chain.h2Range.upperBound] {
      let state = try FamilyFixture(chain).amplitudes(h2)
      let expected = sites.reduce(0) { $0 + reference.zxz($1, state).dot(state) } / Double(sites.count)
      #expect(abs(try values(chain, .order, at: h2) - expected) < 1e-12)
      #expect(try values(chain, .h2, at: h2) == h2)
    }
  }

  @Test func orderNeedsClusterTermsAlone() {
    var chain = ChainSpecification(qubits: 5, h1: 0.3, j: 0.7)
    chain.target = .order
    #expect(throws: SpectrumError.orderNeedsClusterTerms(h1: 0.3, j: 0.7)) { try FamilyFixture(chain) }
    chain.target = .gap
    #expect(throws: Never.self) { try FamilyFixture(chain) }
  }

  /// The next level of the same ∏X that translation leaves as it is.
  @Test(arguments: [5, 7]) func gapIsThatOfTheSector(_ qubits: Int) throws {
    let chain = ChainSpecification(qubits: qubits)
    let reference = PauliReference(chain)
    let low = (1 << qubits) - 1
    for h2 in [0.8, 0.9137, 1.05, 1.2] {
      let levels = reference.spectrum(h2, parity: try FamilyFixture(chain).family.parity)
      let invariant = levels.filter { level in
        let moved = level.state.indices.map { level.state[($0 << 1 | $0 >> (qubits - 1)) & low] }
        return abs(moved.dot(level.state) - 1) < 1e-6
      }
      #expect(abs(invariant[0].energy - levels[0].energy) < 1e-9)
      let gap = invariant[1].energy - invariant[0].energy
      // Lines between 65 values.
      #expect(abs(try values(chain, .gap, at: h2) - gap) < 1e-4 * gap, "\(h2)")
    }
  }

  @Test func aTableOfOneCoupling() throws {
    let chain = ChainSpecification(qubits: 5, h2Range: 0.9...0.9)
    let wide = try values(ChainSpecification(qubits: 5), .gap, at: 0.9)
    #expect(abs(try values(chain, .gap, at: 0.9) - wide) < 1e-4)
  }
}
