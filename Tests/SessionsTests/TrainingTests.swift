import Kernel
import Models
import Sessions
import TemporaryFolders
import Testing
import Training

@Suite struct TrainingTests {
  @Test func withoutWeightTheTeacherTeachesNothing() throws {
    let folder = TemporaryFolder()
    let teacher = shortSettings(in: folder)
    _ = try Session.train(teacher)
    var settings = studentSettings(teacher, in: folder)
    settings.distillation.alpha = 0
    let distilled = try Session.distill(settings)
    settings.model.path = folder.path + "/plain.safetensors"
    let plain = try Session.train(settings)
    #expect(distilled.losses == plain.losses)
    let (a, b) = (try Model.read(path: distilled.modelPath).model, try Model.read(path: plain.modelPath).model)
    #expect(a.angles == b.angles && a.scales == b.scales && a.biases == b.biases)
    settings.distillation.alpha = 0.8
    #expect(try Session.distill(settings).losses != plain.losses)
  }

  @Test func labelSmoothingAndTheReadoutsKindMatter() throws {
    let folder = TemporaryFolder()
    var settings = shortSettings(in: folder)
    let plain = try Session.train(settings)
    settings.training.labelSmoothing = 0.1
    #expect(try Session.train(settings).losses != plain.losses)
    settings.training.labelSmoothing = 0
    settings.model.readout = .fixed
    settings.model.scale = 3
    settings.model.bias = 0.25
    #expect(try Session.train(settings).losses != plain.losses)
    let model = try Model.read(path: settings.model.path).model
    #expect(model.scales == [3, 3] && model.biases == [0.25, 0.25])
  }

  @Test func aBatchLargerThanTheSetIsTheSet() throws {
    let folder = TemporaryFolder()
    var settings = shortSettings(in: folder)
    settings.training.states = 7
    settings.training.batch = 7
    let exact = try Session.train(settings)
    settings.training.batch = 1000
    #expect(try Session.train(settings).losses == exact.losses)
    settings.training.states = 1
    settings.training.iterations = 1
    #expect(try Session.train(settings).losses.count == 1)
  }

  /// States are un-computed where the budget has no room for their history, and samples take the basis's place where it
  /// has none for that; the numbers are the same.
  @Test func historyAndBasisGiveWayToTheBudget() throws {
    let folder = TemporaryFolder()
    var settings = shortSettings(in: folder)
    settings.host.lanes = 4
    settings.model.layers = 6
    var (reports, totals): ([TrainingReport], [Int]) = ([], [])
    for layout in ["stored, basis", "uncomputed, basis", "stored", "uncomputed"] {
      let planned = try Session.plan(.train, settings)
      #expect(planned.history == layout)
      let report = try Session.train(settings)
      #expect(report.facts.history == layout && report.facts.plan == planned.plan)
      reports.append(report)
      totals.append(planned.plan.ramBytes)
      settings.host.memoryBytes = planned.plan.ramBytes - 1
    }
    #expect(zip(totals, totals.dropFirst()).allSatisfy { $0 > $1 })
    for report in reports.dropFirst() {
      #expect(report.losses.count == reports[0].losses.count)
      #expect(zip(report.losses, reports[0].losses).allSatisfy { abs($0 - $1) < 1e-11 })
      #expect(report.testAccuracy == reports[0].testAccuracy)
    }
    settings.host.memoryBytes = totals[0]
    #expect(try Session.plan(.train, settings).history == "stored, basis")
  }

  /// The teacher too runs the basis or the samples.
  @Test(arguments: [Precision.float64, .float32])
  func theBasisChangesNothingOfADistillation(_ precision: Precision) throws {
    let folder = TemporaryFolder()
    var teacher = shortSettings(in: folder)
    teacher.host.precision = precision
    teacher.host.lanes = 4
    _ = try Session.train(teacher)
    var student = studentSettings(teacher, in: folder)
    let basis = try Session.distill(student)
    #expect(basis.facts.history == "stored, basis")
    student.host.memoryBytes = try Session.plan(.distill, student).plan.ramBytes - 1
    while try Session.plan(.distill, student).history.hasSuffix("basis") {
      student.host.memoryBytes = try Session.plan(.distill, student).plan.ramBytes - 1
    }
    let samples = try Session.distill(student)
    let tolerance = precision == .float64 ? 1e-11 : 1e-5
    #expect(zip(samples.losses, basis.losses).allSatisfy { abs($0 - $1) < tolerance })
    #expect(samples.teacherAccuracy == basis.teacherAccuracy)
    // Of 100 unseen samples one may lie on the edge in single precision.
    #expect(abs(samples.testAccuracy.successes - basis.testAccuracy.successes) <= (precision == .float64 ? 0 : 1))
  }

  /// A basis of more than half the batch's groups is no gain: that of 7 qubits has 10 states at most, 3 groups.
  @Test func smallBatchesAreRunSampleBySample() throws {
    var settings = shortSettings(in: TemporaryFolder())
    settings.host.lanes = 4
    settings.training.batch = 20
    #expect(try Session.plan(.train, settings).history == "stored")
    settings.training.batch = 21
    #expect(try Session.plan(.train, settings).history == "stored, basis")
  }
}
