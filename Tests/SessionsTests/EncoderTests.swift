import Batches
import Foundation
import Kernel
import Sessions
import Settings
import TemporaryFolders
import Testing

/// A model that encodes vectors answers as the same circuit does on the states written out.
@Suite struct EncoderTests {
  private var qubits: Int { features[0].count }
  private let features: [[Double]] = [[0, 1, 1], [1, 0, 0], [0, 0, 0], [1, 1, 1], [0, 1, 0]]

  /// |0⟩ and |1⟩ amplitudes of one qubit.
  private func factor(_ encoder: Encoder, _ x: Double) -> (Double, Double) {
    switch encoder {
    case .phase: (0.5.squareRoot(), (x == 1 ? -1 : 1) * 0.5.squareRoot())
    case .basis: (1 - x, x)
    default: (cos(x / 2), sin(x / 2))
    }
  }

  private func state(_ encoder: Encoder, _ row: [Double], _ order: QubitOrder) -> [Double] {
    (0..<1 << row.count).map { index in
      row.indices.reduce(1.0) { product, qubit in
        let bit = order == .littleEndian ? qubit : row.count - 1 - qubit
        let (zero, one) = factor(encoder, row[qubit])
        return product * (index >> bit & 1 == 1 ? one : zero)
      }
    }
  }

  private func answers(_ folder: TemporaryFolder, _ rows: [[Double]], _ encoder: Encoder = .state) throws -> [[Double]]
  {
    var settings = Settings()
    settings.model.path = folder.path + "/model"
    settings.data.source = .file
    settings.data.path = folder.put("rows.npy", npy(rows))
    settings.data.encoder = encoder
    settings.data.text.pads = rows[0].count < 1 << qubits
    settings.evaluation.samples = 0
    settings.evaluation.batch = 2
    settings.evaluation.predictionsPath = folder.path + "/p.npy"
    _ = try Session.evaluate(settings)
    return try SessionsTests.rows(ofNPY: settings.evaluation.predictionsPath)
  }

  @Test(arguments: [Encoder.phase, .basis, .angle], [QubitOrder.littleEndian, .bigEndian])
  func productStatesAreAsWrittenOut(_ encoder: Encoder, _ order: QubitOrder) throws {
    let folder = TemporaryFolder()
    let model = folder.path + "/model"
    let given = encoder == .angle ? features.map { $0.enumerated().map { 0.4 + $1 * 2.5 - Double($0) } } : features
    try writeModel(model, qubits: qubits, order: order)
    let expected = try answers(folder, given.map { state(encoder, $0, order) })
    // The setting encodes for a model of states, and so does the model itself.
    #expect(isClose(try answers(folder, given, encoder), expected, 1e-13))
    try writeModel(model, qubits: qubits, encoder: encoder, order: order)
    #expect(isClose(try answers(folder, given), expected, 1e-13))
    #expect(isClose(try answers(folder, given, encoder), expected, 1e-13))
  }

  /// A linear chain of two layers that is read out at its first two qubits sees three of seven.
  @Test(arguments: [Encoder.phase, .basis, .angle], [QubitOrder.littleEndian, .bigEndian])
  func qubitsThatNoObservableSeesAreNotRun(_ encoder: Encoder, _ order: QubitOrder) throws {
    let folder = TemporaryFolder()
    func write(_ encoder: Encoder) throws {
      try writeModel(
        folder.path + "/model", qubits: 7, entangler: .linear, finalRotation: false, encoder: encoder, order: order,
        observables: ["Z0", "2*Z1 - 0.1"])
    }
    let rows = (0..<40).map { i in (0..<7).map { q in Double((i * 37 >> q) & 1) * (encoder == .angle ? 1.3 : 1) } }
    try write(.state)
    let expected = try answers(folder, rows.map { state(encoder, $0, order) })
    try write(encoder)
    #expect(isClose(try answers(folder, rows), expected, 1e-13))

    var settings = Settings()
    settings.model.path = folder.path + "/model"
    settings.data.source = .file
    settings.data.path = folder.path + "/rows.npy"
    let plan = try Session.plan(.evaluate, settings).plan
    #expect(plan.buffers.first { $0.name == "student CNOT index" }?.bytes == 8 * 4)
    if encoder == .angle { return }
    // The whole row is still checked.
    var bad = rows
    bad[3][6] = 0.5
    do {
      _ = try answers(folder, bad)
      Issue.record("half a bit was taken")
    } catch SessionError.row(_, let row, let problem) {
      #expect(row == 3 && "\(problem)" == "notBinary(column: 6, value: 0.5)")
    }
  }

  @Test func amplitudesArePaddedAndNormalisedOrNot() throws {
    let folder = TemporaryFolder()
    let model = folder.path + "/model"
    let given = [[3.0, 0, -4, 1], [1e-200, 2e-200, 0, 0], [1e200, 0, -1e200, 1], [5e-324, 0, 0, 0]]
    let units = given.map { row in
      let largest = row.map(\.magnitude).max()!
      let norm = row.reduce(0) { $0 + ($1 / largest) * ($1 / largest) }.squareRoot() * largest
      return row.map { $0 / norm } + [0, 0, 0, 0]
    }
    try writeModel(model, qubits: qubits)
    var expected = try answers(folder, [units[0], units[1], units[2], [1, 0, 0, 0, 0, 0, 0, 0]])
    try writeModel(model, qubits: qubits, encoder: .amplitude)
    #expect(isClose(try answers(folder, given), expected, 1e-13))

    // Expectations scale with the squared norm, 9 times here; the readout's bias does not.
    try writeModel(model, qubits: qubits)
    expected = try answers(folder, [units[0]])
    try writeModel(model, qubits: qubits, encoder: .amplitudeUnnormalized)
    let scaled = try answers(folder, [units[0].map { 3 * $0 }])
    for (j, bias) in [0, 0.1].enumerated() {
      #expect(abs(scaled[0][4 + j] - bias - 9 * (expected[0][4 + j] - bias)) < 1e-12)
    }
  }

  @Test func anotherEncoderThanTheModelsIsRefused() throws {
    let folder = TemporaryFolder()
    try writeModel(folder.path + "/model", qubits: qubits, encoder: .angle)
    do {
      _ = try answers(folder, features, .phase)
      Issue.record("the setting was taken")
    } catch SessionError.setting(let name, let given, _) { #expect(name == "data.encoder" && given == "phase") }
    var settings = Settings()
    settings.model.path = folder.path + "/model"
    for (path, setting) in [("", "data.path"), (folder.path + "/rows", "data.source")] {
      settings.data.path = path
      do {
        _ = try Session.evaluate(settings)
        Issue.record("the spin chain was taken")
      } catch SessionError.setting(let name, _, let allowed) {
        #expect(name == setting && allowed.contains("the model encodes vectors (angle)"))
      }
    }
  }
}
