import Batches
import Evaluation
import Foundation
import Kernel
import Models
import Sessions
import Settings
import TemporaryFolders
import Testing

/// Jobs on a device: what noise, shots and both change.
@Suite struct DeviceTests {
  let folder = TemporaryFolder()

  private func noisy(_ settings: Settings) -> Settings {
    var settings = settings
    settings.device.t1 = 80e-6
    settings.device.t2 = 60e-6
    (settings.device.pulseError, settings.device.pulseSeconds) = (1e-3, 4e-8)
    (settings.device.pairError, settings.device.pairSeconds) = (2e-2, 3e-7)
    (settings.device.oneForZero, settings.device.zeroForOne) = (0.02, 0.05)
    return settings
  }

  private func evaluation(_ model: String = "student", observables: [String] = ["Z0 - 0.5*X1", "Y1*Z0 + 0.25"]) throws
    -> Settings
  {
    var settings = exampleSettings(in: folder, model: model)
    settings.model.qubits = 4
    settings.evaluation.samples = 300
    try writeModel(settings.model.path, qubits: 4, observables: observables)
    return settings
  }

  private func states(_ count: Int) -> String {
    // Rows of real amplitudes that are no ground states.
    let rows = (0..<count).map { row -> String in
      let values = (0..<16).map { Foundation.sin(Double(row * 16 + $0 * $0 + 1)) }
      let norm = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return values.map { "\($0 / norm)" }.joined(separator: ",") + "\n"
    }
    return folder.put("states.csv", Array(rows.joined().utf8))
  }

  private func logits(_ settings: Settings, _ name: String) throws -> [[Double]] {
    var settings = settings
    settings.evaluation.predictionsPath = folder.path + "/" + name
    _ = try Session.evaluate(settings)
    return try String(contentsOfFile: settings.evaluation.predictionsPath, encoding: .utf8).split(separator: "\n")
      .dropFirst().map { $0.split(separator: ",").suffix(2).map { Double($0)! } }
  }

