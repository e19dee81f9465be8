import Batches
import Foundation
import Glibc
import Kernel
import Models
import Sessions
import TemporaryFolders
import Testing

/// The count is of the whole process, so each of these runs in a process of its own, which says on standard error what
/// it found.
@Suite struct SealTests {
  @Test func nothingIsAllocatedAfterTheSeal() async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      let folder = TemporaryFolder()
      var failures = 0
      func expectNone(_ facts: RunFacts, _ what: String) {
        if facts.allocationsAfterSeal == 0 { return }
        failures += 1
        FileHandle.standardError.write(
          Data("\(what): \(facts.allocationsAfterSeal ?? -1) allocations after the seal\n".utf8))
      }
      for precision in Precision.all {
        for threads in [1, 2] {
          let what = "\(precision.name), \(threads) threads"
          var teacher = shortSettings(in: folder)
          teacher.host.precision = precision
          teacher.host.threads = threads
          expectNone(try Session.train(teacher).facts, "train, " + what)
          expectNone(try Session.distill(studentSettings(teacher, in: folder)).facts, "distill, " + what)
          expectNone(try Session.evaluate(teacher).facts, "evaluate, " + what)
          var autoencoder = teacher
          autoencoder.compression.path = folder.path + "/autoencoder.safetensors"
          autoencoder.compression.iterations = 10
          expectNone(try Session.compress(autoencoder).facts, "compress, " + what)
          var uncomputed = teacher
          uncomputed.host.lanes = 1
          uncomputed.host.memoryBytes = try Session.plan(.train, uncomputed).plan.ramBytes - 1
          expectNone(try Session.train(uncomputed).facts, "train without history, " + what)

          var regression = RegressionTests.settings(folder, model: "regression")
          (regression.host.precision, regression.host.threads) = (precision, threads)
          regression.training.readoutFit = .eachEpoch
          expectNone(try Session.train(regression).facts, "train a regression, " + what)
          expectNone(try Session.distill(studentSettings(regression, in: folder)).facts, "distill one, " + what)
          for predictions in ["", "r.csv", "r.ndjson", "r.npy"] {
            regression.evaluation.predictionsPath = predictions.isEmpty ? "" : folder.path + "/" + predictions
            expectNone(try Session.evaluate(regression).facts, "evaluate one to \(predictions), " + what)
          }

          let (states, labels) = try writeGroundStates(in: folder, count: 40)
          teacher.data.source = .file
          teacher.data.path = states
          teacher.data.labelsPath = labels
          teacher.evaluation.samples = 0
          for predictions in ["", "p.csv", "p.ndjson", "p.npy"] {
            teacher.evaluation.predictionsPath = predictions.isEmpty ? "" : folder.path + "/" + predictions
            expectNone(try Session.evaluate(teacher).facts, "evaluate a file to \(predictions), " + what)
          }
          let names = (0..<128).map { "\"x \($0)\"" } + ["kind"]
          let table = ([names] + (0..<5).map { row in (0..<128).map { $0 == row ? "1+0i" : "0" } + ["1"] })
            .map { $0.joined(separator: ",") + "\n" }
          teacher.data.path = folder.put("table.csv", Data(table.joined().utf8))
          (teacher.data.labelsPath, teacher.data.text.labelColumn) = ("", "kind")
          expectNone(try Session.evaluate(teacher).facts, "evaluate a table, " + what)
        }
      }
      if failures > 0 { exit(EXIT_FAILURE) }
    }
    print(String(decoding: result?.standardErrorContent ?? [], as: UTF8.self), terminator: "")
  }

  @Test func theCountIsNotZeroWhereSomethingAllocates() async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      let folder = TemporaryFolder()
      var settings = shortSettings(in: folder)
      // Long enough for the other thread to get its turn on a busy machine.
      settings.training.iterations = 10_000
      var thread = pthread_t()
      pthread_create(
        &thread, nil,
        { _ in
          while true { closedir(opendir("/")) }
        }, nil)
      guard let count = try Session.train(settings).facts.allocationsAfterSeal, count > 0 else { exit(EXIT_FAILURE) }
    }
    print(String(decoding: result?.standardErrorContent ?? [], as: UTF8.self), terminator: "")
  }
}
