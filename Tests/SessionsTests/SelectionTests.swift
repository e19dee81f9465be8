import Foundation
import Kernel
import Models
import Sessions
import Settings
import TemporaryFolders
import Testing
import Training

/// The best of several trainings, each of which may end early.
@Suite struct SelectionTests {
  /// Of 50 states ten are held back; an epoch has four steps of ten.
  private func settings(_ folder: TemporaryFolder, restarts: Int = 1, patience: Int = 0, _ name: String = "m")
    -> Settings
  {
    var settings = shortSettings(in: folder, model: name)
    settings.training.batch = 10
    settings.training.restarts = restarts
    settings.training.patience = patience
    return settings
  }

  @Test(arguments: [ReadoutFitting.none, .end, .eachEpoch])
  func theBestIsKept(_ fitting: ReadoutFitting) throws {
    let folder = TemporaryFolder()
    func train(_ restarts: Int) throws -> (TrainingReport, Data?) {
      var settings = settings(folder, restarts: restarts, "m\(restarts)")
      settings.training.readoutFit = fitting
      // Beyond the end: one restart is looked at, too.
      settings.training.patience = 1000
      return (try Session.train(settings), contents(settings.model.path))
    }
    let (report, _) = try train(5)
    let selected = try #require(report.selected)
    #expect(selected.restarts.map(\.seed) == [1, 2, 3, 4, 5] && selected.validationSamples == 10)
    #expect(selected.restarts.allSatisfy { $0.iterations == 12 && $0.bestIteration % 4 == 0 && $0.validationLoss > 0 })
    #expect(Set(selected.restarts.map(\.validationLoss)).count == 5 || fitting != .none)
    #expect(selected.kept.validationLoss == selected.restarts.map(\.validationLoss).min())
    #expect(report.iterations == 60 && report.losses.count == 12)
    // So many restarts as it takes to meet the best keep the same parameters; one fewer keeps others.
    let enough = selected.index + 1
    let models = try [5, enough].map { count in
      _ = try train(count)
      return try Model.read(path: folder.path + "/m\(count)").model
    }
    #expect(models[0].angles == models[1].angles && models[0].scales == models[1].scales)
    #expect(
      models[0].provenance["selection"]
        == "the best of 5 by the loss on 10 samples held back, patience 1000 epochs")
    if enough > 1 {
      let (fewer, _) = try train(enough - 1)
      let others = fewer.selected.map { $0.restarts.map(\.validationLoss) } ?? []
      #expect(others == selected.restarts.prefix(enough - 1).map(\.validationLoss))
      #expect(try Model.read(path: folder.path + "/m\(enough - 1)").model.angles != models[0].angles)
    }
  }

  @Test func patienceEndsWhatGetsNoBetter() throws {
    let folder = TemporaryFolder()
    var given = settings(folder, restarts: 3, patience: 2)
    given.training.iterations = 100
    given.training.learningRate = 0
    given.training.readoutLearningRate = 0
    // Nothing changes: the first look is the best, and two epochs later it is over.
    let report = try Session.train(given)
    let selected = try #require(report.selected)
    #expect(selected.restarts.map(\.iterations) == [12, 12, 12])
    #expect(selected.restarts.map(\.bestIteration) == [4, 4, 4])
    #expect(report.losses.count == 12 && report.iterations == 36)

    // What is kept is the best, not the last: with a rate far too high it is an early one.
    given = settings(folder, patience: 3, "early")
    given.training.iterations = 400
    given.training.learningRate = 0.4
    given.training.scheduleFactor = 1
    let early = try #require(try Session.train(given).selected)
    #expect(early.restarts.count == 1 && early.kept.iterations < 400)
    #expect(early.kept.iterations == early.kept.bestIteration + 12)
    // A training that ends there has the same parameters.
    let kept = try Model.read(path: given.model.path).model
    given.model.path = folder.path + "/ended"
    given.training.iterations = early.kept.bestIteration
    given.training.patience = 1000
    let ended = try #require(try Session.train(given).selected)
    #expect(ended.kept.bestIteration == early.kept.bestIteration)
    #expect(ended.kept.validationLoss == early.kept.validationLoss)
    let model = try Model.read(path: given.model.path).model
    #expect(model.angles == kept.angles && model.scales == kept.scales && model.biases == kept.biases)
  }

  @Test(arguments: [Precision.float64, .float32]) func modelsDoNotDependOnThreads(_ precision: Precision) throws {
    let folder = TemporaryFolder()
    var bytes: [Data?] = []
    for threads in 1...3 {
      var teacher = settings(folder, restarts: 2)
      teacher.host.precision = precision
      teacher.host.threads = threads
      _ = try Session.train(teacher)
      var student = studentSettings(teacher, in: folder)
      student.training.patience = 1
      student.training.readoutFit = .eachEpoch
      _ = try Session.distill(student)
      bytes.append(contents(student.model.path))
    }
    #expect(bytes[0] != nil && bytes[1] == bytes[0] && bytes[2] == bytes[0])
  }

  /// Files may be sorted by class: what is held back is drawn from all.
  @Test func aSortedFileIsSplitInAllClasses() throws {
    let folder = TemporaryFolder()
    let (states, labels) = try writeGroundStates(in: folder, count: 60)
    var given = settings(folder, restarts: 2)
    given.data.source = .file
    given.data.path = states
    given.data.labelsPath = labels
    given.data.testPath = states
    given.data.testLabelsPath = labels
    given.training.states = 0
    given.evaluation.samples = 0
    given.training.validation = 0.5
    let selected = try #require(try Session.train(given).selected)
    #expect(selected.validationSamples == 30)
  }

  @Test func aShareThatLeavesNothing() throws {
    let folder = TemporaryFolder()
    var given = settings(folder, restarts: 2)
    given.training.states = 1
    #expect {
      _ = try Session.train(given)
    } throws: { error in
      "\(error)".contains("training.validation") && "\(error)".contains("0.2 of 1 samples")
    }
  }
}
