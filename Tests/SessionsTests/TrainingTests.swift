import Sessions
import Students
import TemporaryFolders
import Testing

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

  /// States are un-computed where the budget has no room for their history; the numbers are the same.
  @Test func theHistoryGivesWayToTheBudget() throws {
    let folder = TemporaryFolder()
    var settings = shortSettings(in: folder)
    settings.host.lanes = 4
    settings.model.layers = 6
    let stored = try Session.plan(.train, settings)
    #expect(stored.history == "stored")
    let report = try Session.train(settings)
    #expect(report.facts.history == "stored" && report.facts.plan == stored.plan)

    settings.host.memoryBytes = stored.plan.totalBytes - 1
    let uncomputed = try Session.plan(.train, settings)
    #expect(uncomputed.history == "uncomputed" && uncomputed.plan.totalBytes < stored.plan.totalBytes)
    let again = try Session.train(settings)
    #expect(again.facts.history == "uncomputed" && again.facts.plan == uncomputed.plan)
    #expect(zip(again.losses, report.losses).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(again.losses.count == report.losses.count)

    settings.host.memoryBytes = stored.plan.totalBytes
    #expect(try Session.plan(.train, settings).history == "stored")
  }
}
