import Foundation
import Kernel
import Sessions
import Settings
import TemporaryFolders
import Testing

/// Evaluating through the circuit and through one matrix a logit.
@Suite struct InferenceTests {
  private struct Answer {
    let logits: [[Double]]
    let report: EvaluationReport
  }

  /// Logits and what else a prediction's row holds.
  private func answer(_ given: Settings, _ inference: Inference?) throws -> Answer {
    var settings = given
    settings.evaluation.inference = inference
    settings.evaluation.predictionsPath = given.model.path + ".npy"
    let report = try Session.evaluate(settings)
    return Answer(logits: try rows(ofNPY: settings.evaluation.predictionsPath), report: report)
  }

  /// Both ways agree, whatever the precision, the threads and the lanes.
  private func compare(_ given: Settings) throws {
    var settings = given
    var exact: Answer?
    for precision in [Precision.float64, .float32] {
      settings.host.precision = precision
      let (circuit, matrices) = (try answer(settings, .circuit), try answer(settings, .matrices))
      #expect(isClose(matrices.logits, circuit.logits, precision == .float64 ? 1e-12 : 2e-5))
      #expect(!matrices.logits.isEmpty)
      #expect(matrices.report.facts.plan.buffers.contains { $0.name == "student matrices" })
      #expect(!circuit.report.facts.plan.buffers.contains { $0.name == "student matrices" })
      if let exact { #expect(isClose(matrices.logits, exact.logits, 2e-5)) }
      exact = exact ?? matrices
      settings.host.threads = 2
      #expect(try answer(settings, .matrices).logits == matrices.logits)
      settings.host.threads = 1
      settings.host.lanes = 1
      let single = try answer(settings, .matrices).logits
      #expect(isClose(single, matrices.logits, precision == .float64 ? 1e-13 : 2e-6))
      settings.host.lanes = nil
    }
  }

  private func fileSettings(_ folder: TemporaryFolder, _ data: Data) -> Settings {
    var settings = Settings()
    settings.model.path = folder.path + "/model"
    settings.data.source = .file
    settings.data.path = folder.put("rows.npy", data)
    settings.evaluation.samples = 0
    settings.evaluation.batch = 9
    return settings
  }

  @Test(
    arguments: [Encoder.state, .amplitude, .amplitudeUnnormalized, .phase, .basis, .angle],
    [Entangler.linear, .ring, .descending, .allPairs])
  func bothGiveTheSame(_ encoder: Encoder, _ entangler: Entangler) throws {
    let folder = TemporaryFolder()
    for qubits in 1...4 {
      let observables = qubits == 1 ? ["Z0 - 0.5*X0", "Y0 + 0.25"] : ["Z0 - 0.5*X1", "Y1*Z0 + 0.25"]
      try writeModel(
        folder.path + "/model", qubits: qubits, layers: qubits % 3 + 1, entangler: entangler,
        finalRotation: qubits % 2 == 0, encoder: encoder, order: qubits == 3 ? .bigEndian : .littleEndian,
        observables: observables)
      let count = encoder.isProduct ? qubits : 1 << qubits
      let rows = (0..<23).map { i in
        let row = (0..<count).map { k in
          encoder.isProduct && encoder != .angle ? Double(i >> k & 1) : sin(Double(3 * i + k * k) + 0.5)
        }
        let norm = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return encoder.isProduct ? row : row.map { $0 / norm }
      }
      try compare(fileSettings(folder, npy(rows)))
      if encoder.isProduct { continue }
      // Phases that differ: a global one would leave ψ̄_kψ_l real.
      let pairs = rows.map { row in
        row.enumerated().flatMap { [$1 * cos(0.7 * Double($0 + 1)), $1 * sin(0.7 * Double($0 + 1))] }
      }
      try compare(fileSettings(folder, complexNPY(pairs)))
    }
  }

  /// Seven qubits of which the observables see three.
  @Test func theQubitsThatAreSeenCount() throws {
    let folder = TemporaryFolder()
    try writeModel(
      folder.path + "/model", qubits: 7, entangler: .linear, finalRotation: false, encoder: .angle,
      observables: ["Z0", "2*Z1 - 0.1"])
    let rows = (0..<40).map { i in (0..<7).map { q in Double(i * 7 + q) / 9 } }
    try compare(fileSettings(folder, npy(rows)))
  }

  @Test func groundStatesAndMixedStatesToo() throws {
    let folder = TemporaryFolder()
    var settings = shortSettings(in: folder)
    try writeModel(settings.model.path, qubits: 4)
    try compare(settings)
    try CompressedStudentTests.compress(in: folder)
    settings = CompressedStudentTests.settings(in: folder)
    settings.training.iterations = 2
    _ = try Session.train(settings)
    try compare(settings)
  }

  @Test func thePlanSaysWhichAndWhatTheOtherWouldCost() throws {
    let folder = TemporaryFolder()
    var settings = shortSettings(in: folder)
    // 3 qubits, 2 + 1 layers, ring, 4 strings besides a constant: 80 a layer; 16 for probabilities, 16 for single Z,
    // 8 for the constant, 32 for the pending diagonal and 16 each for X and YZ. Real ground states: 36 products.
    try writeModel(settings.model.path, qubits: 3)
    let planned = try #require(try Session.plan(.evaluate, settings).inference)
    #expect(planned.taken.inference == .matrices && planned.taken.multiplyAdds == 36 + 2 * 36)
    #expect(planned.other?.inference == .circuit && planned.other?.multiplyAdds == 3 * 80 + 16 + 16 + 8 + 32 + 32)
    let other = try #require(planned.other)
    for choice in [planned.taken, other] {
      settings.evaluation.inference = choice.inference
      #expect(try Session.plan(.evaluate, settings).plan.arenaBytes == choice.arenaBytes)
    }
    settings.evaluation.inference = nil

    // Many logits of a shallow circuit: the matrices would take longer.
    try writeModel(
      settings.model.path, qubits: 4, layers: 1, entangler: .linear, finalRotation: false,
      observables: (0..<12).map { "Z\($0 % 4)" })
    let shallow = try #require(try Session.plan(.evaluate, settings).inference)
    #expect(shallow.taken.inference == .circuit && shallow.other?.inference == .matrices)

    try writeModel(settings.model.path, qubits: 5)
    let large = try #require(try Session.plan(.evaluate, settings).inference)
    #expect(large.taken.inference == .circuit && large.other == nil)
    #expect(try Session.plan(.train, shortSettings(in: folder)).inference == nil)
    settings.evaluation.inference = .matrices
    let refused = CompressedStudentTests.setting { _ = try Session.plan(.evaluate, settings) }
    #expect(refused?.name == "evaluation.inference" && refused?.given == "matrices for 5 qubits")
  }

  /// Where the faster way does not fit, the other one is taken before lanes are given up.
  @Test func whatFitsIsTaken() throws {
    let folder = TemporaryFolder()
    var settings = shortSettings(in: folder)
    try writeModel(settings.model.path, qubits: 4)
    let free = try #require(try Session.plan(.evaluate, settings).inference)
    let other = try #require(free.other)
    #expect(free.taken.inference == .matrices && other.arenaBytes < free.taken.arenaBytes)
    settings.host.arenaBytes = free.taken.arenaBytes - 1
    let tight = try Session.plan(.evaluate, settings)
    #expect(tight.inference?.taken == other)
    settings.host.arenaBytes = free.taken.arenaBytes
    #expect(try Session.plan(.evaluate, settings).inference == free)
  }
}
