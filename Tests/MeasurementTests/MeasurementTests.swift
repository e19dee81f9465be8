import Measurement
import Models
import Testing

/// Which strings come from the same shots, and what outcomes are worth.
@Suite struct MeasurementTests {
  private func measurement(_ texts: String...) throws -> Measurement {
    Measurement(try texts.map { try Observable($0) })
  }

  private func letters(_ setting: Measurement.Setting) -> String {
    setting.letters.map { "\($0.pauli)\($0.qubit)" }.joined(separator: " ")
  }

  @Test(
    arguments: [
      (["Z0", "Z1"], ["Z0 Z1"]), (["Z3*Z1 - Z0", "Z1"], ["Z0 Z1 Z3"]),
      // X has shots of its own, and shares them with what it agrees with.
      (["Z0", "X1"], ["Z0", "X1"]), (["X0 + X1", "X2*Y3"], ["X0 X1 X2 Y3"]),
      (["X0", "Y0", "X1*Y0"], ["X0", "Y0 X1"]), (["X0*Z1", "Z0*X1", "Z1"], ["X0 Z1", "Z0 X1", "Z1"]), (["1", "2"], []),
    ] as [([String], [String])])
  func settings(_ observables: [String], _ expected: [String]) throws {
    let measurement = Measurement(try observables.map { try Observable($0) })
    #expect(measurement.settings.map(letters) == expected)
    #expect(measurement.strings.count == measurement.settings.reduce(0) { $0 + $1.outcomes - 1 })
  }

  @Test func valuesOfOutcomes() throws {
    let measurement = try measurement("0.5*Z0*Z2 - Z0 + 3", "Z2")
    #expect(measurement.constants == [3, 0] && measurement.widest == 2)
    // Outcomes 00, 10, 01, 11 of qubits 0 and 2.
    #expect(measurement.settings[0].values == [[-0.5, 0.5, -1.5, 1.5], [1, 1, -1, -1]])
    #expect(measurement.strings.map(\.text) == ["1*Z0", "1*Z2", "1*Z0*Z2"])
  }

  @Test func products() throws {
    let measurement = try measurement("Z0 + 2*Z1", "Z0*Z1 - 1")
    #expect(measurement.product(0, 0).constant == 5 && measurement.product(0, 0).rest?.text == "4*Z0*Z1")
    #expect(measurement.product(0, 1).constant == 0 && measurement.product(0, 1).rest?.text == "2*Z0 + 1*Z1")
    #expect(measurement.product(1, 1).constant == 1 && measurement.product(1, 1).rest == nil)
  }

  @Test func lawsOfTwoLogits() throws {
    let (law, moments) = try #require(try measurement("Z0", "Z1").shotLaw(50))
    #expect(moments.map(\.text) == ["1*Z0*Z1"] && law.shots == 50)
    #expect(law.first.constant == 1 && law.first.output == -1 && law.mixed.output == 2 && law.mixed.constant == 0)
    #expect(try measurement("Z0", "X0").shotLaw(50) == nil)
    #expect(try measurement("Z0", "Z1", "Z2").shotLaw(50) == nil)
  }
}
