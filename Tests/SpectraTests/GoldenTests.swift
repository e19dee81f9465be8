import Spectra
import Testing

@Suite struct GoldenTests {
  @Test(
    .enabled(if: GoldenFile.isPresent, "shared/golden/qnn.json is not beside this checkout; set QKD_SHARED"),
    arguments: [7, 15])
  func energiesAndExpectationsOfTheGoldenFile(qubits: Int) throws {
    let golden = try #require(try GoldenFile.find())
    let specification = ChainSpecification(qubits: qubits)
    let fixture = try FamilyFixture(specification)
    let reference = PauliReference(specification)
    #expect(fixture.family.parity == .minus)
    for h2 in [0.8, 0.9, 1.0, 1.1, 1.2] {
      let expected = try #require(golden.ground["n\(qubits)_h2_\(h2)"])
      let energy = fixture.solve(h2).state.energy
      #expect(abs(energy - expected.energy) < 1e-10, "h2 \(h2)")
      let state = fixture.amplitudes(h2)
      #expect(abs(state.norm - 1) < 1e-13)
      #expect(abs(reference.flipParity(state) - expected.flipParity) < 1e-12)
      for site in 0..<qubits {
        #expect(abs(state.dot(reference.x(site, state)) - expected.x) < 1e-9, "⟨X_\(site)⟩ at h2 \(h2)")
        #expect(abs(state.dot(reference.xx(site, state)) - expected.xx) < 1e-9, "⟨XX⟩ at h2 \(h2)")
        #expect(abs(state.dot(reference.zxz(site, state)) - expected.zxz) < 1e-9, "⟨ZXZ⟩ at h2 \(h2)")
      }
    }
  }
}
