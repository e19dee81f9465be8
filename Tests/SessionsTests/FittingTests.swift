import Batches
import Budget
import Kernel
import Models
import Sessions
import Settings
import TemporaryFolders
import Testing

@Suite struct FittingTests {
  /// The refusal's numbers hold: what it says is needed runs, one byte less is refused with the same numbers, and what
  /// it says would fit does.
  private func check(_ job: Job, _ given: Settings) throws {
    var settings = given
    settings.host.memoryBytes = 1 << 18
    let refusal = try #require(budgetRefusal { () throws(SessionError) in _ = try Session.plan(job, settings) })
    #expect(!refusal.isArena && refusal.availableBytes == 1 << 18)
    #expect(refusal.largestBatch == nil && refusal.largestQubits == nil)
    settings.host.memoryBytes = refusal.neededBytes
    #expect(try Session.plan(job, settings).plan.ramBytes == refusal.neededBytes)

    settings.host.memoryBytes = refusal.neededBytes - 1
    let close = try #require(budgetRefusal { () throws(SessionError) in _ = try Session.plan(job, settings) })
    #expect(close.neededBytes == refusal.neededBytes && close.missingBytes == 1)
    let batch = job == .evaluate ? settings.evaluation.batch : settings.training.batch
    if let largest = close.largestBatch {
      #expect(largest < batch)
      for (batch, fits) in [(largest, true), (largest + 1, false)] {
        settings.training.batch = batch
        settings.evaluation.batch = batch
        let refused = budgetRefusal { () throws(SessionError) in _ = try Session.plan(job, settings) }
        #expect((refused == nil) == fits)
      }
    }
    settings.training.batch = batch
    settings.evaluation.batch = batch
    // A student has its teacher's qubits.
    #expect(job != .distill || close.largestQubits == nil)
    if job == .train, let largest = close.largestQubits {
      #expect(largest < settings.model.qubits)
      for (qubits, fits) in [(largest, true), (largest + 1, false)] {
        settings.model.qubits = qubits
        let refused = budgetRefusal { () throws(SessionError) in _ = try Session.plan(job, settings) }
        #expect((refused == nil) == fits)
      }
    }
  }

  @Test(arguments: [64, 1000]) func aRefusalsNumbersHoldForTraining(_ batch: Int) throws {
    var settings = shortSettings(in: TemporaryFolder())
    settings.training.states = 2000
    settings.training.batch = batch
    for (qubits, layers) in [(3, 10), (7, 2), (12, 3)] {
      settings.model.qubits = qubits
      settings.model.layers = layers
      try check(.train, settings)
    }
  }

  @Test func aRefusalsNumbersHoldForTheOtherJobs() throws {
    let folder = TemporaryFolder()
    let settings = shortSettings(in: folder)
    _ = try Session.train(settings)
    try check(.distill, studentSettings(settings, in: folder))
    try check(.evaluate, settings)
    var long = settings
    long.evaluation.batch = 10_000
    try check(.evaluate, long)
  }

  @Test func exactlyWhatIsNeededRunsAndOneByteLessStartsNothing() throws {
    let folder = TemporaryFolder()
    var settings = shortSettings(in: folder)
    settings.host.memoryBytes = 1
    let refusal = try #require(budgetRefusal { () throws(SessionError) in _ = try Session.train(settings) })
    settings.host.memoryBytes = refusal.neededBytes - 1
    #expect(budgetRefusal { () throws(SessionError) in _ = try Session.train(settings) }?.missingBytes == 1)
    #expect(folder.names.isEmpty)
    settings.host.memoryBytes = refusal.neededBytes
    let report = try Session.train(settings)
    #expect(report.facts.plan.ramBytes == refusal.neededBytes && report.facts.lanes == 1)
  }

  @Test func aRefusalSaysWhetherSinglePrecisionFits() throws {
    var settings = shortSettings(in: TemporaryFolder())
    settings.model.qubits = 12
    settings.host.precision = .float32
    settings.host.memoryBytes = 1
    let single = try #require(budgetRefusal { () throws(SessionError) in _ = try Session.plan(.train, settings) })
    #expect(single.fittingPrecision == nil)
    settings.host.precision = .float64
    for (missing, fitting) in [(0, "float32"), (1, nil)] {
      settings.host.memoryBytes = single.neededBytes - missing
      let double = try #require(budgetRefusal { () throws(SessionError) in _ = try Session.plan(.train, settings) })
      #expect(double.neededBytes > single.neededBytes && double.fittingPrecision == fitting)
    }
  }

  @Test func theLargestBatchFitsAndTheNextDoesNot() throws {
    let folder = TemporaryFolder()
    var settings = shortSettings(in: folder)
    _ = try Session.train(settings)
    settings.evaluation.samples = 0
    settings.training.states = 1 << 18
    for job in [Job.evaluate, .train, .compress] {
      settings.host.memoryBytes = 1 << 40
      settings.host.memoryBytes = try Session.plan(job, settings).plan.ramBytes + 12_345
      let largest = try #require(try Session.largestBatch(job, settings))
      for (batch, fits) in [(largest, true), (largest + 1, false)] {
        settings.training.batch = batch
        settings.evaluation.batch = batch
        let refused = budgetRefusal { () throws(SessionError) in _ = try Session.plan(job, settings) }
        #expect((refused == nil) == fits, "\(job) \(batch)")
      }
      settings.training.batch = 21
      settings.evaluation.batch = 64
    }
    settings.host.memoryBytes = 1
    #expect(try Session.largestBatch(.train, settings) == nil)
    settings.host.memoryBytes = 1 << 30
    settings.evaluation.samples = 77
    #expect(try Session.largestBatch(.evaluate, settings) == 77)
  }

