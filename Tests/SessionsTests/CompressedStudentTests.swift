import Batches
import Foundation
import Glibc
import Kernel
import Models
import Sessions
import Settings
import TemporaryFolders
import Testing
import Training

/// Students of 2 qubits on the states of a 5-qubit chain that an autoencoder compressed.
@Suite struct CompressedStudentTests {
  /// Trains an autoencoder, not to be good.
  @discardableResult
  static func compress(in folder: TemporaryFolder, name: String = "autoencoder", qubits: Int = 5, seed: UInt64 = 1)
    throws -> CompressionReport
  {
    var settings = Settings()
    settings.seed = seed
    settings.model.qubits = qubits
    settings.compression.path = folder.path + "/" + name
    settings.compression.layers = 3
    settings.compression.iterations = 40
    settings.compression.learningRate = 0.05
    settings.training.states = 50
    settings.evaluation.samples = 10
    return try Session.compress(settings)
  }

  static func settings(in folder: TemporaryFolder, model: String = "model.safetensors") -> Settings {
    var settings = shortSettings(in: folder, model: model)
    settings.model.qubits = 2
    settings.data.compressorPath = folder.path + "/autoencoder"
    return settings
  }

  static func setting(_ body: () throws -> Void) -> (name: String, given: String, allowed: String)? {
    do { try body() } catch SessionError.setting(let name, let given, let allowed) {
      return (name, given, allowed)
    } catch { Issue.record("\(error)") }
    return nil
  }

  static func save(_ model: Model, _ path: String) throws {
    try Data(try model.tensorFile().encode()).write(to: URL(fileURLWithPath: path))
  }

  /// The states as rows of real and imaginary parts that alternate, turned by a global phase.
  static func pairs(_ states: [[Double]], phase: Double) -> [[Double]] {
    states.map { $0.flatMap { [$0 * cos(phase), $0 * sin(phase)] } }
  }

  @Test func learnsAndRemembersItsCompressor() throws {
    let folder = TemporaryFolder()
    let compressed = try Self.compress(in: folder)
    var settings = Self.settings(in: folder)
    settings.training.iterations = 60
    settings.training.states = 200
    let report = try Session.train(settings)
    #expect(report.lastLoss < 0.5 * report.firstLoss)
    #expect(report.testAccuracy.value > 0.9)
    let model = try Model.read(path: settings.model.path).model
    #expect(model.ansatz.qubits == 2)
    #expect(model.provenance["compressor_sha256"] == compressed.sha256)
    #expect(try #require(model.provenance["data"]).contains("5 qubits"))
    let evaluated = try Session.evaluate(settings)
    #expect(evaluated.accuracy == report.testAccuracy)
  }

  @Test(arguments: [Precision.float64, .float32])
  func logitsAreThoseOfTheDensityMatrix(_ precision: Precision) throws {
    let folder = TemporaryFolder()
    let digest = try Self.compress(in: folder).sha256
    var settings = Self.settings(in: folder)
    settings.host.precision = precision
    var model = try writeModel(settings.model.path, qubits: 2)
    model.provenance["compressor_sha256"] = digest
    try Self.save(model, settings.model.path)
    let autoencoder = try Autoencoder.read(path: settings.data.compressorPath).autoencoder
    let (states, _) = try groundStates(count: 9, qubits: 5)
    settings.data.source = .file
    settings.data.path = folder.put("states.npy", complexNPY(Self.pairs(states, phase: 0.7)))
    settings.evaluation.samples = 0
    settings.evaluation.predictionsPath = folder.path + "/predictions.npy"
    _ = try Session.evaluate(settings)
    let answers = try rows(ofNPY: settings.evaluation.predictionsPath)
    let tolerance = precision == .float64 ? 1e-12 : 2e-5
    for (i, state) in states.enumerated() {
      let encoded = DensityReference.encode(autoencoder, state.map { DensityReference.Complex(re: $0, im: 0) })
      let expected = DensityReference.logits(model, DensityReference.partialTrace(encoded, latent: 2))
      #expect(isClose([Array(answers[i][4...])], [expected], tolerance))
    }

    settings.data.source = .spinChain
    settings.evaluation.samples = 1
    for i in 0..<9 {
      let h2 = 0.8 + 0.4 * (Double(i) + 0.5) / 9
      (settings.data.h2Minimum, settings.data.h2Maximum) = (h2, h2)
      _ = try Session.evaluate(settings)
      let fromChain = try rows(ofNPY: settings.evaluation.predictionsPath)
      #expect(isClose([Array(fromChain[0][1...])], [Array(answers[i][1...])], max(tolerance, 1e-9)))
    }
  }

