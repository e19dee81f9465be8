import Evaluation
import Kernel
import Sessions
import TemporaryFolders
import Testing

/// A teacher, its student, and what the student's file then answers, within 16 MiB.
@Suite struct WholeChainTests {
  @Test(arguments: [Precision.float64, .float32])
  func teacherAndStudentReachTheirAccuracy(_ precision: Precision) throws {
    let folder = TemporaryFolder()
    let teacher = exampleSettings(in: folder)
    let taught = try Session.train(teacher)
    #expect(taught.testAccuracy.trials == 1000)
    #expect(taught.testAccuracy.value >= 0.99)
    #expect(taught.teacher == nil)
    #expect(taught.losses.count == 500)
    #expect(taught.firstLoss == taught.losses.first && taught.lastLoss == taught.losses.last)
    #expect(taught.lastLoss < 0.2 * taught.firstLoss)

    var student = studentSettings(teacher, in: folder)
    student.training.iterations = 100
    student.host.precision = precision
    student.host.memoryBytes = 16 << 20
    let learnt = try Session.distill(student)
    #expect(learnt.testAccuracy.value >= 0.99)
    #expect(learnt.teacher?.modelSHA256 == taught.modelSHA256)
    // In double precision it is the very number that the teacher's own run measured.
    #expect(
      abs(learnt.teacher!.testAccuracy!.successes - taught.testAccuracy.successes) <= (precision == .float64 ? 0 : 1))
    #expect(learnt.facts.plan.ramBytes <= 16 << 20)
    #expect(folder.names == ["model.safetensors", "student.safetensors"])

    for reading in Precision.all {
      student.host.precision = reading
      let report = try Session.evaluate(student)
      let accuracy = try #require(report.accuracy)
      #expect(accuracy.trials == 1000 && report.samples == 1000)
      #expect(accuracy.value >= 0.99)
      #expect(abs(accuracy.successes - learnt.testAccuracy.successes) <= (reading == precision ? 0 : 1))
      #expect(report.modelSHA256 == learnt.modelSHA256)
      #expect(report.predicted.reduce(0, +) == 1000)
      #expect((0.5...1).contains(report.meanConfidence))
      #expect(try #require(report.largestResidual) < 1e-8)
      #expect(report.latency.count == 16)
      #expect(report.facts.plan.ramBytes <= 16 << 20)
    }
  }

  @Test func anArenaOf64KiBRunsTheStudent() throws {
    let folder = TemporaryFolder()
    var settings = shortSettings(in: folder)
    settings.model.layers = 1
    _ = try Session.train(settings)
    settings.host.precision = .float32
    settings.host.arenaBytes = 64 << 10
    let report = try Session.evaluate(settings)
    #expect(report.facts.plan.arenaBytes <= 64 << 10)
    #expect(report.samples == 100)
  }

  @Test func theQualityGateAsksForTheLowerEndOfTheInterval() throws {
    let folder = TemporaryFolder()
    var settings = shortSettings(in: folder)
    _ = try Session.train(settings)
    #expect(try Session.evaluate(settings).gate == nil)
    let accuracy = try #require(try Session.evaluate(settings).accuracy)
    for (minimum, passes) in [(accuracy.interval.lower, true), (accuracy.interval.lower.nextUp, false)] {
      settings.evaluation.minimumAccuracy = minimum
      let gate = try #require(try Session.evaluate(settings).gate)
      let misses = [QualityGate.Miss.accuracy(lower: accuracy.interval.lower, minimum: minimum)]
      #expect(gate.passed == passes && gate.misses == (passes ? [] : misses))
    }
  }
}
