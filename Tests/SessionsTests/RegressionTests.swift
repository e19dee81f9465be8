import Batches
import Foundation
import Kernel
import Models
import Samples
import Sessions
import Settings
import Spectra
import TemporaryFolders
import Testing
import Training

/// A regression from its training to its evaluation.
@Suite struct RegressionTests {
  static func settings(_ folder: TemporaryFolder, model: String = "model.safetensors") -> Settings {
    var settings = shortSettings(in: folder, model: model)
    settings.model.task = .regression
    settings.model.observables = ["Z0"]
    settings.training.readoutLearningRate = 0.05
    return settings
  }

  private func byDefinition(_ path: String) throws -> (rmse: Double, mae: Double, r2: Double) {
    let rows = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").dropFirst()
      .map { $0.split(separator: ",").compactMap { Double($0) } }
    let (n, mean) = (Double(rows.count), rows.reduce(0) { $0 + $1[2] } / Double(rows.count))
    let squares = rows.reduce(0) { $0 + ($1[1] - $1[2]) * ($1[1] - $1[2]) }
    return (
      (squares / n).squareRoot(), rows.reduce(0) { $0 + abs($1[1] - $1[2]) } / n,
      1 - squares / rows.reduce(0) { $0 + ($1[2] - mean) * ($1[2] - mean) }
    )
  }

  @Test func learnsTheCoupling() throws {
    let folder = TemporaryFolder()
    var settings = Self.settings(folder)
    settings.training.iterations = 150
    settings.training.states = 200
    settings.training.readoutFit = .end
    let planned = try Session.plan(.train, settings)
    let report = try Session.train(settings)
    #expect(report.facts.plan == planned.plan)
    let score = try #require(report.test.numbers)
    #expect(score.samples == 100 && score.all.r2!.value > 0.9 && score.all.rmse.value < 0.04)
    #expect(report.testAccuracy.trials == 0)

    let model = try Model.read(path: settings.model.path).model
    #expect(model.task == .regression && model.logits == 1 && model.provenance["target"] == "h2")
    #expect(model.provenance["label_smoothing"] == nil && model.provenance["loss"] == "squared-error")
    #expect(model.testPredictions?.reduce(0, +) == 100)
    let range = try #require(model.outputBins?.ranges.first)
    #expect(range.lowerBound >= 0.8 && range.upperBound <= 1.2)

    settings.evaluation.predictionsPath = folder.path + "/p.csv"
    let evaluated = try Session.evaluate(settings)
    #expect(evaluated.accuracy == nil && evaluated.calibration == nil)
    #expect(evaluated.facts.plan == (try Session.plan(.evaluate, settings)).plan)
    // The same unseen states.
    let found = try #require(evaluated.numbers?.score)
    #expect(abs(found.all.rmse.value - score.all.rmse.value) < 1e-12)
    let (rmse, mae, r2) = try byDefinition(folder.path + "/p.csv")
    #expect(abs(found.all.rmse.value - rmse) < 1e-12 && abs(found.all.mae.value - mae) < 1e-12)
    #expect(abs(found.all.r2!.value - r2) < 1e-10)

    var student = studentSettings(settings, in: folder)
    student.training.iterations = 100
    let distilled = try Session.distill(student)
    #expect(abs(distilled.teacher!.test!.numbers!.all.rmse.value - rmse) < 1e-12)
    #expect(distilled.teacher!.training.numbers!.samples == 200 && distilled.teacherAccuracy == nil)
    #expect(distilled.test.numbers!.all.r2!.value > 0.8)
    #expect(try Model.read(path: student.model.path).model.provenance["distillation"] == "alpha 0.8")
  }

  @Test(arguments: ChainTarget.allCases) func targetsOfGroundStates(_ target: ChainTarget) throws {
    let folder = TemporaryFolder()
    var settings = Self.settings(folder)
    settings.data.target = target
    settings.model.observables = ["Z0 + Z1"]
    let report = try Session.train(settings)
    var evaluation = settings
    // What the model tells, it says itself; and another target is refused.
    evaluation.data.target = nil
    let found = try #require(try Session.evaluate(evaluation).numbers?.score)
    #expect(abs(found.all.rmse.value - report.test.numbers!.all.rmse.value) < 1e-12)
    evaluation.data.target = target == .gap ? .order : .gap
    #expect(throws: SessionError.self) { try Session.evaluate(evaluation) }
  }

