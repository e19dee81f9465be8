import CSupport
import Spectra
import Testing

@Suite struct ResidualTests {
  @Test(arguments: [(7, 1e-12), (15, 1e-9)])
  func everySampleIsAnEigenstate(qubits: Int, bound: Double) throws {
    let fixture = try FamilyFixture(ChainSpecification(qubits: qubits))
    var random = TwisterStream(seed: 7)
    var worst = 0.0
    for _ in 0..<300 { worst = max(worst, fixture.solve(0.8 + 0.4 * random.uniform()).state.residual) }
    #expect(worst <= bound)
    #expect(worst > 0, "a residual of exactly zero is not measured")
  }

  @Test(arguments: [
    ChainSpecification(qubits: 7), ChainSpecification(qubits: 15), ChainSpecification(qubits: 13, h1: 0.3, j: -0.8),
    ChainSpecification(qubits: 12, boundary: .open, parity: .plus, h1: 0.3),
    ChainSpecification(qubits: 11, boundary: .open, parity: .minus, j: -1.1),
    ChainSpecification(qubits: 3, h1: 0.4), ChainSpecification(qubits: 4, h1: -0.3, j: 0.7),
    ChainSpecification(qubits: 4, parity: .plus, h1: 0.2, j: -1.3),
    ChainSpecification(qubits: 3, boundary: .open, parity: .plus, h1: 0.3, j: 1.2),
    ChainSpecification(qubits: 4, boundary: .open, parity: .plus, h1: -0.2, j: 1.1),
  ])
  func theResidualIsThatOfTheExpandedState(_ specification: ChainSpecification) throws {
    let fixture = try FamilyFixture(specification)
    let reference = PauliReference(specification)
    var random = TwisterStream(seed: 8)
    for _ in 0..<20 {
      let h2 = 0.8 + 0.4 * random.uniform()
      let state = fixture.solve(h2).state
      let independent = reference.residual(h2, fixture.amplitudes(h2), energy: state.energy)
      #expect(abs(state.residual - independent) <= 1e-12)
    }
  }

  /// A basis too small on purpose, so that the residual is far above rounding.
  @Test func aLargeResidualIsMeasuredExactly() throws {
    let specification = ChainSpecification(qubits: 9, h1: 0.2, basisLimit: 3, residualTolerance: 0.1)
    let fixture = try FamilyFixture(specification)
    let reference = PauliReference(specification)
    var largest = 0.0
    for step in 0...40 {
      let h2 = 0.8 + 0.01 * Double(step)
      let state = fixture.solve(min(h2, 1.2)).state
      let independent = reference.residual(min(h2, 1.2), fixture.amplitudes(min(h2, 1.2)), energy: state.energy)
      #expect(abs(state.residual - independent) <= 1e-10 * independent + 1e-13)
      largest = max(largest, state.residual)
    }
    #expect(largest > 1e-5)
    #expect(largest <= 1.2 * fixture.family.largestResidual)
  }

  @Test func aThousandGroundStatesOfFifteenQubitsTakeLessThanTwoSeconds() throws {
    let fixture = try FamilyFixture(ChainSpecification(qubits: 15))
    var coefficients = [Double](repeating: 0, count: fixture.family.basisDimension)
    let start = qkd_thread_cpu_nanoseconds()
    for sample in 0..<1000 {
      _ = fixture.family.groundState(h2: 0.8 + 0.0004 * Double(sample), coefficients: &coefficients)
    }
    #expect(qkd_thread_cpu_nanoseconds() - start < 2_000_000_000)
  }
}
