import Batches
import Glibc
import Kernel
import Models
import Sessions
import Settings
import TemporaryFolders
import Testing

/// Training and testing on small made-up images: 2 × 2 pixels, class 0 bright on the left, class 3 on the right, and a
/// class 7 that is neither.
@Suite struct FileTrainingTests {
  static func images(_ count: Int) -> (images: [UInt8], labels: [UInt8]) {
    var (pixels, labels): ([UInt8], [UInt8]) = ([], [])
    for i in 0..<count {
      let dim = UInt8(i * 7 % 60)
      let bright = UInt8(200 + i * 11 % 55)
      switch i % 3 {
      case 0: (pixels, labels) = (pixels + [bright, dim, bright, dim], labels + [0])
      case 1: (pixels, labels) = (pixels + [dim, bright, dim, bright], labels + [3])
      default: (pixels, labels) = (pixels + [dim, dim, dim, dim], labels + [7])
      }
    }
    return (idx([UInt32(count), 2, 2], pixels), idx([UInt32(count)], labels))
  }

  private static func idx(_ shape: [UInt32], _ data: [UInt8]) -> [UInt8] {
    var result: [UInt8] = [0, 0, 8, UInt8(shape.count)]
    for extent in shape { result += withUnsafeBytes(of: extent.bigEndian, Array.init) }
    return result + data
  }

  static func settings(_ folder: TemporaryFolder, train: Int = 90, test: Int = 30) -> Settings {
    let (training, unseen) = (images(train), images(test))
    var settings = Settings()
    settings.model.path = folder.path + "/model"
    settings.model.qubits = 2
    settings.model.layers = 2
    settings.data.source = .file
    settings.data.path = folder.put("train", training.images)
    settings.data.labelsPath = folder.put("train-labels", training.labels)
    settings.data.testPath = folder.put("test", unseen.images)
    settings.data.testLabelsPath = folder.put("test-labels", unseen.labels)
    settings.data.classes = [0, 3]
    settings.data.encoder = .amplitude
    settings.training.states = 0
    settings.training.batch = 16
    settings.training.iterations = 60
    settings.evaluation.samples = 0
    return settings
  }

  static func evaluation(of settings: Settings) -> Settings {
    var settings = settings
    settings.data.path = settings.data.testPath
    settings.data.labelsPath = settings.data.testLabelsPath
    settings.evaluation.batch = 7
    return settings
  }

  @Test func learnsTheSelectedClasses() throws {
    let folder = TemporaryFolder()
    let settings = Self.settings(folder)
    let report = try Session.train(settings)
    #expect(report.testAccuracy == Proportion(successes: 20, trials: 20))
    // One byte a number, of the selected samples alone.
    let set = report.facts.plan.buffers.first { $0.name == "training set" }
    #expect(set?.bytes == 60 * 4)
    let evaluated = try Session.evaluate(Self.evaluation(of: settings))
    #expect(evaluated.accuracy == report.testAccuracy)
  }

