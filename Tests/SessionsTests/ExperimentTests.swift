import Batches
import Experiments
import Glibc
import Kernel
import Sessions
import Settings
import TemporaryFolders
import Testing

/// Experiments over seeds, small enough for a test.
@Suite struct ExperimentTests {
  /// Table I in small: five qubits, two of them after the autoencoder.
  private func settings(_ folder: TemporaryFolder, _ name: String = "report.json") -> Settings {
    var settings = Settings()
    settings.model.qubits = 5
    settings.model.entangler = .descending
    settings.model.finalRotation = true
    settings.training.states = 60
    settings.training.batch = 20
    settings.training.labelSmoothing = 0.1
    settings.evaluation.samples = 70
    settings.compression.layers = 2
    settings.compression.iterations = 20
    settings.experiment.name = "small"
    settings.experiment.seeds = 3
    settings.experiment.teacherIterations = 40
    settings.experiment.compressedLayers = [2]
    settings.experiment.studentLayers = [1]
    settings.experiment.iterations = [5, 10]
    settings.experiment.treatments = [.none, .distilled, .labelSmoothing, .shuffledTeacher]
    settings.experiment.reportPath = folder.path + "/" + name
    return settings
  }

  private func accuracies(_ report: ExperimentReport) -> [[Double]] {
    report.rows.map(\.accuracies) + [report.fidelity?.means ?? []]
  }

  @Test func everyRowHasANumberForEverySeed() throws {
    let folder = TemporaryFolder()
    let report = try Session.reproduce(settings(folder))
    // Two checkpoints and a fit for each treatment, one fit more before the first step.
    #expect(report.rows.count == 1 + 2 * (4 * 3 + 1))
    for row in report.rows {
      #expect(row.accuracies.count == 3)
      #expect(row.accuracies.allSatisfy { $0 >= 0 && $0 <= 1 && ($0 * 70 - ($0 * 70).rounded()).magnitude < 1e-9 })
    }
    #expect(Set(report.rows.map(\.model)) == ["teacher", "2 qubits behind the autoencoder", "5 qubits"])
    #expect(report.rows.filter { $0.model.hasPrefix("2 qubits") }.allSatisfy { $0.qubits == 2 && $0.layers == 2 })
    let fidelity = try #require(report.fidelity)
    #expect(fidelity.means.allSatisfy { $0 > 0.2 && $0 < 1 })
    #expect(Set(report.rows.flatMap(\.accuracies)).count > 5)
  }

  /// The same of a regression, whose rows are RMSEs; and a run that is taken up again.
  @Test func regressions() throws {
    let folder = TemporaryFolder()
    func regression(_ name: String, threads: Int = 1) -> Settings {
      var given = settings(folder, name)
      given.model.task = .regression
      given.model.observables = ["Z0"]
      given.training.readoutLearningRate = 0.05
      given.host.threads = threads
      return given
    }
    let report = try Session.reproduce(regression("one.json"))
    // Two checkpoints a treatment, and no fits.
    #expect(report.isRegression && report.rows.count == 1 + 2 * 4 * 2)
    #expect(report.rows.allSatisfy { $0.accuracies.allSatisfy { $0 > 0 && $0.isFinite } && $0.paper == nil })
    #expect(report.comparisons.allSatisfy { $0.result.prefersLower })
    let two = try Session.reproduce(regression("two.json", threads: 2))
    #expect(accuracies(two) == accuracies(report))
    var shorter = regression("three.json")
    shorter.experiment.seeds = 2
    _ = try Session.reproduce(shorter)
    let resumed = try Session.reproduce(regression("three.json"))
    #expect(resumed.trialsRun == 1 && accuracies(resumed) == accuracies(report))
    // A treatment is what the job of that name does: the first student that sees whole states.
    var teacher = regression("four.json")
    teacher.model.path = folder.path + "/teacher"
    (teacher.model.layers, teacher.training.iterations, teacher.training.labelSmoothing) = (2, 40, 0)
    let trained = try Session.train(teacher)
    #expect(abs(trained.test.numbers!.all.rmse.value - report.rows[0].accuracies[0]) < 1e-12)
  }

  @Test func resultsDoNotDependOnThreads() throws {
    let folder = TemporaryFolder()
    var results: [[[Double]]] = []
    for threads in 1...3 {
      var given = settings(folder, "\(threads).json")
      given.host.threads = threads
      results.append(accuracies(try Session.reproduce(given)))
    }
    #expect(results[1] == results[0] && results[2] == results[0])
  }

