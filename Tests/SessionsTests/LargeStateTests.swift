import Foundation
import Glibc
import Sessions
import TemporaryFolders
import Testing

/// Peak memory is the process's, so each run has its own, which says on standard error what it found.
@Suite struct LargeStateTests {
  @Test func fifteenQubitsTrainWithin64MiB() async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      let folder = TemporaryFolder()
      var settings = exampleSettings(in: folder)
      settings.host.memoryBytes = 64 << 20
      settings.model.qubits = 15
      settings.model.layers = 10
      settings.training.iterations = 3
      settings.evaluation.samples = 20
      let report = try Session.train(settings)
      let facts = report.facts
      FileHandle.standardError.write(
        Data(
          """
          15 qubits, 10 layers, training: plan \(facts.plan.ramBytes) B, arena \(facts.plan.arenaBytes) B, \
          held \(facts.memory.ramPeakBytes ?? -1) B, \(facts.lanes) lanes, \(facts.history), \
          \(report.seconds / 3) s an iteration\n
          """.utf8))
      guard facts.plan.ramBytes <= 64 << 20, facts.allocationsAfterSeal == 0, report.losses.count == 3,
        report.lastLoss < report.firstLoss
      else { exit(EXIT_FAILURE) }
      // The test's own program and libraries are larger than the product's, which the plan counts.
      guard let peak = facts.memory.residentPeakBytes, peak < 128 << 20 else { exit(EXIT_FAILURE) }
    }
    print(String(decoding: result?.standardErrorContent ?? [], as: UTF8.self), terminator: "")
  }

  @Test func fifteenQubitsAreEvaluated() async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      let folder = TemporaryFolder()
      var settings = exampleSettings(in: folder)
      settings.host.memoryBytes = 64 << 20
      try writeModel(settings.model.path, qubits: 15, layers: 3)
      settings.evaluation.samples = 64
      let report = try Session.evaluate(settings)
      let facts = report.facts
      FileHandle.standardError.write(
        Data(
          """
          15 qubits, 3 layers, evaluating: plan \(facts.plan.ramBytes) B, held \(facts.memory.ramPeakBytes ?? -1) B, \
          \(report.samplesPerSecond) samples/s\n
          """.utf8))
      guard report.samples == 64, facts.allocationsAfterSeal == 0, report.largestResidual ?? 1 < 1e-8 else {
        exit(EXIT_FAILURE)
      }
    }
    print(String(decoding: result?.standardErrorContent ?? [], as: UTF8.self), terminator: "")
  }
}
