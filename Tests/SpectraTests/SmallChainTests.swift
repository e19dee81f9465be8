import Spectra
import Testing

/// Every family of a small chain against the dense 2^n matrix.
@Suite struct SmallChainTests {
  static let periodic: [ChainSpecification] = (3...8).flatMap { qubits in
    [
      ChainSpecification(qubits: qubits),
      ChainSpecification(qubits: qubits, h1: 0.3, j: 0.7),
      ChainSpecification(qubits: qubits, h1: -0.4, j: -1.3, h2Range: 0.1...0.6),
    ]
  }
  static let open: [ChainSpecification] = (3...8).flatMap { qubits in
    var chains = [ChainSpecification(qubits: qubits, boundary: .open, parity: .plus, h1: 0.3, j: 0.7)]
    if qubits != 6 { chains.append(ChainSpecification(qubits: qubits, boundary: .open, parity: .plus)) }
    if qubits % 2 == 1 { chains.append(ChainSpecification(qubits: qubits, boundary: .open, parity: .minus)) }
    return chains
  }
  static let nine = [
    ChainSpecification(qubits: 9), ChainSpecification(qubits: 9, boundary: .open, parity: .minus),
  ]

  @Test(arguments: periodic + open)
  func groundStatesAreThoseOfTheDenseMatrix(_ specification: ChainSpecification) throws {
    try compare(specification, at: [0, 0.37, 1])
  }

  @Test(arguments: nine)
  func groundStatesOfNineQubitsToo(_ specification: ChainSpecification) throws {
    try compare(specification, at: [0.81])
  }

  /// - Parameter positions: in the range of h2, from 0 to 1.
  private func compare(_ specification: ChainSpecification, at positions: [Double]) throws {
    let fixture = try FamilyFixture(specification)
    let reference = PauliReference(specification)
    let range = specification.h2Range
    for position in positions {
      let h2 = range.lowerBound + (range.upperBound - range.lowerBound) * position
      // An open chain is compared within its sector, a periodic one in the whole space.
      let lowest = try #require(reference.spectrum(h2, parity: specification.parity).first)
      let state = fixture.solve(h2).state
      let amplitudes = fixture.amplitudes(h2)
      #expect(abs(state.energy - lowest.energy) < 1e-11)
      #expect(abs(abs(amplitudes.dot(lowest.state)) - 1) < 1e-11)
      #expect(state.residual <= specification.largestAllowedResidual)
      #expect(abs(reference.flipParity(amplitudes) - Double(fixture.family.parity.rawValue)) < 1e-12)
    }
  }

  /// Whatever the couplings: either the family is right, or the error is.
  @Test(arguments: 0..<120)
  func randomChainsAreSolvedOrRefusedForAReason(_ seed: Int) throws {
    var random = TwisterStream(seed: seed)
    let qubits = 3 + seed % 4
    // Every third chain has whole couplings, where levels coincide.
    let couplings = (0..<2).map { _ -> Double in
      let whole = (random.uniform() * 4).rounded() - 2
      return seed % 3 == 0 ? whole : whole + random.uniform()
    }
    let lower = random.uniform() * 4 - 2
    let parity: FlipParity? = [nil, .plus, .minus][seed / 4 % 3]
    let isOpen = parity != nil && seed % 2 == 0
    let specification = ChainSpecification(
      qubits: qubits, boundary: isOpen ? .open : .periodic, parity: parity, h1: couplings[0], j: couplings[1],
      h2Range: lower...(lower + 0.1))
    let reference = PauliReference(specification)
    let scale = specification.couplingScale
    do {
      let fixture = try FamilyFixture(specification)
      for h2 in [lower, lower + 0.03, lower + 0.1] {
        let levels = reference.spectrum(h2, parity: parity)
        #expect(abs(fixture.solve(h2).state.energy - levels[0].energy) < 1e-10 * scale)
        #expect(levels[1].energy - levels[0].energy > 0.9e-9 * scale)
      }
    } catch let error as SpectrumError {
      switch error {
      case .degenerate(let h2, _, _), .degenerateOutsideSector(let h2, _, _):
        let levels = reference.spectrum(h2, parity: parity)
        #expect(levels[1].energy - levels[0].energy < 1.1e-9 * scale, "\(error)")
      case .groundStateOutsideSector(let h2, let sectorEnergy, let lowerEnergy):
        let lowest = reference.spectrum(h2, parity: parity)[0].energy
        #expect(lowest < sectorEnergy - 1e-10 * scale, "\(error)")
        #expect(lowest <= lowerEnergy + 1e-10 * scale, "\(error)")
      default:
        Issue.record("\(specification): \(error)")
      }
    }
  }
}