  /// The teacher of an experiment is what `train` makes of the same seed: the one evolves the basis, the other every
  /// sample.
  @Test(arguments: [Precision.float64, .float32])
  func teacherIsThatOfTrain(_ precision: Precision) throws {
    let folder = TemporaryFolder()
    var given = settings(folder)
    given.host.precision = precision
    given.seed = 11
    let report = try Session.reproduce(given)
    for seed in 0..<3 {
      var alone = given
      alone.model.path = folder.path + "/teacher.safetensors"
      alone.training.iterations = 40
      alone.training.labelSmoothing = 0
      alone.seed = 11 + UInt64(seed)
      let trained = try Session.train(alone)
      // A sample on the edge may fall to either side in single precision.
      let difference = report.rows[0].accuracies[seed] - trained.testAccuracy.value
      #expect(difference.magnitude < (precision == .float64 ? 1e-9 : 0.03))
    }
  }

  @Test func resumesWhereItStopped() throws {
    let folder = TemporaryFolder()
    let whole = try Session.reproduce(settings(folder, "whole.json"))
    var given = settings(folder)
    given.experiment.seeds = 1
    #expect(try Session.reproduce(given).trialsRun == 1)
    // A line that a killed process left unfinished, and one whose digits changed, do not count.
    let journal = given.experiment.reportPath + ".journal"
    let good = try #require(contents(journal)).map { $0 }
    let line = good.split(separator: 10)[1]
    _ = folder.put("report.json.journal", good + line.prefix(line.count / 2))
    #expect(try Session.reproduce(given).trialsRun == 0)
    #expect(contents(journal)?.elementsEqual(good) == true)
    let header: [UInt8] = good.prefix { $0 != 10 } + [10, UInt8(ascii: "1"), UInt8(ascii: " ")]
    let damaged = Array(line.dropFirst(2)).map { $0 == UInt8(ascii: "9") ? UInt8(ascii: "8") : $0 }
    _ = folder.put("report.json.journal", header + damaged + [10])
    #expect(try Session.reproduce(given).trialsRun == 1)
    _ = folder.put("report.json.journal", good)
    given.experiment.seeds = 3
    let resumed = try Session.reproduce(given)
    #expect(resumed.trialsRun == 2)
    #expect(accuracies(resumed) == accuracies(whole))
    #expect(contents(journal) == contents(folder.path + "/whole.json.journal"))
  }

