import Batches
import Budget
import Kernel
import Models
import Samples
import Training

/// An experiment in its memory: the data that all trials share are there, and each slot gets its trial.
final class ExperimentBinding {
  /// Ground states, and `[group]` states of their whole basis.
  typealias Chain = (feed: ChainFeed, basis: UnsafeMutableRawPointer)
  /// Stored samples, and their labels.
  typealias Files = (
    training: StoredSet, test: StoredSet, labels: UnsafeMutablePointer<Int32>, testLabels: UnsafeMutablePointer<Int32>,
    values: UnsafeMutablePointer<Double>?, testValues: UnsafeMutablePointer<Double>?
  )

  let plan: ExperimentPlan
  private(set) var chain: Chain?
  private var files: Files?
  /// Accuracies that no seed changes.
  private(set) var controls: [ExperimentReport.Control] = []
  /// Of ground states that are tested from shots.
  private(set) var limits: [QuantumLimit] = []

  init(
    _ plan: ExperimentPlan, _ memory: ExperimentMemory, _ arena: borrowing Arena, progress: Progress
  ) throws(SessionError) {
    self.plan = plan
    if let reserved = memory.chain {
      let feed = try reserved.memory.bind(arena, progress: progress)
      let basis = reserved.basis.bind(arena)
      feed.expandBasis(into: basis, bytes: plan.stateBytes(reserved.memory.format))
      chain = (feed, basis)
      if !plan.isRegression { limits = QuantumLimit.of(feed.family, shots: plan.design.testShots) }
    }
    if let reserved = memory.files { try fill(reserved, arena, progress) }
  }

  private func fill(
    _ reserved: ExperimentMemory.Files, _ arena: borrowing Arena, _ progress: Progress
  ) throws(SessionError) {
    let settings = plan.settings
    let labels = arena.pointer(reserved.labels)
    let values = reserved.values.map { arena.pointer($0) }
    let testValues = reserved.testValues.map { arena.pointer($0) }
    let testPath = settings.data.testAnswers(isRegression: plan.isRegression).path
    let (training, map, _) = try reserved.memory.fill(
      settings, logits: plan.logits, known: nil, stateLabels: labels, stateValues: values, arena: arena,
      progress: progress)
    let feed = try reserved.memory.openTest(settings, logits: plan.logits, features: map, arena)
    let test = reserved.test.bind(arena)
    let testLabels = arena.pointer(reserved.testLabels)
    var sample = 0
    while sample < plan.testSamples {
      switch feed.next() {
      case .sample(let label):
        test.store(sample, real: feed.real, imaginary: feed.imaginary)
        testLabels[sample] = label
        if let testValues { feed.copyTarget(into: testValues, sample: sample) }
        sample += 1
      case .end:
        throw .samples(path: testPath, .labelCount(given: sample, expected: plan.testSamples))
      case .failed(let failure): throw feed.error(failure, labelsPath: testPath)
      }
    }
    if !plan.isRegression {
      try checkClasses(labels, plan.trainingSamples, path: settings.data.labelsPath)
      try checkClasses(testLabels, plan.testSamples, path: settings.data.testLabelsPath)
    }
    files = (training, test, labels, testLabels, values, testValues)
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
    _ memory: ExperimentMemory, _ arena: borrowing Arena, watch: StepProgress
  ) throws(SessionError) -> [Trial] {
    var trials: [Trial] = []
    for (slot, reserved) in memory.slots.enumerated() {
      trials.append(try trial(slot, reserved, arena, watch: slot == 0 ? watch : nil))
    }
    return trials
  }

  /// Draws a trial's ground states; files have nothing to draw. Allocates nothing.
  /// - Returns: nil, or a state that missed its tolerance.
  func draw(_ trial: Trial, seed: UInt64, _ stream: RandomStream) -> ChainFeed.FailedState? {
    stream.start(.trainingData, seed: seed)
    if let failed = draw(trial.training, stream) { return failed }
    stream.start(.evaluationData, seed: seed)
    return draw(trial.test, stream)
  }

  private func draw(_ set: LabelledSet, _ stream: RandomStream) -> ChainFeed.FailedState? {
    guard case .chain(let states) = set.samples else { return nil }
    return states.feed.draw(stream, set.count, into: states.states, labels: set.labels, values: set.values)
  }

