import Budget
import Spectra
import Testing

@Suite struct RefusalTests {
  private func reserve(_ specification: ChainSpecification) throws {
    var planner = Planner()
    _ = try GroundStateFamily.reserve(specification, in: &planner)
  }

  @Test(arguments: [Int.min, -1, 0, 1, 2, 21, 64, Int.max])
  func lengthsWithoutAChain(qubits: Int) {
    #expect(throws: SpectrumError.qubitsOutOfRange(given: qubits, allowed: 3...20)) {
      try reserve(ChainSpecification(qubits: qubits))
    }
  }

  @Test func couplingsThatAreNoNumbers() {
    #expect(throws: SpectrumError.couplingOutOfRange(name: "h1", given: .infinity, largest: 1e100)) {
      try reserve(ChainSpecification(qubits: 5, h1: .infinity))
    }
    #expect(throws: SpectrumError.couplingOutOfRange(name: "j", given: -1e101, largest: 1e100)) {
      try reserve(ChainSpecification(qubits: 5, j: -1e101))
    }
    #expect(throws: SpectrumError.couplingOutOfRange(name: "h2 maximum", given: .infinity, largest: 1e100)) {
      try reserve(ChainSpecification(qubits: 5, h2Range: 0 ... .infinity))
    }
    #expect(throws: SpectrumError.self) { try reserve(ChainSpecification(qubits: 5, h1: .nan)) }
    #expect(throws: SpectrumError.couplingsVanish(largest: 0, smallest: 1e-100)) {
      try reserve(ChainSpecification(qubits: 5, j: 0, h2Range: 0...0))
    }
  }

  @Test func limitsAndTolerances() {
    #expect(throws: SpectrumError.basisLimitOutOfRange(given: 0, allowed: 1...64)) {
      try reserve(ChainSpecification(qubits: 5, basisLimit: 0))
    }
    #expect(throws: SpectrumError.residualToleranceOutOfRange(given: 0, smallest: 1e-12)) {
      try reserve(ChainSpecification(qubits: 5, residualTolerance: 0))
    }
    #expect(throws: SpectrumError.self) { try reserve(ChainSpecification(qubits: 5, residualTolerance: .nan)) }
  }

  @Test func anOpenChainWithoutAStatedSector() {
    #expect(throws: SpectrumError.openNeedsParity) { try reserve(ChainSpecification(qubits: 5, boundary: .open)) }
  }

  @Test func aBasisThatIsTooSmall() {
    #expect {
      _ = try FamilyFixture(ChainSpecification(qubits: 9, basisLimit: 4))
    } throws: { error in
      guard case .basisTooSmall(4, let residual, let tolerance, _)? = error as? SpectrumError else { return false }
      return residual > tolerance && tolerance == 1e-9 * 1.2
    }
  }

  /// What `Boundary.open` says about h1 = 0, n by n.
  @Test(arguments: [
    (3, FlipParity.plus, true), (3, .minus, true), (4, .plus, true), (4, .minus, false), (5, .plus, true),
    (5, .minus, true), (6, .plus, false), (6, .minus, false), (7, .plus, true), (7, .minus, true), (8, .plus, true),
    (8, .minus, false), (9, .minus, true), (10, .plus, false), (10, .minus, false), (12, .plus, true),
  ])
  func openChainsWithoutAField(qubits: Int, parity: FlipParity, isUnique: Bool) throws {
    let specification = ChainSpecification(qubits: qubits, boundary: .open, parity: parity)
    if isUnique {
      #expect(try FamilyFixture(specification).solve(1).state.residual < 1e-9)
    } else {
      #expect {
        _ = try FamilyFixture(specification)
      } throws: { error in
        guard case .degenerate(_, let gap, let tolerance)? = error as? SpectrumError else { return false }
        return gap <= tolerance
      }
    }
  }

  @Test(arguments: [3, 5, 7])
  func openChainsOfOddLengthAreDegenerateBetweenTheParities(qubits: Int) throws {
    let plus = try FamilyFixture(ChainSpecification(qubits: qubits, boundary: .open, parity: .plus))
    let minus = try FamilyFixture(ChainSpecification(qubits: qubits, boundary: .open, parity: .minus))
    for h2 in [0.8, 1.0, 1.2] { #expect(abs(plus.solve(h2).state.energy - minus.solve(h2).state.energy) < 1e-12) }
  }

  /// The free end spins of the open cluster state.
  @Test func openChainsAtZero() {
    #expect {
      _ = try FamilyFixture(ChainSpecification(qubits: 7, boundary: .open, parity: .plus, h2Range: -0.2...0.2))
    } throws: { error in
      guard case .degenerate(0, _, _)? = error as? SpectrumError else { return false }
      return true
    }
  }

  /// At h2 = 0.49 two levels of one sector cross, which dense spectra show on a fine grid.
  @Test func levelsThatCross() {
    #expect {
      _ = try FamilyFixture(ChainSpecification(qubits: 6, parity: .plus, h1: -0.5, h2Range: 0.3...0.7))
    } throws: { error in
      guard case .levelsCross(let lower, let upper)? = error as? SpectrumError else { return false }
      return lower < upper && lower > 0.4 && upper < 0.55
    }
  }

  /// Without J and h1 the two ferromagnets have the same energy, for even n in one sector, for odd n in both.
  @Test func ferromagnets() {
    #expect {
      _ = try FamilyFixture(ChainSpecification(qubits: 6, j: 0))
    } throws: { error in
      guard case .degenerate? = error as? SpectrumError else { return false }
      return true
    }
    #expect {
      _ = try FamilyFixture(ChainSpecification(qubits: 7, j: 0))
    } throws: { error in
      guard case .degenerateOutsideSector? = error as? SpectrumError else { return false }
      return true
    }
    // The parity makes the choice.
    #expect(throws: Never.self) { _ = try FamilyFixture(ChainSpecification(qubits: 7, parity: .plus, j: 0)) }
  }

  /// A tiny gap inside the sector: the residual is at rounding, the state is not.
  @Test func statesThatRoundingMixes() throws {
    #expect {
      _ = try FamilyFixture(ChainSpecification(qubits: 8, h2Range: 100...100))
    } throws: { error in
      guard case .stateUncertain(let h2, let gap, let state, let tolerance)? = error as? SpectrumError else {
        return false
      }
      return h2 == 100 && gap < 1e-3 && state > tolerance
    }
    let near = try FamilyFixture(ChainSpecification(qubits: 8)).family
    #expect(near.smallestGap > 0.01 && near.largestResidual / near.smallestGap < 1e-9)
  }
}
