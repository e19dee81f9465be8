import Batches
import Experiments
import Foundation
import Models
import Sessions
import Settings
import TemporaryFolders
import Testing

/// What a student learns of its teacher besides logits, and experiments on it.
@Suite struct HintTests {
  let folder = TemporaryFolder()

  private func student(_ name: String = "student") throws -> Settings {
    var settings = shortSettings(in: folder)
    settings.model.path = folder.path + "/" + name
    settings.distillation.teacherPath = folder.path + "/teacher"
    settings.model.layers = 1
    settings.distillation.hints = ["X0*Z1", "Z2 - 0.5*Y3"]
    try writeModel(settings.distillation.teacherPath, qubits: settings.model.qubits, layers: 3)
    return settings
  }

  @Test(arguments: [0.0, 2], [ReadoutFitting.none, .end])
  func aStudentHasLogitsAlone(_ relations: Double, _ fitting: ReadoutFitting) throws {
    var settings = try student()
    settings.distillation.relationWeight = relations
    settings.training.readoutFit = fitting
    let report = try Session.distill(settings)
    let (model, _) = try Model.read(path: settings.model.path)
    #expect(model.observables == (try settings.model.observables.map { try Observable($0) }))
    #expect(model.scales.count == 2 && report.losses.allSatisfy { $0.isFinite && $0 > 0 })
    #expect(try #require(model.provenance["distillation"]).contains("hints X0*Z1; Z2 - 0.5*Y3 with weight 1"))
    // What is learnt besides changes what is learnt.
    settings.distillation.hints = []
    settings.distillation.relationWeight = 0
    _ = try Session.distill(settings)
    #expect(try Model.read(path: settings.model.path).model.angles != model.angles)
  }

  /// The hints' part of the loss falls: with nothing else to learn, it is all there is.
  @Test func hintsAreLearnt() throws {
    var settings = try student()
    settings.distillation.alpha = 1
    settings.distillation.hintWeight = 1e6
    settings.training.iterations = 200
    settings.training.readoutLearningRate = 0.05
    let losses = try Session.distill(settings).losses
    let (before, after) = (losses.prefix(10).reduce(0.0, +), losses.suffix(10).reduce(0.0, +))
    #expect(after < before / 2)
  }

  @Test func tapesHoldHints() throws {
    var settings = try student()
    settings.distillation.relationWeight = 1
    _ = try Session.distill(settings)
    let direct = try #require(contents(settings.model.path))
    settings.distillation.tapePath = folder.path + "/tape"
    for _ in 0..<2 {
      _ = try Session.distill(settings)
      #expect(contents(settings.model.path) == direct)
    }
    settings.distillation.hints = ["X0*Z1"]
    guard case .otherInputs(_, .tape(let what, _, _)) = distillationError(settings, in: folder) else {
      Issue.record("a tape of other hints was taken")
      return
    }
    #expect(what == "hints")
  }

  @Test func theNumberOfThreadsDoesNotMatter() throws {
    var bytes: [Data?] = []
    for threads in 1...3 {
      var settings = try student()
      settings.distillation.relationWeight = 1
      settings.host.threads = threads
      _ = try Session.distill(settings)
      bytes.append(contents(settings.model.path))
    }
    #expect(bytes[0] != nil && bytes[1] == bytes[0] && bytes[2] == bytes[0])
  }

  @Test func refusals() throws {
    var fixed = Settings()
    fixed.distillation.hints = ["Z2"]
    fixed.model.readout = .fixed
    #expect(fixed.problem(for: .distill)?.key == "distillation.hints")
    var alone = Settings()
    alone.distillation.relationWeight = 1
    #expect(alone.problem(for: .distill)?.key == "distillation.relation-weight")
    var far = try student()
    far.distillation.hints = ["Z40"]
    #expect(distillationError(far, in: folder).map { "\($0)" }?.contains("distillation.hints") == true)
    var experiment = Settings()
    experiment.experiment.name = "x"
    experiment.experiment.treatments = [.none, .hints]
    #expect(experiment.problem(for: .reproduce)?.key == "experiment.treatments")
    experiment.distillation.hints = ["Z2"]
    #expect(experiment.problem(for: .reproduce) == nil)
    experiment.experiment.treatments = [.none, .relations]
    #expect(experiment.problem(for: .reproduce)?.key == "experiment.treatments")
    experiment.experiment.treatments = [.none, .distilled]
    #expect(experiment.problem(for: .reproduce)?.key == "distillation.hints")
    var labels = Settings()
    labels.experiment.name = "x"
    labels.experiment.labels = [8, 4]
    #expect(labels.problem(for: .reproduce)?.key == "experiment.labels")
    labels.experiment.labels = [4, 8]
    #expect(labels.problem(for: .reproduce) == nil)
    labels.experiment.epochs = 2
    #expect(labels.problem(for: .reproduce)?.key == "experiment.labels")
  }