  private func trial(
    _ slot: Int, _ reserved: TrialMemory, _ arena: borrowing Arena, watch: StepProgress?
  ) throws(SessionError) -> Trial {
    let gradient = reserved.loop.bind(arena).gradient
    let (training, test) = sets(reserved, arena)
    let compressor = try compressor(slot, reserved, training, test, gradient, arena)
    let targets = BatchTargets(
      setLabels: training.labels, setValues: training.values, setTeacher: nil,
      labels: arena.pointer(reserved.batchLabels), values: reserved.batchValues.map { arena.pointer($0) },
      teacher: arena.pointer(reserved.batchTeacher), logits: plan.outputs)
    var models: [NetworkTraining] = []
    var judges: [Judge?] = []
    let logits = arena.pointer(reserved.batchLogits)
    for (index, contestant) in plan.design.contestants.enumerated() {
      let network = reserved.networks[index]
      let blank = plan.blank(contestant, plan.trained(contestant, onDevice: false))
      let model = network.bind(blank, arena)
      let runner: any BatchRunner
      if let device = reserved.devices[index] {
        runner = device.runner(model, blank, chain?.feed, logits: logits, arena)
      } else if let chain {
        let use = plan.spanUse(contestant, dimension: chain.feed.coefficients, format: network.format)
        let span = Span(
          states: contestant.isCompressed ? compressor!.compressed : chain.basis, dimension: use.shape.dimension,
          branches: use.shape.branches)
        runner = try BasisRunner(
          model.network, span, workspaces: [reserved.span!.bind(use, arena)], logits: logits)
      } else {
        runner = try GroupRunner(
          model.network, reserved.workspace!, inputForm: plan.shape.encoder.inputForm, logits: logits, arena)
      }
      judges.append(
        reserved.judges[index].map {
          $0.bind(reserved.judged!, plan, contestant, model, chain?.feed, arena)
        })
      models.append(
        NetworkTraining(
          model, runner, training.samples, targets, .crossEntropy, plan.settings, batch: plan.batch,
          sums: arena.pointer(reserved.sums), blocks: reserved.blocks, gradient: gradient,
          fit: reserved.readoutFit?.bind(arena)))
    }
    let noisyTeacher = reserved.noisyTeacher.map {
      $0.bind(plan, models[0].model, chain?.feed, logits: logits, arena)
    }
    return try Trial(
      plan, reserved, models, compressor, judges: judges, noisyTeacher: noisyTeacher, training: training, test: test,
      watch: watch, arena)
  }

  private func sets(_ reserved: TrialMemory, _ arena: borrowing Arena) -> (training: LabelledSet, test: LabelledSet) {
    let samples: (training: SampleSet, test: SampleSet)
    let labels: (training: UnsafeMutablePointer<Int32>, test: UnsafeMutablePointer<Int32>)
    let values: (training: UnsafeMutablePointer<Double>?, test: UnsafeMutablePointer<Double>?)
    if let chain {
      let batch = arena.pointer(reserved.batch!)
      samples = (
        .chain(CoefficientSet(feed: chain.feed, states: arena.pointer(reserved.training!), batch: batch)),
        .chain(CoefficientSet(feed: chain.feed, states: arena.pointer(reserved.test!), batch: batch))
      )
      labels = (arena.pointer(reserved.trainingLabels!), arena.pointer(reserved.testLabels!))
      values = (
        reserved.trainingValues.map { arena.pointer($0) }, reserved.testValues.map { arena.pointer($0) }
      )
    } else {
      let (files, batch, row) = (files!, arena.pointer(reserved.samples!), arena.pointer(reserved.rows!))
      samples = (
        .stored(files.training.view(batch: batch, row: row)), .stored(files.test.view(batch: batch, row: row))
      )
      labels = (files.labels, files.testLabels)
      values = (files.values, files.testValues)
    }
    return (
      LabelledSet(
        samples: samples.training, labels: labels.training, values: values.training, count: plan.trainingSamples),
      LabelledSet(samples: samples.test, labels: labels.test, values: values.test, count: plan.testSamples)
    )
  }

  private func compressor(
    _ slot: Int, _ reserved: TrialMemory, _ training: LabelledSet, _ test: LabelledSet,
    _ gradient: UnsafeMutablePointer<Double>, _ arena: borrowing Arena
  ) throws(SessionError) -> TrialCompressor? {
    guard let memory = reserved.autoencoder, let chain, case .chain(let set) = training.samples,
      case .chain(let unseen) = test.samples
    else { return nil }
    let autoencoder = try AutoencoderTraining(
      memory, set, plan.settings.compression, gradient: gradient, firstScratch: slot, arena)
    return TrialCompressor(
      autoencoder: autoencoder, test: unseen, basis: chain.basis, compressed: reserved.compressedBasis!.bind(arena),
      stateBytes: plan.stateBytes(memory.circuit.format), stops: [plan.settings.compression.iterations])
  }
}