  @Test func theArenaHasABudgetOfItsOwn() throws {
    let folder = TemporaryFolder()
    var settings = shortSettings(in: folder)
    settings.host.arenaBytes = 1000
    let refusal = try #require(budgetRefusal { () throws(SessionError) in _ = try Session.train(settings) })
    #expect(refusal.isArena && refusal.availableBytes == 1000)
    settings.host.arenaBytes = refusal.neededBytes - 1
    #expect(budgetRefusal { () throws(SessionError) in _ = try Session.train(settings) }?.missingBytes == 1)
    settings.host.arenaBytes = refusal.neededBytes
    #expect(try Session.train(settings).facts.plan.arenaBytes == refusal.neededBytes)
  }

  /// With qubits that an observable or a list of pairs names, fewer are no way out.
  @Test(arguments: [false, true]) func theQubitsThatAreNamedAreTheFewest(byAList: Bool) throws {
    var settings = shortSettings(in: TemporaryFolder())
    settings.model.qubits = 12
    if byAList {
      settings.model.entangler = try #require(Entangler(name: "0-1, 9-0"))
    } else {
      settings.model.observables = ["Z0", "Z9"]
    }
    settings.host.memoryBytes = 1 << 18
    let needed = try #require(budgetRefusal { () throws(SessionError) in _ = try Session.plan(.train, settings) })
    settings.model.qubits = 10
    let fewest = try #require(budgetRefusal { () throws(SessionError) in _ = try Session.plan(.train, settings) })
    #expect(fewest.neededBytes < needed.neededBytes)
    settings.model.qubits = 12
    settings.host.memoryBytes = fewest.neededBytes
    #expect(
      budgetRefusal { () throws(SessionError) in _ = try Session.plan(.train, settings) }?.largestQubits == 10)
    settings.host.memoryBytes = fewest.neededBytes - 1
    #expect(
      budgetRefusal { () throws(SessionError) in _ = try Session.plan(.train, settings) }?.largestQubits == nil)
  }

  /// A model's qubits are its own; what the refusal says of others is checked with other models.
  @Test func aRefusalsQubitsHoldForEvaluation() throws {
    let folder = TemporaryFolder()
    var settings = shortSettings(in: folder)
    try writeModel(settings.model.path, qubits: 14)
    settings.host.memoryBytes = 2 << 20
    let refusal = try #require(budgetRefusal { () throws(SessionError) in _ = try Session.plan(.evaluate, settings) })
    let largest = try #require(refusal.largestQubits)
    for (qubits, fits) in [(largest, true), (largest + 1, false)] {
      try writeModel(settings.model.path, qubits: qubits)
      let refused = budgetRefusal { () throws(SessionError) in _ = try Session.plan(.evaluate, settings) }
      #expect((refused == nil) == fits)
    }
  }

  /// A file's front may claim any length of a row.
  @Test(arguments: [1 << 50, 1 << 57, Int.max]) func rowsBeyondAnyPlan(columns: Int) throws {
    var planner = Planner()
    NetworkShape(
      ansatz: Ansatz(qubits: 15, layers: 1), observables: [try Observable("Z0")], encoder: .phase, rawColumns: columns
    ).declareModel(copies: NetworkShape.copiesMade, in: &planner)
    do {
      _ = try planner.layout()
      Issue.record("a plan of \(columns) columns")
    } catch BudgetError.tooLarge(let buffer) { #expect(buffer == "model") }
  }

  @Test func randomSettingsFitOrAreRefused() throws {
    var random = RandomSettings(seed: 7)
    var (fitted, refused) = (0, 0)
    for _ in 0..<200 {
      let settings = random.next()
      do {
        let run = try Session.plan(.train, settings)
        #expect(run.plan.ramBytes <= settings.host.memoryBytes)
        #expect(run.plan.arenaBytes <= settings.host.arenaBytes ?? .max)
        fitted += 1
      } catch SessionError.overBudget(let refusal) {
        #expect(refusal.missingBytes > 0)
        refused += 1
      } catch SessionError.setting(let name, _, _) {
        #expect(name == "host.lanes")
      }
    }
    #expect(fitted > 20 && refused > 20)
  }
}

/// Settings by chance, the same on every run.
private struct RandomSettings {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  private mutating func number(_ range: ClosedRange<Int>) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return range.lowerBound + Int((state >> 33) % UInt64(range.count))
  }

  mutating func next() -> Settings {
    var settings = Settings()
    settings.model.qubits = number(3...17)
    settings.model.layers = number(1...20)
    settings.model.finalRotation = number(0...1) == 1
    settings.training.batch = number(1...300)
    settings.training.states = number(1...5000)
    settings.training.iterations = number(1...2000)
    settings.host.threads = number(1...4)
    settings.host.precision = number(0...1) == 1 ? .float32 : .float64
    settings.host.memoryBytes = number(4...100) << 18
    settings.host.arenaBytes = number(0...3) == 0 ? number(1...4000) << 10 : nil
    let lanes = number(0...9)
    settings.host.lanes = lanes < 6 ? nil : [1, 2, 3, 8][lanes - 6]
    return settings
  }
}
