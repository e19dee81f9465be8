import Budget
import Kernel
import Samples
import Students

/// An experiment in its memory: the data that all trials share are there, and each slot gets its trial.
final class ExperimentBinding {
  struct Chain {
    let feed: ChainFeed
    /// `[group]` states of the whole basis.
    let basis: UnsafeMutableRawPointer
    let groups: Int
  }

  struct Files {
    let training, test: StoredSet
    let labels, testLabels: UnsafeMutablePointer<Int32>
  }

  let plan: ExperimentPlan
  private(set) var chain: Chain?
  private var files: Files?
  /// Accuracies that no seed changes.
  private(set) var controls: [ExperimentReport.Control] = []
  private var drawn: [(training: CoefficientSet, test: CoefficientSet)] = []

  init(
    _ plan: ExperimentPlan, _ memory: ExperimentMemory, _ arena: borrowing Arena, progress: Progress
  ) throws(SessionError) {
    self.plan = plan
    if let reserved = memory.chain {
      let feed = try reserved.memory.bind(arena, progress: progress)
      let format = reserved.format
      let basis = UnsafeMutableRawPointer(arena.pointer(reserved.basis))
      let stateBytes = 2 * (1 << plan.settings.model.qubits) * format.vectorBytes
      let groups = (feed.coefficients + format.lanes - 1) / format.lanes
      // Vector k of the basis has the coefficients e_k.
      var unit = [Double](repeating: 0, count: format.lanes * feed.coefficients)
      for group in 0..<groups {
        for lane in 0..<format.lanes {
          for k in 0..<feed.coefficients {
            unit[lane * feed.coefficients + k] = k == group * format.lanes + lane ? 1 : 0
          }
        }
        feed.expand(unit, thread: 0, into: basis + group * stateBytes)
      }
      chain = Chain(feed: feed, basis: basis, groups: groups)
    }
    if let reserved = memory.files { try fill(reserved, arena, progress) }
  }

  private func fill(
    _ reserved: ExperimentMemory.Files, _ arena: borrowing Arena, _ progress: Progress
  ) throws(SessionError) {
    let settings = plan.settings
    let labels = arena.pointer(reserved.labels)
    let (training, map) = try reserved.memory.fill(
      settings, logits: plan.logits, known: nil, stateLabels: labels, arena: arena, progress: progress)
    let feed = try reserved.memory.openTest(settings, logits: plan.logits, features: map, arena)
    let test = reserved.test.bind(arena)
    let testLabels = arena.pointer(reserved.testLabels)
    var sample = 0
    while sample < plan.testSamples {
      switch feed.next() {
      case .sample(let label):
        test.store(sample, real: feed.real, imaginary: feed.imaginary)
        testLabels[sample] = label
        sample += 1
      case .end:
        throw .samples(
          path: settings.data.testLabelsPath, .labelCount(given: sample, expected: plan.testSamples))
      case .failed(let failure): throw feed.error(failure, labelsPath: settings.data.testLabelsPath)
      }
    }
    try checkClasses(labels, plan.trainingSamples, path: settings.data.labelsPath)
    try checkClasses(testLabels, plan.testSamples, path: settings.data.testLabelsPath)
    files = Files(training: training, test: test, labels: labels, testLabels: testLabels)
    if let (coefficients, workspace) = reserved.regression {
      let regression = LogisticRegression(
        features: training.width, coefficients: arena.pointer(coefficients), workspace: arena.pointer(workspace))
      _ = regression.fit(StoredBits(set: training, labels: labels, count: plan.trainingSamples))
      let correct = regression.correct(StoredBits(set: test, labels: testLabels, count: plan.testSamples))
      controls.append(
        ExperimentReport.Control(
          name: "logistic regression on the same bits",
          accuracy: Proportion(successes: correct, trials: plan.testSamples)))
    }
  }

