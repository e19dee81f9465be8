import Kernel
import Models
import Sessions
import Settings
import TemporaryFolders
import Testing

/// Who teaches whom, and how.
@Suite struct DistillationTests {
  let folder = TemporaryFolder()

  /// Teacher, assistant and student of 3, 2 and 1 layers.
  @Test func anAssistantTeachesASmallerStudent() throws {
    var settings = shortSettings(in: folder)
    settings.training.iterations = 60
    var digests: [String] = []
    for (layers, name) in [(3, "teacher"), (2, "assistant"), (1, "student")] {
      settings.model.layers = layers
      settings.distillation.teacherPath = settings.model.path
      settings.model.path = folder.path + "/" + name
      let report = layers == 3 ? try Session.train(settings) : try Session.distill(settings)
      #expect(report.lastLoss < report.firstLoss)
      let made = try Model.read(path: settings.model.path).model.provenance
      #expect(made["teacher_sha256"] == digests.last)
      digests.append(report.modelSHA256)
    }
    #expect(Set(digests).count == 3)
  }

  /// Self-distillation: a student of its teacher's own shape, from other angles.
  @Test func aTwinLearnsFromItsTeacher() throws {
    var settings = shortSettings(in: folder)
    let teacher = try Session.train(settings)
    settings.distillation.teacherPath = settings.model.path
    settings.model.path = folder.path + "/twin"
    settings.seed = 2
    let twin = try Session.distill(settings)
    #expect(twin.parameters == teacher.parameters && twin.modelSHA256 != teacher.modelSHA256)
    #expect(twin.lastLoss < twin.firstLoss)
  }

  private func threeClasses() throws -> Settings {
    var settings = FileTrainingTests.settings(folder)
    settings.data.classes = [0, 3, 7]
    settings.model.observables = ["Z0", "Z1", "Z0*Z1"]
    settings.training.iterations = 40
    settings.distillation.teacherPath = folder.path + "/teacher"
    try writeModel(
      settings.distillation.teacherPath, qubits: 2, encoder: .amplitude, observables: settings.model.observables)
    return settings
  }

  @Test func standardizedLogitsTeachOtherwise() throws {
    var settings = try threeClasses()
    settings.distillation.alpha = 1
    let plain = try Session.distill(settings)
    settings.distillation.standardizesLogits = true
    let standardized = try Session.distill(settings)
    #expect(standardized.losses != plain.losses && standardized.lastLoss < standardized.firstLoss)
    let made = try Model.read(path: settings.model.path).model.provenance["distillation"]
    #expect(made == "alpha 1.0, T 2.0, student-first, standardised logits")
    // A teacher of another offset and range says the same.
    let model = try Model.read(path: settings.distillation.teacherPath).model
    var scaled = model
    let scale = model.scales[0]
    scaled.scales = [scale, scale, scale]
    scaled.biases = [0, 0, 0]
    try scaled.tensorFile().write(path: settings.distillation.teacherPath)
    let one = try Session.distill(settings).losses
    scaled.scales = [16 * scale, 16 * scale, 16 * scale]
    scaled.biases = [5, 5, 5]
    try scaled.tensorFile().write(path: settings.distillation.teacherPath)
    let other = try Session.distill(settings).losses
    #expect(zip(one, other).allSatisfy { abs($0 - $1) < 1e-5 } && one != plain.losses)
    settings.distillation.standardizesLogits = false
    let unstandardized = try Session.distill(settings).losses
    #expect(abs(unstandardized[0] - one[0]) > 1e-3)
  }

  @Test func twoLogitsAreTooFewToStandardize() throws {
    var settings = try threeClasses()
    settings.distillation.standardizesLogits = true
    settings.model.observables = ["Z0", "Z1"]
    settings.experiment.name = "table-1"
    for job in [Job.distill, .reproduce] {
      var name: String?
      do { _ = try Session.plan(job, settings) } catch {
        if case .setting(let setting, _, _) = error { name = setting }
      }
      #expect(name == "distillation.standardize")
    }
  }
}