  /// In a process of its own, where no other test allocates meanwhile.
  @Test func nothingIsAllocatedAfterTheSeal() async {
    await #expect(processExitsWith: .success) {
      let folder = TemporaryFolder()
      var settings = FileTrainingTests.settings(folder)
      let raw = try Session.train(settings)
      #expect(raw.facts.allocationsAfterSeal == 0)
      settings.data.features = .pca
      settings.data.encoder = .phase
      settings.host.threads = 2
      let bits = try Session.train(settings)
      #expect(bits.facts.allocationsAfterSeal == 0)
      let evaluated = try Session.evaluate(FileTrainingTests.evaluation(of: settings))
      #expect(evaluated.facts.allocationsAfterSeal == 0)
    }
  }

  /// Bits in the arena, features in the model file, raw images at evaluation.
  @Test func principalComponentsTravelWithTheModel() throws {
    let folder = TemporaryFolder()
    var settings = Self.settings(folder)
    settings.data.features = .pca
    settings.data.encoder = .phase
    settings.data.threshold = 0
    let report = try Session.train(settings)
    #expect(report.testAccuracy == Proportion(successes: 20, trials: 20))
    #expect(report.facts.plan.buffers.first { $0.name == "training set" }?.bytes == 60 * 4)
    let features = try #require(try Model.read(path: settings.model.path).model.features)
    #expect(features.columns == 4 && features.count == 2 && features.threshold == 0)
    #expect(try Session.evaluate(Self.evaluation(of: settings)).accuracy == report.testAccuracy)

    // A student sees the teacher's features, not its own.
    var student = settings
    student.model.layers = 1
    student.model.path = folder.path + "/student"
    student.distillation.teacherPath = settings.model.path
    let distilled = try Session.distill(student)
    #expect(distilled.teacher?.testAccuracy == report.testAccuracy)
    #expect(try Model.read(path: student.model.path).model.features == features)
    student.data.threshold = 0.5
    #expect(refusal { try Session.distill(student) } == "data.threshold")
    student.data.features = .raw
    #expect(refusal { try Session.distill(student) } == "data.features")
  }

  /// Of four components the evaluation makes the two that a layer of linear CNOTs shows to Z_0 and Z_1.
  @Test func componentsThatNoObservableSeesAreNotMade() throws {
    let folder = TemporaryFolder()
    var settings = Self.settings(folder)
    settings.data.features = .pca
    settings.data.encoder = .phase
    settings.data.threshold = 0
    settings.model.qubits = 4
    settings.model.layers = 1
    let report = try Session.train(settings)
    let evaluated = try Session.evaluate(Self.evaluation(of: settings))
    #expect(evaluated.accuracy == report.testAccuracy && evaluated.samples == 20)
    #expect(evaluated.facts.plan.buffers.first { $0.name == "PCA components" }?.bytes == 2 * 4 * 8)
    #expect(try Model.read(path: settings.model.path).model.features?.count == 4)
  }

  /// Bits in Adam's hands: what no observable sees stays where it began.
  @Test(arguments: [Precision.float32, .float64]) func anglesOutsideTheLightConeStay(precision: Precision) throws {
    let folder = TemporaryFolder()
    var settings = Self.settings(folder)
    settings.data.features = .pca
    settings.data.encoder = .phase
    settings.model.qubits = 4
    settings.model.layers = 1
    settings.host.precision = precision
    settings.training.iterations = 1
    _ = try Session.train(settings)
    let first = try Model.read(path: settings.model.path).model.angles
    settings.training.iterations = 30
    _ = try Session.train(settings)
    let last = try Model.read(path: settings.model.path).model.angles
    for (p, (a, b)) in zip(first, last).enumerated() {
      // Qubits 0 and 1 are seen, but not their last Rz.
      let isSeen = p < 6 && p % 3 != 2
      #expect(isSeen || a == b, "parameter \(p)")
      if isSeen && p % 3 == 1 { #expect(abs(a - b) > 1e-3) }
    }
  }

  @Test func threadsAndLanesDoNotShow() throws {
    let folder = TemporaryFolder()
    var settings = Self.settings(folder)
    settings.training.iterations = 5
    let alone = try Session.train(settings).losses
    settings.host.threads = 3
    #expect(try Session.train(settings).losses == alone)
    settings.host.threads = 1
    settings.host.lanes = 1
    let narrow = try Session.train(settings).losses
    #expect(zip(narrow, alone).allSatisfy { ($0 - $1).magnitude < 1e-12 })
  }

  private func refusal<Result>(_ body: () throws -> Result) -> String? {
    do { _ = try body() } catch {
      switch error as? SessionError {
      case .setting(let name, _, _): return name
      case .samples(_, let error): return "\(error)"
      case .row(_, let row, let problem): return "row \(row) \(problem)"
      case .spectrum(let error): return "\(error)"
      case .overBudget(let refusal): return "needs \(refusal.neededBytes > refusal.availableBytes)"
      case nil, .some: return "\(error)"
      }
    }
    return nil
  }

  /// Pixels from 0 to 255 are far outside what a model was trained on, x/255; scaled amplitudes do not mind.
  @Test func rowsFarOutsideTheTrainingRowsAreRefused() throws {
    let folder = TemporaryFolder()
    var settings = Self.settings(folder)
    _ = try Session.train(settings)
    #expect(try Model.read(path: settings.model.path).model.rowRange == nil)
    settings.data.encoder = .amplitudeUnnormalized
    _ = try Session.train(settings)
    let range = try #require(try Model.read(path: settings.model.path).model.rowRange)
    #expect(range.lowerBound >= 0 && range.upperBound <= 1)
    var evaluation = Self.evaluation(of: settings)
    #expect(refusal { try Session.evaluate(evaluation) } == nil)
    let (images, labels) = Self.images(6)
    let rows = images.suffix(24).map { Int($0) }
    let text = (0..<6).map { rows[4 * $0..<4 * $0 + 4].map { "\($0)" }.joined(separator: " ") + "\n" }.joined()
    evaluation.data.path = folder.put("pixels.txt", Array(text.utf8))
    evaluation.data.labelsPath = folder.put("pixels.labels", labels)
    #expect(refusal { try Session.evaluate(evaluation) }?.hasPrefix("row 0 outside(column: 0, value: 200.0") == true)
    evaluation.data.allowsOutside = true
    #expect(refusal { try Session.evaluate(evaluation) } == nil)
  }

  /// Labels in a column, in NDJSON and in a file of text train the same model as labels of their own.
  @Test func labelsBesideTheSamples() throws {
    let folder = TemporaryFolder()
    var settings = Self.settings(folder)
    let expected = try Session.train(settings).losses
    func write(_ name: String, _ count: Int, _ line: ([Double], UInt8) -> String, first: String = "") -> String {
      let (images, file) = Self.images(count)
      let labels = Array(file.suffix(count))
      let pixels = images.suffix(4 * count).map { Double($0) / 255 }
      let lines = labels.indices.map { line(Array(pixels[4 * $0..<4 * $0 + 4]), labels[$0]) + "\n" }
      return folder.put(name, Array((first + lines.joined()).utf8))
    }
    (settings.data.labelsPath, settings.data.testLabelsPath) = ("", "")
    let object = { (pixels: [Double], label: UInt8) in "{\"features\": \(pixels), \"label\": \(label)}" }
    (settings.data.path, settings.data.testPath) = (write("a", 90, object), write("b", 30, object))
    let fromObjects = try Session.train(settings)
    #expect(zip(fromObjects.losses, expected).allSatisfy { abs($0 - $1) < 1e-9 })
    #expect(fromObjects.testAccuracy.trials == 20)
    let row = { (pixels: [Double], label: UInt8) in "\(label)," + pixels.map { "\($0)" }.joined(separator: ",") }
    (settings.data.path, settings.data.testPath) = (
      write("a", 90, row, first: "kind,p,q,r,s\n"), write("b", 30, row, first: "kind,p,q,r,s\n")
    )
    settings.data.text.labelColumn = "kind"
    #expect(try Session.train(settings).losses == fromObjects.losses)
    settings.data.classes = [0, 4]
    #expect(refusal { try Session.train(settings) } == "classAbsent(4)")
    settings.data.text.labelColumn = ""
    settings.data.text.columns = ["p", "q", "r", "s"]
    #expect(refusal { try Session.train(settings) } == "unlabelled(row: 0)")
    settings.data.classes = [0, 3]
    for (name, count) in [("a", 90), ("b", 30)] { _ = write(name + ".labels", count, { "\($1)" }) }
    (settings.data.labelsPath, settings.data.testLabelsPath) = (folder.path + "/a.labels", folder.path + "/b.labels")
    #expect(try Session.train(settings).losses == fromObjects.losses)
  }

  @Test func refusals() {
    let folder = TemporaryFolder()
    func refused(_ change: (inout Settings) -> Void) -> String? {
      var settings = Self.settings(folder)
      change(&settings)
      return refusal { try Session.train(settings) }
    }
    #expect(refused { $0.data.classes = [0, 4] } == "classAbsent(4)")
    #expect(refused { $0.data.classes = [] } == "label(given: 3, classes: 2, index: 1)")
    #expect(refused { $0.data.classes = [0, 3, 7] } == "data.classes")
    #expect(refused { $0.data.labelsPath = $0.data.testLabelsPath } == "labelCount(given: 30, expected: Optional(90))")
    #expect(refused { $0.data.testPath = "" } == "data.test-path")
    #expect(refused { $0.data.testLabelsPath = "" } == "unlabelled(row: 0)")
    #expect(refused { $0.training.states = 61 } == "fewer(given: 60, asked: 61, setting: \"training.states\")")
    #expect(refused { $0.evaluation.samples = 21 } == "fewer(given: 20, asked: 21, setting: \"evaluation.samples\")")
    #expect(refused { $0.data.path = "-" } != nil)
    #expect(refused { $0.data.features = .pca } == "data.encoder")
    #expect(
      refused {
        $0.data.features = .pca
        $0.data.encoder = .phase
        $0.model.qubits = 5
      } == "componentsOutOfRange(given: 5, rows: 60, columns: 4)")
    #expect(refused { $0.data.encoder = .phase } == "columns(given: 4, expected: 2)")
    #expect(refused { $0.host.memoryBytes = 1 << 18 } == "needs true")
    #expect(folder.names.contains("model") == false)
  }

  @Test func aSelectionNeedsLabels() throws {
    let folder = TemporaryFolder()
    let settings = Self.settings(folder)
    _ = try Session.train(settings)
    var evaluation = Self.evaluation(of: settings)
    evaluation.data.classes = [0, 9]
    #expect(refusal { try Session.evaluate(evaluation) } == "classAbsent(9)")
    evaluation.data.labelsPath = ""
    #expect(refusal { try Session.evaluate(evaluation) } == "unlabelled(row: 0)")
  }
}