  /// - Throws: `SessionError.samples` where no sample has one of the classes.
  private func checkClasses(_ labels: UnsafePointer<Int32>, _ count: Int, path: String) throws(SessionError) {
    let present = Set((0..<count).map { Int(labels[$0]) })
    for label in 0..<plan.logits where !present.contains(label) {
      let classes = plan.settings.data.classes
      throw .samples(path: path, .classAbsent(label < classes.count ? classes[label] : label))
    }
  }

  private struct StoredBits: FeatureRows {
    let set: StoredSet
    let labels: UnsafePointer<Int32>
    let count: Int

    func label(_ index: Int) -> Double { Double(labels[index]) }
    func copy(_ index: Int, into row: UnsafeMutablePointer<Double>) {
      var i = 0
      while i < set.width {
        row[i] = set.bit(index, feature: i)
        i += 1
      }
    }
  }

  /// One trial a slot.
  func trials(
    _ memory: ExperimentMemory, _ arena: borrowing Arena, watch: TrialWatch
  ) throws(SessionError) -> [Trial] {
    var trials: [Trial] = []
    for (slot, reserved) in memory.slots.enumerated() {
      if let chain { drawn.append(sets(reserved, chain, arena)) }
      trials.append(try trial(slot, reserved, arena, watch: slot == 0 ? watch : nil))
    }
    return trials
  }

  private func sets(
    _ reserved: TrialMemory, _ chain: Chain, _ arena: borrowing Arena
  ) -> (training: CoefficientSet, test: CoefficientSet) {
    (
      CoefficientSet(
        coefficients: arena.pointer(reserved.training!), labels: arena.pointer(reserved.trainingLabels!),
        count: plan.trainingSamples),
      CoefficientSet(
        coefficients: arena.pointer(reserved.test!), labels: arena.pointer(reserved.testLabels!),
        count: plan.testSamples)
    )
  }

  /// Draws a slot's ground states; files have nothing to draw. Allocates nothing.
  /// - Returns: nil, or a state that missed its tolerance.
  func draw(_ slot: Int, seed: UInt64, _ stream: RandomStream) -> ChainFeed.FailedState? {
    guard let chain else { return nil }
    stream.start(.trainingData, seed: seed)
    if let failed = draw(drawn[slot].training, chain.feed, stream) { return failed }
    stream.start(.evaluationData, seed: seed)
    return draw(drawn[slot].test, chain.feed, stream)
  }

  private func draw(
    _ set: CoefficientSet, _ feed: ChainFeed, _ stream: RandomStream
  ) -> ChainFeed.FailedState? {
    var i = 0
    while i < set.count {
      if let failed = feed.draw(
        stream, into: set.coefficients + i * feed.coefficients, label: set.labels + i)
      {
        return failed
      }
      i += 1
    }
    return nil
  }