  // MARK: Experiments

  private func experiment(_ name: String) -> Settings {
    var settings = Settings()
    settings.model.qubits = 4
    settings.training.states = 60
    settings.training.batch = 20
    settings.training.readoutFit = .end
    settings.evaluation.samples = 70
    settings.experiment.name = name
    settings.experiment.seeds = 3
    settings.experiment.teacherIterations = 30
    settings.experiment.studentLayers = [1]
    settings.experiment.iterations = [5, 10]
    settings.experiment.treatments = [.none, .distilled, .shuffledTeacher]
    settings.experiment.reportPath = folder.path + "/\(name).json"
    return settings
  }

  /// A student that sees the first labels alone is that of a smaller training set; one that sees all, of the whole.
  @Test(arguments: [ReadoutFitting.none, .end]) func fewLabelsAreAFewSamples(_ fitting: ReadoutFitting) throws {
    var settings = experiment("few")
    settings.training.readoutFit = fitting
    settings.experiment.labels = [12, 60]
    let few = try Session.reproduce(settings)
    #expect(few.axis == .labels && few.rows.count == 1 + 2 * 3 * 2)
    func rows(_ report: ExperimentReport, _ model: String, _ treatment: Treatment) -> [[Double]] {
      report.rows.filter { $0.model == model && $0.treatment == treatment && !$0.isFitted }.map(\.accuracies)
    }
    var whole = experiment("whole")
    whole.training.readoutFit = fitting
    let all = try Session.reproduce(whole)
    for treatment in settings.experiment.treatments {
      #expect(rows(few, "student, 60 labels", treatment) == rows(all, "student", treatment), "\(treatment)")
    }
    whole.experiment.name = "small"
    whole.experiment.reportPath = folder.path + "/small.json"
    whole.training.states = 12
    let small = try Session.reproduce(whole)
    #expect(rows(few, "student, 12 labels", .none) == rows(small, "student", .none))
    settings.experiment.labels = [61]
    #expect(throws: SessionError.self) { _ = try Session.reproduce(settings) }
  }

  /// Labels that are hidden teach nothing: with no weight on the teacher, one label says one class of all.
  @Test func hiddenLabelsAreNotSeen() throws {
    var settings = experiment("hidden")
    settings.distillation.alpha = 0
    settings.experiment.labels = [1, 60]
    settings.experiment.treatments = [.distilled]
    let rows = try Session.reproduce(settings).rows
    for row in rows where row.model != "teacher" {
      let expected = row.labels == 1 ? 0.2...0.8 : 0.9...1
      #expect(row.accuracies.allSatisfy(expected.contains), "\(row.model): \(row.accuracies)")
    }
    #expect(rows.map(\.labels) == [nil, 1, 1, 60, 60])
  }

  /// Treatments that do not use hints are what they are without: their outputs are there, and nothing learns them.
  @Test(arguments: [ReadoutFitting.none, .end, .eachEpoch])
  func hintsDoNotTouchOtherTreatments(_ fitting: ReadoutFitting) throws {
    var without = experiment("without")
    without.training.readoutFit = fitting
    let plain = try Session.reproduce(without)
    var with = experiment("with")
    with.training.readoutFit = fitting
    with.distillation.hints = ["X0*Z1", "Z2"]
    with.distillation.relationWeight = 1
    with.experiment.treatments += [.hints, .relations]
    let hinted = try Session.reproduce(with)
    for row in plain.rows where !row.isFitted {
      let same = hinted.rows.first {
        $0.model == row.model && $0.treatment == row.treatment && $0.iterations == row.iterations
      }
      #expect(same?.accuracies == row.accuracies, "\(row.model) \(row.treatment)")
    }
    let pairs = hinted.comparisons.map { "\($0.treatment) \($0.baseline)" }
    #expect(Set(pairs).isSuperset(of: ["hints none", "hints distilled", "relations none", "relations distilled"]))
    #expect(hinted.rows.allSatisfy { !$0.isFitted })
  }
}