  /// Noise draws expectations to what relaxation leaves; without any noise folding is the circuit itself.
  @Test func noiseOfNothingIsNone() throws {
    var settings = try evaluation()
    settings.data.source = .file
    settings.data.path = states(21)
    settings.evaluation.samples = 0
    let ideal = try logits(settings, "ideal.csv")
    var weak = settings
    weak.device.pairError = 1e-13
    let folded = try logits(weak, "folded.csv")
    #expect(ideal.count == 21 && folded.count == 21)
    for (left, right) in zip(ideal.flatMap { $0 }, folded.flatMap { $0 }) { #expect(abs(left - right) < 1e-9) }
    let strong = try logits(noisy(settings), "noisy.csv")
    #expect(zip(ideal, strong).allSatisfy { abs($0[0] - $1[0]) > 1e-4 })
  }

  /// Ground states by their basis, and the same states one by one.
  @Test(arguments: [Precision.float64, .float32]) func basisAndStatesAgree(_ precision: Precision) throws {
    var settings = noisy(try evaluation(observables: ["Z0", "Z1"]))
    settings.host.precision = precision
    settings.data.source = .spinChain
    let byBasis = try Session.evaluate(settings)
    let ideal = try evaluation(observables: ["Z0", "Z1"])
    #expect(byBasis.device?.layout == [0, 1, 2, 3] && byBasis.accuracy != nil)
    #expect(try Session.evaluate(ideal).device == nil)
  }

  @Test func shotsAreReproducible() throws {
    var settings = noisy(try evaluation())
    settings.evaluation.shots = 40
    let first = try Session.evaluate(settings)
    let shots = try #require(first.shots)
    let exact = try #require(shots.exact)
    #expect(shots.shots == 40 && exact.trials == 300 && first.accuracy?.trials == 300)
    let again = try Session.evaluate(settings)
    #expect(again.accuracy == first.accuracy && again.shots == shots)
    settings.evaluation.shots = 1 << 24
    let many = try Session.evaluate(settings)
    #expect(many.shots?.exact == exact)
    let accuracy = try #require(many.accuracy)
    #expect(abs(accuracy.successes - exact.successes) <= 3)
    settings.evaluation.shots = 0
    #expect(try Session.evaluate(settings).accuracy == exact)
  }

  /// On a device as without one: less loss, and the same bytes again; tested there too.
  @Test(arguments: [false, true]) func trainingOnADevice(_ underShots: Bool) throws {
    var settings = noisy(shortSettings(in: folder))
    settings.model.qubits = 4
    settings.training.iterations = 40
    settings.training.readoutLearningRate = 0.3
    settings.training.shots = underShots ? 50 : 0
    let report = try Session.train(settings)
    #expect(report.losses.suffix(5).reduce(0, +) < report.losses.prefix(5).reduce(0, +))
    #expect(report.device?.layout == [0, 1, 2, 3])
    let bytes = contents(settings.model.path)
    _ = try Session.train(settings)
    #expect(contents(settings.model.path) == bytes)
    let (model, _) = try Model.read(path: settings.model.path)
    #expect(model.logits == 2 && model.provenance["device"]?.hasSuffix("0.02,3e-07 qubits 0,1,2,3") == true)
    #expect(model.provenance["shots"] == (underShots ? "50" : nil))
    var evaluation = settings
    evaluation.training.shots = 0
    #expect(try Session.evaluate(evaluation).accuracy == report.testAccuracy)
  }

  @Test func samplesOfFiles() throws {
    var settings = FileTrainingTests.settings(folder)
    settings.training.iterations = 30
    let ideal = try Session.train(settings)
    settings.device.pairError = 1e-12
    let folded = try Session.train(settings)
    // The same batches from the same angles: losses agree, to what folding rounds.
    for (left, right) in zip(ideal.losses, folded.losses) { #expect(abs(left - right) < 1e-9) }
    settings.device.pairError = 0.1
    let noisy = try Session.train(settings)
    #expect(abs(noisy.losses[0] - ideal.losses[0]) > 1e-6)
  }

  @Test func teachersOfALaboratory() throws {
    var teacher = shortSettings(in: folder, model: "teacher")
    teacher.model.qubits = 4
    _ = try Session.train(teacher)
    var settings = noisy(studentSettings(teacher, in: folder))
    func angles(_ change: (inout Settings) -> Void) throws -> [Double] {
      var changed = settings
      change(&changed)
      let report = try Session.distill(changed)
      #expect(report.losses.allSatisfy { $0.isFinite })
      return try Model.read(path: changed.model.path).model.angles
    }
    let ideal = try angles { _ in }
    let shared = try angles { $0.distillation.sharesDevice = true }
    let extrapolated = try angles {
      ($0.distillation.sharesDevice, $0.distillation.noiseFactors) = (true, [1, 2, 3])
    }
    let exponential = try angles {
      ($0.distillation.sharesDevice, $0.distillation.noiseFactors) = (true, [1, 2, 3])
      $0.distillation.extrapolation = .exponential
    }
    let measured = try angles { $0.distillation.teacherShots = 30 }
    let often = try angles { $0.distillation.teacherShots = 1 << 28 }
    let all = [ideal, shared, extrapolated, exponential, measured]
    #expect(Set(all.map { "\($0)" }).count == all.count)
    func distance(_ other: [Double]) -> Double { zip(ideal, other).reduce(0) { max($0, abs($1.0 - $1.1)) } }
    // Extrapolation brings the teacher back, and so do many shots.
    #expect(distance(extrapolated) < distance(shared) && distance(often) < distance(measured))

    // A tape says what it is of.
    settings.distillation.tapePath = folder.path + "/tape"
    settings.distillation.sharesDevice = true
    _ = try Session.distill(settings)
    settings.distillation.noiseFactors = [1, 2]
    guard case .otherInputs(_, .tape(let what, _, _)) = distillationError(settings, in: folder) else {
      Issue.record("a tape of another teacher was taken")
      return
    }
    #expect(what == "zero_noise")
    // Nor one of the same teacher under other noise.
    (settings.distillation.noiseFactors, settings.device.pairError) = ([], 0.03)
    guard case .otherInputs(_, .tape(let other, _, _)) = distillationError(settings, in: folder) else {
      Issue.record("a tape of another device was taken")
      return
    }
    #expect(other == "device")
  }

  @Test func refusals() throws {
    var settings = noisy(try evaluation())
    settings.evaluation.shots = 10
    settings.host.memoryBytes = 600 << 10
    #expect(budgetRefusal { () throws(SessionError) in _ = try Session.evaluate(settings) } != nil)
    settings = noisy(exampleSettings(in: folder))
    settings.model.qubits = 15
    settings.evaluation.samples = 10
    try writeModel(settings.model.path, qubits: 15)
    #expect { try Session.evaluate(settings) } throws: { error in
      guard case .cannotFold(15, 13) = error as? SessionError else { return false }
      return true
    }
    // Drawn, it can.
    settings.device.trajectories = 3
    #expect(try Session.evaluate(settings).trajectories?.runs == 3)
  }

  /// Drawn noise comes to what exact noise does, within its own error; ground states and rows of a file.
  @Test(arguments: [DataSource.spinChain, .file]) func drawnNoise(_ source: DataSource) throws {
    var settings = noisy(try evaluation())
    settings.evaluation.samples = 40
    if source == .file {
      settings.data.source = .file
      settings.data.path = states(40)
    }
    let exact = try logits(settings, "exact.csv")
    settings.device.trajectories = 1500
    let drawn = try logits(settings, "drawn.csv")
    #expect(exact.count == 40 && drawn.count == 40)
    // An expectation's standard error is at most 1/√1500 of its scale: 2 and 1.5, of observables up to 1.5.
    for (left, right) in zip(exact.flatMap { $0 }, drawn.flatMap { $0 }) {
      #expect(abs(left - right) < 4.5 * 2 * 1.5 / 1500.0.squareRoot() && left != right)
    }
    #expect(try logits(settings, "again.csv") == drawn)
  }
}