  /// Vectors of one angle a qubit are states of the autoencoder's qubits too: qubit q is bit q.
  @Test func vectorsAreEncodedForTheCompressor() throws {
    let folder = TemporaryFolder()
    let digest = try Self.compress(in: folder).sha256
    var settings = Self.settings(in: folder)
    var model = try writeModel(settings.model.path, qubits: 2)
    model.provenance["compressor_sha256"] = digest
    try Self.save(model, settings.model.path)
    let vectors: [[Double]] = (1...5).map { (i: Int) -> [Double] in
      (1...5).map { (k: Int) -> Double in 0.3 * Double(i * k) - 1 }
    }
    let states: [[Double]] = vectors.map { vector in
      (0..<32).map { (index: Int) -> Double in
        var product = 1.0
        for (qubit, angle) in vector.enumerated() {
          product *= index >> qubit & 1 == 1 ? sin(angle / 2) : cos(angle / 2)
        }
        return product
      }
    }
    settings.data.source = .file
    settings.evaluation.samples = 0
    settings.evaluation.predictionsPath = folder.path + "/predictions.npy"
    settings.data.path = folder.put("states.npy", npy(states))
    _ = try Session.evaluate(settings)
    let expected = try rows(ofNPY: settings.evaluation.predictionsPath)
    settings.data.path = folder.put("vectors.npy", npy(vectors))
    settings.data.encoder = .angle
    _ = try Session.evaluate(settings)
    #expect(isClose(try rows(ofNPY: settings.evaluation.predictionsPath), expected, 1e-12))
  }

  /// With groups that the batch does not fill.
  @Test func resultsDoNotDependOnThreadsNorBeyondRoundingOnLanes() throws {
    let folder = TemporaryFolder()
    try Self.compress(in: folder)
    var teacher = shortSettings(in: folder, model: "teacher")
    teacher.model.qubits = 5
    _ = try Session.train(teacher)
    var first: (train: TrainingReport, distill: TrainingReport)?
    for (threads, lanes) in [(1, nil), (2, nil), (3, nil), (1, 1), (2, 2)] as [(Int, Int?)] {
      var settings = Self.settings(in: folder, model: "train-\(threads)-\(lanes ?? 0)")
      settings.host.threads = threads
      settings.host.lanes = lanes
      let train = try Session.train(settings)
      let evaluated = try Session.evaluate(settings)
      #expect(evaluated.accuracy == train.testAccuracy)
      settings.model.path = folder.path + "/distill-\(threads)-\(lanes ?? 0)"
      settings.distillation.teacherPath = teacher.model.path
      let distill = try Session.distill(settings)
      guard let first else {
        first = (train, distill)
        continue
      }
      if lanes == nil {
        #expect(train.losses == first.train.losses && train.modelSHA256 == first.train.modelSHA256)
        #expect(distill.losses == first.distill.losses && distill.modelSHA256 == first.distill.modelSHA256)
      } else {
        #expect(zip(train.losses, first.train.losses).allSatisfy { abs($0 - $1) < 1e-11 })
        #expect(zip(distill.losses, first.distill.losses).allSatisfy { abs($0 - $1) < 1e-11 })
      }
      #expect(train.testAccuracy == first.train.testAccuracy)
      #expect(distill.teacherAccuracy == first.distill.teacherAccuracy)
    }
  }

  /// A teacher of whole states sees them whole; one of compressed states sees those.
  @Test func teachersSeeWhatTheyWereTrainedOn() throws {
    let folder = TemporaryFolder()
    try Self.compress(in: folder)
    var whole = shortSettings(in: folder, model: "whole")
    whole.model.qubits = 5
    var compressed = Self.settings(in: folder, model: "compressed")
    for (teacher, evaluated) in try [
      (whole, Session.train(whole).testAccuracy), (compressed, Session.train(compressed).testAccuracy),
    ] {
      var student = Self.settings(in: folder, model: "student")
      student.distillation.teacherPath = teacher.model.path
      let report = try Session.distill(student)
      #expect(report.teacherAccuracy == evaluated)
      #expect(try Session.evaluate(student).accuracy == report.testAccuracy)
    }
    // A student of whole states cannot learn from one of compressed states here: their samples differ.
    compressed.model.qubits = 5
    compressed.data.compressorPath = ""
    compressed.distillation.teacherPath = compressed.model.path
    compressed.model.path = folder.path + "/refused"
    #expect(Self.setting { _ = try Session.distill(compressed) }?.name == "data.compressor")
    whole.distillation.teacherPath = whole.model.path
    whole.model.qubits = 4
    #expect(Self.setting { _ = try Session.distill(whole) }?.name == "model.qubits")
    try Self.compress(in: folder, name: "other", qubits: 4)
    whole.model.qubits = 2
    whole.data.compressorPath = folder.path + "/other"
    #expect(Self.setting { _ = try Session.distill(whole) }?.name == "data.compressor")
  }

  @Test func filesOfStatesAreTrainedOn() throws {
    let folder = TemporaryFolder()
    try Self.compress(in: folder)
    let (states, labels) = try groundStates(count: 60, qubits: 5)
    var settings = Self.settings(in: folder)
    settings.data.source = .file
    settings.data.labelsPath = folder.put("labels.npy", npy(labels: labels))
    settings.data.testLabelsPath = settings.data.labelsPath
    settings.training.states = 0
    settings.evaluation.samples = 0
    var losses: [[Double]] = []
    for (name, data) in [("real", npy(states)), ("complex", complexNPY(Self.pairs(states, phase: -1.1)))] {
      settings.data.path = folder.put(name + ".npy", data)
      settings.data.testPath = settings.data.path
      let report = try Session.train(settings)
      losses.append(report.losses)
      #expect(report.testAccuracy.trials == 60)
    }
    #expect(zip(losses[0], losses[1]).allSatisfy { abs($0 - $1) < 1e-12 })
    // Rows of another number of qubits.
    let (other, _) = try groundStates(count: 60, qubits: 4)
    settings.data.path = folder.put("other.npy", npy(other))
    #expect(throws: SessionError.self) { try Session.train(settings) }
  }