  /// The answer of the normal equations: with one observable a line through expectations and targets.
  @Test func leastSquaresAndHuber() throws {
    let folder = TemporaryFolder()
    var settings = Self.settings(folder)
    settings.training.iterations = 1
    settings.training.learningRate = 0
    settings.training.readoutFit = .end
    settings.training.states = 100
    settings.evaluation.predictionsPath = folder.path + "/p.csv"
    func line(_ settings: Settings) throws -> (scale: Double, bias: Double) {
      _ = try Session.train(settings)
      let model = try Model.read(path: settings.model.path).model
      return (model.scales[0], model.biases[0])
    }
    let squared = try line(settings)
    settings.training.loss = .huber
    settings.training.huberThreshold = 1e6
    // Quadratic everywhere: half the loss, the same answer but for the ridge.
    let wide = try line(settings)
    #expect(abs(wide.scale - squared.scale) < 1e-5 * abs(squared.scale) && abs(wide.bias - squared.bias) < 1e-5)
    settings.training.huberThreshold = 0.01
    let narrow = try line(settings)
    #expect(narrow != squared && narrow.scale.isFinite && abs(narrow.bias - squared.bias) < 0.5)
  }

  @Test(arguments: [Precision.float64, .float32]) func modelsDoNotDependOnThreads(_ precision: Precision) throws {
    let folder = TemporaryFolder()
    var bytes: [Data?] = []
    for threads in 1...3 {
      var settings = Self.settings(folder)
      settings.host.precision = precision
      settings.host.threads = threads
      settings.training.readoutFit = .eachEpoch
      settings.training.loss = .huber
      settings.training.huberThreshold = 0.05
      _ = try Session.train(settings)
      let student = studentSettings(settings, in: folder)
      _ = try Session.distill(student)
      bytes.append(contents(student.model.path))
    }
    #expect(bytes[0] != nil && bytes[1] == bytes[0] && bytes[2] == bytes[0])
  }

  @Test func aTapeStandsForTheTeacher() throws {
    let folder = TemporaryFolder()
    let teacher = Self.settings(folder)
    _ = try Session.train(teacher)
    var student = studentSettings(teacher, in: folder)
    student.distillation.tapePath = folder.path + "/t.tape"
    _ = try Session.distill(student)
    let first = contents(student.model.path)
    student.distillation.teacherPath = ""
    let second = try Session.distill(student)
    #expect(first != nil && contents(student.model.path) == first)
    #expect(second.teacher?.test == nil && second.teacher?.training.numbers?.samples == 50)
  }

  @Test func compressedStudents() throws {
    let folder = TemporaryFolder()
    var settings = Self.settings(folder)
    settings.compression.path = folder.path + "/a.safetensors"
    settings.compression.iterations = 30
    settings.compression.layers = 2
    settings.compression.latent = 2
    _ = try Session.compress(settings)
    settings.data.compressorPath = settings.compression.path
    settings.model.qubits = 2
    settings.training.readoutFit = .end
    let report = try Session.train(settings)
    #expect(report.facts.plan == (try Session.plan(.train, settings)).plan)
    let found = try #require(try Session.evaluate(settings).numbers?.score)
    #expect(abs(found.all.rmse.value - report.test.numbers!.all.rmse.value) < 1e-12)
  }

