import Batches
import Kernel
import Models
import Sessions
import Settings
import TemporaryFolders
import Testing

/// Settings that no command line was asked about: an error that names the setting, never a trap.
@Suite struct SettingsTests {
  private func refused(_ job: Job, _ change: (inout Settings) -> Void) throws -> String? {
    let folder = TemporaryFolder()
    let base = shortSettings(in: folder)
    try writeModel(base.model.path, qubits: 7)
    var settings = studentSettings(base, in: folder)
    if job == .evaluate { settings.model.path = base.model.path }
    change(&settings)
    do {
      _ = try Session.plan(job, settings)
      switch job {
      case .evaluate: _ = try Session.evaluate(settings)
      case .train: _ = try Session.train(settings)
      case .distill: _ = try Session.distill(settings)
      case .compress: _ = try Session.compress(settings)
      case .reproduce: _ = try Session.reproduce(settings)
      }
      return nil
    } catch SessionError.setting(let name, _, _) {
      return name
    } catch SessionError.spectrum(let error) {
      return "spectrum \(error)"
    }
  }

  @Test func countsHaveBounds() throws {
    for value in [Int.min, -1, 0, .max] {
      for job in [Job.evaluate, .train, .distill] {
        #expect(try refused(job) { $0.host.threads = value } == "host.threads")
        if value != 0 { #expect(try refused(job) { $0.evaluation.samples = value } == "evaluation.samples") }
        #expect(try refused(job) { $0.host.lanes = value } == "host.lanes")
        if job == .evaluate {
          #expect(try refused(job) { $0.evaluation.batch = value } == "evaluation.batch")
        } else {
          #expect(try refused(job) { $0.model.qubits = value } == "model.qubits")
          #expect(try refused(job) { $0.model.layers = value } == "model.layers")
          #expect(try refused(job) { $0.training.iterations = value } == "training.iterations")
          #expect(try refused(job) { $0.training.batch = value } == "training.batch")
          #expect(try refused(job) { $0.training.states = value } == "training.states")
          #expect(try refused(job) { $0.training.scheduleEvery = value } == "training.schedule-every")
        }
      }
    }
    #expect(try refused(.train) { $0.host.lanes = 3 } == "host.lanes")
    #expect(try refused(.train) { $0.host.lanes = 16 } == "host.lanes")
  }

  @Test func numbersAreNumbers() throws {
    for value in [Double.nan, -.infinity, .infinity, -1e300, 1e300] {
      for job in [Job.train, .distill] {
        #expect(try refused(job) { $0.training.learningRate = value } == "training.learning-rate")
        #expect(try refused(job) { $0.training.readoutLearningRate = value } == "training.readout-learning-rate")
        #expect(try refused(job) { $0.training.scheduleFactor = value } == "training.schedule-factor")
        #expect(try refused(job) { $0.training.angleRange = value } == "training.angle-range")
        #expect(try refused(job) { $0.training.labelSmoothing = value } == "training.label-smoothing")
        #expect(try refused(job) { $0.model.scale = value } == "model.scale")
        #expect(try refused(job) { $0.model.bias = value } == "model.bias")
      }
      #expect(try refused(.distill) { $0.distillation.alpha = value } == "distillation.alpha")
      #expect(try refused(.distill) { $0.distillation.temperature = value } == "distillation.temperature")
      #expect(try refused(.evaluate) { $0.evaluation.minimumAccuracy = value } == "evaluation.minimum-accuracy")
      for job in [Job.evaluate, .train, .distill] {
        #expect(try refused(job) { $0.data.h2Minimum = value } != nil)
        #expect(try refused(job) { $0.data.h2Maximum = value } != nil)
        #expect(try refused(job) { $0.data.h1 = value } != nil)
        #expect(try refused(job) { $0.data.j = value } != nil)
      }
    }
    #expect(try refused(.distill) { $0.distillation.temperature = 0 } == "distillation.temperature")
    #expect(try refused(.train) { $0.training.labelSmoothing = 1 } == "training.label-smoothing")
    #expect(try refused(.train) { $0.data.h2Minimum = 1.3 } == "data.h2")
  }

  @Test func observablesAreParsed() throws {
    for texts in [[], ["Z0"], ["Z0", ""], ["Z0", "Q1"], ["Z0", "Z7"], [String](repeating: "Z0", count: 65)] {
      #expect(try refused(.train) { $0.model.observables = texts } == "model.observables")
    }
    #expect(try refused(.train) { $0.model.observables = ["Z0", "1e13*Z1"] } == "model.observables")
    #expect(try refused(.train) { $0.model.observables = ["Z0", "-2*X1*Y3 + Z6"] } == nil)
    // What no model's file has room for is refused before the run.
    let long = [String](repeating: "0.125*X0*Y1", count: 1000).joined(separator: " + ")
    #expect(try refused(.train) { $0.model.observables = ["Z0"] + [String](repeating: long, count: 3) } == nil)
    for job in [Job.train, .distill] {
      #expect(
        try refused(job) { $0.model.observables = [String](repeating: long, count: 4) } == "model.observables")
    }
  }

  @Test func aListOfPairsNeedsItsQubits() throws {
    let list = try #require(Entangler(name: "0-1, 1-6, 6-0"))
    for gate in EntanglingGate.all {
      for job in [Job.train, .distill] {
        #expect(
          try refused(job) {
            $0.model.entangler = list
            $0.model.entanglingGate = gate
          } == nil)
      }
    }
    #expect(
      try refused(.train) {
        $0.model.entangler = list
        $0.model.qubits = 6
      } == "model.entangler")
    // A student behind an autoencoder has fewer qubits than the teacher.
    #expect(
      try refused(.reproduce) {
        $0.model.entangler = list
        $0.experiment.name = "x"
        $0.experiment.compressedLayers = [1]
      } == "model.entangler")
  }

  /// Identities from before there was another gate hold.
  @Test func theGateStandsInIdentitiesWhereItIsNoCNOT() throws {
    var settings = Settings()
    func entries() throws -> [String: String] {
      let identity = try settings.identity(of: .train) { (path: String) throws in path }
      return Dictionary(uniqueKeysWithValues: identity.map { ($0.key, $0.value.text) })
    }
    let before = try entries()
    #expect(before["model.entangling-gate"] == nil && before["model.entangler"] == "\"linear\"")
    settings.model.entanglingGate = .cz
    settings.model.entangler = try #require(Entangler(name: "0-1,2-0"))
    let after = try entries()
    #expect(after["model.entangling-gate"] == "\"cz\"" && after["model.entangler"] == "\"0-1, 2-0\"")
  }

  @Test func extremesThatAreAllowedRun() throws {
    #expect(try refused(.train) { $0.model.qubits = 3 } == nil)
    #expect(try refused(.train) { $0.training.learningRate = 1000 } == nil)
    #expect(try refused(.distill) { $0.distillation.temperature = 1e-6 } == nil)
    #expect(try refused(.distill) { $0.distillation.temperature = 1e6 } == nil)
    #expect(try refused(.distill) { $0.distillation.alpha = 1 } == nil)
    #expect(try refused(.train) { $0.host.threads = 40 } == nil)
    #expect(try refused(.train) { $0.model.qubits = 2 }?.hasPrefix("spectrum") == true)
    #expect(try refused(.train) { $0.model.qubits = 21 }?.hasPrefix("spectrum") == true)
  }
}