  /// The basis is compressed once, or each sample each time.
  @Test func theBasisChangesNothing() throws {
    let folder = TemporaryFolder()
    try Self.compress(in: folder)
    var settings = Self.settings(in: folder)
    settings.host.lanes = 2
    let basis = try Session.train(settings)
    #expect(basis.facts.history == "stored, basis")
    while try Session.plan(.train, settings).history.hasSuffix("basis") {
      settings.host.memoryBytes = try Session.plan(.train, settings).plan.ramBytes - 1
    }
    let samples = try Session.train(settings)
    #expect(zip(samples.losses, basis.losses).allSatisfy { abs($0 - $1) < 1e-11 })
    #expect(samples.testAccuracy == basis.testAccuracy)
  }

  @Test func planIsWhatRunsAndTheCompressorIsInIt() throws {
    let folder = TemporaryFolder()
    try Self.compress(in: folder)
    let settings = Self.settings(in: folder)
    let planned = try Session.plan(.train, settings)
    #expect(try Session.train(settings).facts.plan == planned.plan)
    let inputs = try #require(planned.plan.buffers.first { $0.name == "compressor inputs" })
    #expect(inputs.bytes == 32 * 2 * planned.lanes * 8)
    let evaluation = try Session.plan(.evaluate, settings)
    #expect(try Session.evaluate(settings).facts.plan == evaluation.plan)
    #expect(evaluation.plan.buffers.contains { $0.name == "compressor gates" })
    var small = settings
    small.host.memoryBytes = 1 << 20
    #expect(budgetRefusal { () throws(SessionError) in _ = try Session.train(small) }?.largestQubits == nil)
  }

  @Test func refusals() throws {
    let folder = TemporaryFolder()
    let digests = try (
      Self.compress(in: folder).sha256, Self.compress(in: folder, name: "other", seed: 2).sha256
    )
    let settings = Self.settings(in: folder)
    _ = try Session.train(settings)
    func refused(_ change: (inout Settings) -> Void, _ run: (Settings) throws -> Void) -> (
      name: String, given: String, allowed: String
    )? {
      var given = settings
      change(&given)
      return Self.setting { try run(given) }
    }
    let evaluate = { (settings: Settings) in _ = try Session.evaluate(settings) }
    let train = { (settings: Settings) in _ = try Session.train(settings) }

    let other = try #require(refused({ $0.data.compressorPath = folder.path + "/other" }, evaluate))
    #expect(other.name == "data.compressor")
    #expect(other.given.contains(digests.1) && other.allowed.contains(digests.0))
    let none = try #require(refused({ $0.data.compressorPath = "" }, evaluate))
    #expect(none.name == "data.compressor" && none.given == "nothing" && none.allowed.contains(digests.0))
    try writeModel(folder.path + "/whole", qubits: 2)
    let whole = try #require(refused({ $0.model.path = folder.path + "/whole" }, evaluate))
    #expect(whole.name == "data.compressor" && whole.given.contains(digests.0) && whole.allowed.hasPrefix("none"))

    #expect(refused({ $0.model.qubits = 3 }, train)?.name == "model.qubits")
    #expect(
      refused(
        {
          $0.data.features = .pca
          $0.data.encoder = .phase
        }, train)?.name == "data.features")
    for (path, isMissing) in [(folder.path + "/nowhere", true), (settings.model.path, false)] {
      var given = settings
      given.data.compressorPath = path
      do {
        try train(given)
        Issue.record("\(path) was taken for an autoencoder")
      } catch SessionError.model(let named, let error) {
        #expect(named == path)
        if case .file = error { #expect(isMissing) } else { #expect(!isMissing) }
      }
    }
  }

  /// In a process of its own, where no other test allocates meanwhile.
  @Test func nothingIsAllocatedAfterTheSeal() async {
    await #expect(processExitsWith: .success) {
      let folder = TemporaryFolder()
      try CompressedStudentTests.compress(in: folder)
      var teacher = shortSettings(in: folder, model: "teacher")
      teacher.model.qubits = 5
      _ = try Session.train(teacher)
      for precision in Precision.all {
        for threads in [1, 2] {
          var settings = CompressedStudentTests.settings(in: folder)
          settings.host.precision = precision
          settings.host.threads = threads
          settings.distillation.teacherPath = teacher.model.path
          let allocations = try [
            Session.train(settings).facts.allocationsAfterSeal, Session.distill(settings).facts.allocationsAfterSeal,
            Session.evaluate(settings).facts.allocationsAfterSeal,
          ]
          precondition(allocations == [0, 0, 0])
        }
      }
    }
  }
}