  @Test func aJournalOfOtherSettingsIsRefused() throws {
    let folder = TemporaryFolder()
    var given = settings(folder)
    given.experiment.seeds = 1
    _ = try Session.reproduce(given)
    let journal = given.experiment.reportPath + ".journal"
    let before = contents(journal)
    given.training.learningRate = 0.02
    #expect { try Session.reproduce(given) } throws: { error in
      if case .otherInputs(journal, .experiment) = error as? SessionError { true } else { false }
    }
    #expect(contents(journal) == before)
    _ = folder.put("report.json.journal", Array("something else\n".utf8))
    #expect(throws: SessionError.self) { try Session.reproduce(given) }
    #expect(contents(journal)?.elementsEqual("something else\n".utf8) == true)
  }

  @Test func aJournalInUseIsRefused() throws {
    let folder = TemporaryFolder()
    let given = settings(folder)
    let journal = given.experiment.reportPath + ".journal"
    let descriptor = open(journal, O_WRONLY | O_CREAT, 0o600)
    defer { close(descriptor) }
    #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
    #expect { try Session.reproduce(given) } throws: { error in
      if case .locked(journal) = error as? SessionError { true } else { false }
    }
  }

  /// Where each class has one sample, a teacher shuffled within classes is the teacher; its logits given to the other
  /// class would turn a student that learns from nothing else around.
  @Test func shufflingStaysWithinClasses() throws {
    let folder = TemporaryFolder()
    var given = settings(folder)
    given.experiment.compressedLayers = []
    given.training.states = 2
    given.experiment.seeds = 8
    given.experiment.iterations = [40]
    given.distillation.alpha = 1
    let few = try Session.reproduce(given)
    func rows(_ report: ExperimentReport, _ treatment: Treatment) -> [[Double]] {
      report.rows.filter { $0.treatment == treatment && !$0.isFitted }.map(\.accuracies)
    }
    // Of two random samples both may be of one class; then they change places.
    let (distilled, shuffled) = (rows(few, .distilled), rows(few, .shuffledTeacher))
    // Students that are good have seen both classes.
    let good = (0..<8).filter { distilled[0][$0] > 0.9 }
    #expect(good.count >= 2)
    for seed in good { #expect(shuffled[0][seed] == distilled[0][seed]) }
    given.training.states = 60
    given.experiment.reportPath += "2"
    let many = try Session.reproduce(given)
    #expect(rows(many, .distilled) != rows(many, .shuffledTeacher))
  }

  @Test func whatDoesNotGoTogetherIsRefused() throws {
    let folder = TemporaryFolder()
    func refusal(_ change: (inout Settings) -> Void) -> String? {
      var given = settings(folder)
      change(&given)
      do {
        _ = try Session.reproduce(given)
        return nil
      } catch .setting(let name, _, _) { return name } catch { return "\(error)" }
    }
    #expect(refusal { $0.experiment.seeds = 0 } == "experiment.seeds")
    #expect(refusal { $0.experiment.iterations = [10, 5] } == "experiment.iterations")
    #expect(refusal { $0.experiment.iterations = [] } == "experiment.iterations")
    #expect(refusal { $0.experiment.treatments = [.none, .none] } == "experiment.treatments")
    #expect(
      refusal { ($0.experiment.studentLayers, $0.experiment.compressedLayers) = ([], []) }
        == "experiment.student-layers")
    #expect(refusal { $0.model.observables = ["Z0", "Z3"] } == "model.observables")
    #expect(refusal { $0.training.states = 0 } == "training.states")
    #expect(refusal { $0.experiment.name = "" } == "experiment.name")
    #expect(refusal { $0.experiment.studentLayers = [1, 1] } == "experiment.student-layers")
    #expect(refusal { $0.training.labelSmoothing = 0 } == "training.label-smoothing")
    #expect(refusal { $0.data.h2Maximum = 0.9 } == "data.h2")
    #expect(refusal { $0.seed = 1 << 53 } == "seed")
  }

  @Test func tooSmallABudgetSaysWhatIsNeeded() throws {
    let folder = TemporaryFolder()
    var given = settings(folder)
    given.host.memoryBytes = 1 << 19
    #expect { try Session.reproduce(given) } throws: { error in
      guard case .overBudget(let refusal) = error as? SessionError else { return false }
      return refusal.neededBytes > 1 << 19
    }
    // With less memory fewer seeds run at a time, and the results stay.
    let planned = try Session.planOrSmallest(.reproduce, given)
    given.host.memoryBytes = planned.plan.ramBytes
    given.host.threads = 4
    let report = try Session.reproduce(given)
    #expect(report.slots == 1)
    given.host.memoryBytes = 64 << 20
    given.experiment.reportPath += "2"
    let roomy = try Session.reproduce(given)
    #expect(roomy.slots == 3 && roomy.facts.history != report.facts.history)
  }

  /// An experiment on files: the teacher is what `train` makes, for one state a sample and for bits of PCA.
  @Test(arguments: [FeatureKind.raw, .pca])
  func filesToo(_ features: FeatureKind) throws {
    let folder = TemporaryFolder()
    var given = FileTrainingTests.settings(folder)
    given.data.features = features
    given.data.encoder = features == .pca ? .phase : .amplitude
    given.data.threshold = 0
    // Of four qubits in a linear chain the observables see three: the fourth is drawn, and left out.
    if features == .pca { given.model.qubits = 4 }
    given.experiment.name = "files"
    given.experiment.reportPath = folder.path + "/report.json"
    // So few that the angles drawn at the start still show.
    (given.experiment.teacherIterations, given.training.iterations) = (2, 2)
    (given.training.readoutLearningRate, given.training.angleRange) = (0.01, 3)
    given.experiment.studentLayers = [1, 2]
    given.experiment.iterations = [30]
    given.experiment.seeds = 6
    given.host.threads = 2
    let report = try Session.reproduce(given)
    #expect(report.axis == .layers)
    #expect(report.controls.count == (features == .pca ? 1 : 0))
    if features == .pca { #expect(report.controls[0].accuracy.value > 0.9) }
    #expect(Set(report.rows[0].accuracies).count > 2)
    for seed: UInt64 in 0..<6 {
      var alone = given
      alone.seed = 1 + seed
      let trained = try Session.train(alone)
      #expect(report.rows[0].accuracies[Int(seed)] == trained.testAccuracy.value)
    }
  }

  @Test func epochsAreCountedAndTested() throws {
    let folder = TemporaryFolder()
    var given = FileTrainingTests.settings(folder)
    given.experiment.name = "files"
    given.experiment.reportPath = folder.path + "/report.json"
    given.experiment.epochs = 3
    given.experiment.seeds = 1
    let report = try Session.reproduce(given)
    #expect(report.axis == .epoch)
    // 60 images of the two classes in batches of 16: three whole ones an epoch.
    let teacher = report.rows.filter { $0.model == "teacher" }
    #expect(teacher.map(\.iterations) == [3, 6, 9] && teacher.map(\.epoch) == [1, 2, 3])
  }

  @Test func aClassThatIsAbsentIsRefused() throws {
    let folder = TemporaryFolder()
    var given = FileTrainingTests.settings(folder)
    given.experiment.name = "files"
    given.experiment.reportPath = folder.path + "/report.json"
    given.data.classes = [1, 2]
    #expect(throws: SessionError.self) { try Session.reproduce(given) }
    // The file has the class, the part of it that is used does not.
    given.data.classes = [0, 3]
    given.training.states = 1
    #expect { try Session.reproduce(given) } throws: { error in
      if case .samples(given.data.labelsPath, .classAbsent(3)) = error as? SessionError { true } else { false }
    }
  }
}
