import Budget
import CSupport
import Spectra
import Testing

/// Serialized: allocations are counted for the whole process.
@Suite(.serialized) struct FamilyTests {
  @Test func solvingAndExpandingAllocateNothing() throws {
    let fixture = try FamilyFixture(ChainSpecification(qubits: 7))
    let coefficients = UnsafeMutablePointer<Double>.allocate(capacity: fixture.family.basisDimension)
    let amplitudes = UnsafeMutablePointer<Double>.allocate(capacity: 128)
    defer {
      coefficients.deallocate()
      amplitudes.deallocate()
    }
    try #require(qkd_allocation_count() >= 0)
    // Other suites allocate meanwhile, for seconds at a time on a busy machine: one short stretch without is enough.
    var fewest = Int64.max
    var attempt = 0
    while fewest > 0 && attempt < 20_000 {
      attempt += 1
      let before = qkd_allocation_count()
      for sample in 0..<20 {
        _ = fixture.family.groundState(h2: 0.8 + 0.02 * Double(sample), coefficients: coefficients)
        fixture.family.expand(coefficients: coefficients, into: amplitudes)
      }
      fewest = min(fewest, qkd_allocation_count() - before)
    }
    #expect(fewest == 0, "an eigen-solve or an expansion allocates")
  }

  @Test(arguments: [7, 13])
  func twoBuildsHaveTheSameBits(qubits: Int) throws {
    let first = try FamilyFixture(ChainSpecification(qubits: qubits))
    let second = try FamilyFixture(ChainSpecification(qubits: qubits))
    let count = first.family.sectorDimension * first.family.basisDimension
    #expect(first.family.basisDimension == second.family.basisDimension)
    let same = (0..<count).allSatisfy { first.family.basis[$0].bitPattern == second.family.basis[$0].bitPattern }
    #expect(same)
    for h2 in [0.8, 0.93, 1.2] {
      #expect(first.solve(h2).state == second.solve(h2).state)
      #expect(first.solve(h2).coefficients.map(\.bitPattern) == second.solve(h2).coefficients.map(\.bitPattern))
    }
  }

  /// Burnside's count, by hand: 20 necklaces of 7 beads and 2,192 of 15, half of them in either parity.
  @Test(arguments: [(7, FlipParity.minus, 10), (15, .minus, 1096), (15, .plus, 1096), (4, .plus, 4), (4, .minus, 2)])
  func sectorsHaveAsManyStatesAsThereAreOrbits(qubits: Int, parity: FlipParity, dimension: Int) throws {
    var planner = Planner()
    let reservations = try GroundStateFamily.reserve(
      ChainSpecification(qubits: qubits, parity: parity), in: &planner)
    #expect(reservations.sectorDimension == dimension)
  }

  @Test(arguments: [
    ChainSpecification(qubits: 6), ChainSpecification(qubits: 9), ChainSpecification(qubits: 12),
    ChainSpecification(qubits: 5, boundary: .open, parity: .minus),
  ])
  func sectorTablesAndBasisAreOrthonormal(_ specification: ChainSpecification) throws {
    let family = try FamilyFixture(specification)
    let view = family.family
    var norms = [Double](repeating: 0, count: view.sectorDimension)
    for state in 0..<(1 << specification.qubits) {
      let index = Int(view.sectorIndex[state])
      try #require(index < view.sectorDimension)
      norms[index] += view.sectorScale[state] * view.sectorScale[state]
    }
    #expect(norms.allSatisfy { abs($0 - 1) < 1e-14 })
    for first in 0..<view.basisDimension {
      for second in 0...first {
        let overlap = (0..<view.sectorDimension).reduce(0) {
          $0 + view.basis[$1 * view.basisDimension + first] * view.basis[$1 * view.basisDimension + second]
        }
        #expect(abs(overlap - (first == second ? 1 : 0)) < 1e-13)
      }
    }
    withExtendedLifetime(family) {}
  }

  @Test func outsideItsRangeAFamilySaysSo() throws {
    let fixture = try FamilyFixture(ChainSpecification(qubits: 5))
    for h2 in [0.79, 1.21, .nan, .infinity, -.infinity, 1e308] {
      let (state, coefficients) = fixture.solve(h2)
      #expect(state.energy.isNaN && state.residual.isNaN)
      #expect(coefficients.allSatisfy { $0 == 0 })
    }
  }

  @Test(arguments: [4, 7, 12])
  func neighboursHaveTheSameSign(qubits: Int) throws {
    let fixture = try FamilyFixture(ChainSpecification(qubits: qubits))
    var before = fixture.amplitudes(0.8)
    for step in 1...40 {
      let state = fixture.amplitudes(min(0.8 + 0.01 * Double(step), 1.2))
      #expect(state.dot(before) > 0.9)
      before = state
    }
  }

  @Test func aRangeOfOnePointIsOneState() throws {
    let fixture = try FamilyFixture(ChainSpecification(qubits: 7, h2Range: 0.9...0.9))
    #expect(fixture.family.basisDimension == 1)
    #expect(abs(fixture.solve(0.9).state.energy + 7.887963153686) < 1e-11)
  }

  @Test func aWideRangeTakesALargerBasis() throws {
    let fixture = try FamilyFixture(ChainSpecification(qubits: 13, h2Range: 0...2))
    #expect(fixture.family.basisDimension > 16)
    #expect(fixture.solve(1.234).state.residual < 1e-9)
  }

  /// Energies scale with the couplings, and so do the tolerances.
  @Test(arguments: [1e-60, 1e60])
  func theUnitOfEnergyDoesNotMatter(unit: Double) throws {
    let one = try FamilyFixture(ChainSpecification(qubits: 8, h1: 0.1))
    let scaled = try FamilyFixture(
      ChainSpecification(qubits: 8, h1: 0.1 * unit, j: unit, h2Range: (0.8 * unit)...(1.2 * unit)))
    let (left, right) = (one.solve(0.95).state.energy, scaled.solve(0.95 * unit).state.energy / unit)
    #expect(abs(left - right) < 1e-12)
  }

  @Test(arguments: [(0.99, 1), (-0.99, 1), (1.0, 0), (-1.0, 0), (1.01, 0), (.nan, 0)])
  func theLabelTellsThePhase(h2: Double, label: Int) {
    #expect(ChainSpecification(qubits: 3).label(h2: h2) == label)
    #expect(ChainSpecification(qubits: 3, j: -2).label(h2: 2 * h2) == label)
    #expect(ChainSpecification(qubits: 3, j: 0).label(h2: h2) == 0)
  }

  @Test func sevenQubitsFitAMicrocontroller() throws {
    var planner = Planner()
    _ = try GroundStateFamily.reserve(ChainSpecification(qubits: 7), in: &planner)
    let plan = try planner.layout()
    #expect(plan.arenaBytes <= 32 * 1024)
  }
}