  @Test func teachersHaveTheSameTask() throws {
    let folder = TemporaryFolder()
    _ = try Session.train(shortSettings(in: folder, model: "classes"))
    var student = studentSettings(Self.settings(folder), in: folder)
    student.distillation.teacherPath = folder.path + "/classes"
    #expect(
      settingError { () throws(SessionError) in _ = try Session.distill(student) }
        == "model.task = regression: allowed is classification, as the teacher has")
  }

  @Test func gateAndDrift() throws {
    let folder = TemporaryFolder()
    var settings = Self.settings(folder)
    settings.training.readoutFit = .end
    settings.training.iterations = 150
    settings.evaluation.samples = 1000
    _ = try Session.train(settings)
    settings.evaluation.maximumRMSE = 1
    settings.evaluation.driftSignificance = 1e-3
    let good = try Session.evaluate(settings)
    #expect(good.gate?.passed == true && good.drift != nil)
    settings.data.h2Maximum = 0.95
    settings.evaluation.maximumRMSE = 1e-6
    let bad = try Session.evaluate(settings)
    #expect(bad.gate?.misses.map(\.setting) == ["evaluation.maximum-rmse", "evaluation.drift-significance"])
  }

  private func settingError(_ body: () throws(SessionError) -> Void) -> String? {
    do { try body() } catch {
      if case .setting(let name, let given, let allowed) = error { return "\(name) = \(given): allowed is \(allowed)" }
    }
    return nil
  }

  /// What a regression does not have is refused, and so is what only a regression has.
  @Test func whatDoesNotGoTogether() throws {
    let folder = TemporaryFolder()
    func problem(_ job: Job = .train, _ change: (inout Settings) -> Void) -> String? {
      var settings = Self.settings(folder)
      change(&settings)
      return settings.problem(for: job)?.key
    }
    #expect(problem { _ in } == nil)
    #expect(problem { $0.model.observables = ["Z0", "Z1"] } == "model.observables")
    #expect(problem { ($0.model.observables, $0.data.source) = (["Z0", "Z1"], .file) } == nil)
    #expect(problem { $0.model.task = .classification } == "model.observables")
    #expect(problem { $0.training.labelSmoothing = 0.1 } == "training.label-smoothing")
    #expect(problem { $0.training.huberThreshold = 0.5 } == "training.huber-threshold")
    #expect(problem { ($0.training.loss, $0.training.huberThreshold) = (.huber, 0.5) } == nil)
    #expect(problem { $0.data.labelsPath = "l" } == "data.labels")
    #expect(problem { $0.data.testLabelsPath = "l" } == "data.test-labels")
    #expect(problem { $0.data.classes = [1] } == "data.classes")
    #expect(problem { $0.data.text.labelColumn = "k" } == "data.label-column")
    #expect(problem(.distill) { $0.distillation.temperature = 4 } == "distillation.temperature")
    #expect(problem(.distill) { $0.distillation.direction = .teacherFirst } == "distillation.direction")
    #expect(problem(.distill) { $0.distillation.standardizesLogits = true } == "distillation.standardize")
    func classes(_ job: Job = .train, _ change: (inout Settings) -> Void) -> String? {
      var settings = shortSettings(in: folder)
      change(&settings)
      return settings.problem(for: job)?.key
    }
    #expect(classes { $0.training.loss = .huber } == "training.loss")
    #expect(classes { $0.data.target = .gap } == "data.target")
    #expect(classes { $0.data.targetsPath = "t" } == "data.targets")
    #expect(classes { $0.data.testTargetsPath = "t" } == "data.test-targets")

    // Of an evaluation the model says what it is.
    let regression = Self.settings(folder)
    _ = try Session.train(regression)
    func evaluation(_ settings: Settings, _ change: (inout Settings) -> Void) -> String? {
      var settings = settings
      change(&settings)
      return settingError { () throws(SessionError) in _ = try Session.evaluate(settings) }
    }
    #expect(
      evaluation(regression) { $0.evaluation.minimumAccuracy = 0.9 }
        == "evaluation.minimum-accuracy = 0.9: allowed is none: the model is one of regression")
    #expect(
      evaluation(regression) { $0.evaluation.confidenceThreshold = 0.5 }
        == "evaluation.confidence-threshold = 0.5: allowed is 0.9: the model is one of regression")
    #expect(evaluation(regression) { $0.evaluation.maximumLowConfidence = 0.5 } != nil)
    let classifier = shortSettings(in: folder, model: "classes")
    _ = try Session.train(classifier)
    #expect(
      evaluation(classifier) { $0.evaluation.maximumRMSE = 1 }
        == "evaluation.maximum-rmse = 1: allowed is none: the model is one of classification")
  }
}

/// Targets from files.
@Suite struct RegressionFileTests {
  /// Angles x, y and the targets cos x, x + y.
  static func rows(_ count: Int, _ shift: Int = 0) -> (features: [[Double]], targets: [[Double]]) {
    let features = (0..<count).map { i in
      [Double((i + shift) * 37 % 100) / 60, Double((i + shift) * 53 % 100) / 50]
    }
    return (features, features.map { [Foundation.cos($0[0]), 0.1 * ($0[0] + $0[1])] })
  }

  static func settings(_ folder: TemporaryFolder) -> Settings {
    let (training, test) = (rows(80), rows(40, 7))
    var settings = Settings()
    settings.model.path = folder.path + "/model"
    settings.model.task = .regression
    settings.model.qubits = 2
    settings.model.observables = ["Z0", "Z1"]
    settings.data.source = .file
    settings.data.encoder = .angle
    settings.data.path = folder.put("x.npy", npy(training.features))
    settings.data.targetsPath = folder.put("t.npy", npy(training.targets))
    settings.data.testPath = folder.put("u.npy", npy(test.features))
    settings.data.testTargetsPath = folder.put("v.npy", npy(test.targets))
    settings.training.states = 0
    settings.training.batch = 16
    settings.training.iterations = 60
    settings.training.readoutLearningRate = 0.05
    settings.training.readoutFit = .end
    settings.evaluation.samples = 0
    return settings
  }

  static func lines(_ rows: (features: [[Double]], targets: [[Double]])) -> String {
    zip(rows.features, rows.targets).map { "{\"features\": \($0), \"target\": \($1)}\n" }.joined()
  }

