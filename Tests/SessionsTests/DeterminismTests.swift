import Kernel
import Sessions
import TemporaryFolders
import Testing

@Suite struct DeterminismTests {
  @Test(arguments: [Precision.float64, .float32])
  func modelsAndReportsDoNotDependOnThreadsNorOnTheRun(_ precision: Precision) throws {
    let folder = TemporaryFolder()
    var settings = shortSettings(in: folder)
    settings.host.precision = precision
    let first = try Session.train(settings)
    let student = try Session.distill(studentSettings(settings, in: folder))
    let answer = try Session.evaluate(settings)
    for threads in [1, 2, 3] {
      var again = shortSettings(in: folder, model: "again.safetensors")
      again.host = settings.host
      again.host.threads = threads
      let report = try Session.train(again)
      #expect(report.losses == first.losses && report.testAccuracy == first.testAccuracy)
      #expect(report.modelSHA256 == first.modelSHA256)
      #expect(contents(again.model.path) == contents(settings.model.path))
      let studentAgain = try Session.distill(studentSettings(again, in: folder, model: "student2.safetensors"))
      #expect(studentAgain.losses == student.losses)
      #expect(contents(studentAgain.modelPath) == contents(student.modelPath))
      let answerAgain = try Session.evaluate(again)
      #expect(answerAgain.accuracy == answer.accuracy && answerAgain.predicted == answer.predicted)
      #expect(answerAgain.meanConfidence == answer.meanConfidence)
    }
  }

  @Test func anotherSeedIsAnotherModel() throws {
    let folder = TemporaryFolder()
    var settings = shortSettings(in: folder)
    let first = try Session.train(settings)
    settings.seed = 2
    let second = try Session.train(settings)
    #expect(first.losses != second.losses && first.modelSHA256 != second.modelSHA256)
  }

  @Test func lanesChangeNothingButRounding() throws {
    let folder = TemporaryFolder()
    var settings = shortSettings(in: folder)
    settings.host.lanes = 1
    let single = try Session.train(settings)
    for lanes in [2, 4, 8] {
      settings.host.lanes = lanes
      let report = try Session.train(settings)
      #expect(report.facts.lanes == lanes)
      #expect(zip(report.losses, single.losses).allSatisfy { abs($0 - $1) < 1e-12 })
      #expect(report.testAccuracy == single.testAccuracy)
    }
  }
}