  private func trial(
    _ slot: Int, _ reserved: TrialMemory, _ arena: borrowing Arena, watch: TrialWatch?
  ) throws(SessionError) -> Trial {
    let settings = plan.settings
    let sums = arena.pointer(reserved.sums)
    let compressor = try compressor(slot, reserved, arena)
    var contenders: [Contender] = []
    for (index, contestant) in plan.design.contestants.enumerated() {
      let m = plan.logits
      let blank = Model(
        ansatz: contestant.ansatz, observables: plan.observables,
        angles: [Double](repeating: 0, count: contestant.ansatz.parameterCount),
        scales: [Double](repeating: settings.model.scale, count: m),
        biases: [Double](repeating: settings.model.bias, count: m), encoder: plan.shape.encoder)
      let model = reserved.networks[index].bind(blank, arena)
      let engine: BatchEngine
      if let chain {
        let format = model.network.tables.format
        let use = plan.spanUses(dimension: chain.feed.coefficients, format: format)[index]
        engine = .span(
          SpanEngine(
            network: model.network,
            span: Span(
              states: contestant.isCompressed ? compressor!.compressed : chain.basis,
              dimension: chain.feed.coefficients, branches: use.shape.branches),
            workspace: reserved.span!.bind(use, arena), training: drawn[slot].training, test: drawn[slot].test,
            dimension: chain.feed.coefficients, batch: arena.pointer(reserved.batch!), sums: sums))
      } else {
        engine = .stored(try stored(model, reserved, sums, arena))
      }
      contenders.append(
        Contender(
          learner: Learner(
            model: model, settings: settings.training, trainsReadout: settings.model.readout == .affine,
            gradient: arena.pointer(reserved.gradient), first: arena.pointer(reserved.first),
            second: arena.pointer(reserved.second)), engine: engine, scale: settings.model.scale,
          bias: settings.model.bias, angleRange: settings.training.angleRange,
          qubits: contestant.ansatz.qubits))
    }
    let tape = arena.pointer(reserved.tape)
    let labels = files?.labels ?? drawn[slot].training.labels
    return try Trial(
      design: plan.design, contenders: contenders, compressor: compressor,
      targets: BatchTargets(
        setLabels: labels, setTeacher: tape, labels: arena.pointer(reserved.batchLabels),
        teacher: arena.pointer(reserved.batchTeacher), logits: plan.logits), tape: tape,
      shuffledTape: reserved.shuffledTape.map { arena.pointer($0) }, ownLogits: arena.pointer(reserved.ownLogits),
      testLogits: arena.pointer(reserved.testLogits), testLabels: files?.testLabels ?? drawn[slot].test.labels,
      testCount: plan.testSamples, order: arena.pointer(reserved.order), trainingCount: plan.trainingSamples,
      batch: plan.batch, loss: TrialLosses(settings),
      fit: reserved.fit.map {
        TwoParameterFit(coefficients: arena.pointer($0.coefficients), workspace: arena.pointer($0.workspace))
      }, values: arena.pointer(reserved.values), watch: watch)
  }

  private func stored(
    _ model: BoundNetwork, _ reserved: TrialMemory, _ sums: UnsafeMutablePointer<Double>, _ arena: borrowing Arena
  ) throws(SessionError) -> StoredEngine {
    let logits = arena.pointer(reserved.batchLogits)
    let samples = arena.pointer(reserved.samples!)
    let padded = arena.buffer(reserved.samples!).count / 2
    let row = arena.pointer(reserved.rows!)
    func part(
      _ set: StoredSet, _ batch: UnsafeMutablePointer<Int32>, _ count: Int, _ arena: borrowing Arena
    ) throws(SessionError) -> StoredEngine.Part {
      let view = set.view(batch: batch, row: row)
      let runner = try GroupRunner(
        network: model.network, memory: reserved.workspace!, arena: arena, logits: logits, source: .stored(view))
      return StoredEngine.Part(runner: runner, set: view, count: count)
    }
    return StoredEngine(
      training: try part(files!.training, samples, plan.trainingSamples, arena),
      test: try part(files!.test, samples + padded, plan.testSamples, arena), batch: plan.batch,
      momentCount: model.network.tables.ansatz.parameterCount, logitCount: plan.logits, logits: logits, sums: sums)
  }

  private func compressor(
    _ slot: Int, _ reserved: TrialMemory, _ arena: borrowing Arena
  ) throws(SessionError) -> TrialCompressor? {
    guard let memory = reserved.compressor, let chain else { return nil }
    let circuit = AutoencoderCircuit(
      ansatz: memory.ansatz, format: memory.format, gates: arena.pointer(memory.gates))
    let runner = try CompressionRunner(
      circuit, feed: chain.feed, firstScratch: slot, memory: memory, arena: arena)
    return TrialCompressor(
      training: CompressorTraining(
        plan.settings, runner: runner, set: drawn[slot].training.coefficients, coefficients: chain.feed.coefficients,
        memory: memory, arena: arena), test: drawn[slot].test, coefficients: chain.feed.coefficients,
      angleRange: plan.settings.training.angleRange, basis: chain.basis,
      compressed: UnsafeMutableRawPointer(arena.pointer(reserved.compressedBasis!)), groups: chain.groups,
      groupBytes: 2 * memory.ansatz.amplitudes * memory.format.vectorBytes)
  }
}