  @Test func arraysTextAndObjectsAreTheSame() throws {
    let folder = TemporaryFolder()
    let settings = Self.settings(folder)
    let report = try Session.train(settings)
    #expect(report.facts.plan == (try Session.plan(.train, settings)).plan)
    let score = try #require(report.test.numbers)
    #expect(score.samples == 40 && score.outputs.count == 2 && score.outputs[0].r2!.value > 0.8)
    let angles = try Model.read(path: settings.model.path).model.angles

    var text = settings
    func table(_ rows: [[Double]]) -> Data {
      Data(rows.map { $0.map { "\($0)" }.joined(separator: " ") + "\n" }.joined().utf8)
    }
    text.data.targetsPath = folder.put("t.txt", table(Self.rows(80).targets))
    text.data.testTargetsPath = folder.put("v.txt", table(Self.rows(40, 7).targets))
    #expect(try Session.train(text).losses == report.losses)
    var objects = settings
    (objects.data.targetsPath, objects.data.testTargetsPath) = ("", "")
    objects.data.path = folder.put("x.ndjson", Data(Self.lines(Self.rows(80)).utf8))
    objects.data.testPath = folder.put("u.ndjson", Data(Self.lines(Self.rows(40, 7)).utf8))
    let fromObjects = try Session.train(objects)
    #expect(fromObjects.losses == report.losses && fromObjects.test == report.test)
    #expect(try Model.read(path: settings.model.path).model.angles == angles)

    // Evaluated from each, to the same numbers; both may be there if they agree.
    for (path, targets) in [
      (settings.data.testPath, settings.data.testTargetsPath), (settings.data.testPath, text.data.testTargetsPath),
      (objects.data.testPath, ""), (objects.data.testPath, settings.data.testTargetsPath),
    ] {
      var evaluation = settings
      (evaluation.data.path, evaluation.data.targetsPath) = (path, targets)
      let found = try Session.evaluate(evaluation)
      #expect(found.numbers?.score?.samples == 40)
      #expect(abs(found.numbers!.score!.all.rmse.value - score.all.rmse.value) < 1e-12)
      #expect(found.facts.plan == (try Session.plan(.evaluate, evaluation)).plan)
    }
    var untold = settings
    (untold.data.path, untold.data.targetsPath) = (settings.data.testPath, "")
    untold.evaluation.predictionsPath = folder.path + "/p.ndjson"
    let found = try Session.evaluate(untold)
    #expect(found.numbers?.score == nil && found.numbers?.means.count == 2)
    #expect(try String(contentsOfFile: folder.path + "/p.ndjson", encoding: .utf8).hasSuffix("],\"targets\":null}\n"))
    untold.evaluation.maximumRMSE = 10
    #expect(try Session.evaluate(untold).gate?.misses == [.rmse(upper: nil, maximum: 10)])
  }

  @Test func whatIsWrongWithTargets() throws {
    let folder = TemporaryFolder()
    let settings = Self.settings(folder)
    func error(_ change: (inout Settings) -> Void) -> SessionError? {
      var settings = settings
      change(&settings)
      do { _ = try Session.train(settings) } catch { return error }
      return nil
    }
    func sample(_ change: (inout Settings) -> Void) -> SampleError? {
      if case .samples(_, let error)? = error(change) { return error }
      return nil
    }
    let short = folder.put("short", npy(Self.rows(79).targets))
    #expect(sample { $0.data.targetsPath = short } == .targetCount(given: 79, expected: 80))
    let narrow = folder.put("narrow", npy(Self.rows(80).targets.map { [$0[0]] }))
    #expect(sample { $0.data.targetsPath = narrow } == .targetShape(given: [80, 1], outputs: 2))
    #expect(sample { $0.data.targetsPath = "" } == .untargeted(row: 0))
    #expect(sample { $0.data.testTargetsPath = "" } == .untargeted(row: 0))
    var rows = Self.rows(80)
    rows.targets[3] = [1]
    let odd = folder.put("odd.ndjson", Data(Self.lines(rows).utf8))
    #expect(sample { ($0.data.path, $0.data.targetsPath) = (odd, "") } == .targetsBeside(given: 1, outputs: 2, row: 3))
    var other = Self.rows(80)
    other.targets[5][0] += 1e-9
    let disagreeing = folder.put("other.ndjson", Data(Self.lines(other).utf8))
    guard case .row(_, 5, .targetsDisagree)? = error({ $0.data.path = disagreeing }) else {
      Issue.record("targets that disagree are refused")
      return
    }
    let large = folder.put(
      "large.ndjson", Data(Self.lines(Self.rows(80)).replacing("\"target\": [1.0", with: "\"target\": [1e13").utf8))
    guard case .row(_, _, .target(1e13, 1e12))? = error({ ($0.data.path, $0.data.targetsPath) = (large, "") }) else {
      Issue.record("a target that is too large is refused")
      return
    }
  }
}
