import Batches
import Budget
import Files
import Kernel
import Models

extension ClassifierTraining: TrainingJob {
  package func prepare(
    _ memory: TrainingMemory, _ arena: borrowing Arena, progress: Progress
  ) throws(SessionError) -> PreparedNetwork {
    var tape = try teacher?.tapeToWrite(logits: settings.training.states * outputs)
    let data = try load(memory, arena, progress)
    let lesson = try teach(data, memory, arena, &tape)
    let angles = try RandomStream(.initialAngles, seed: settings.seed)
    let initial = initialModel(data.features, data.range, angles)
    let (student, runner) = try memory.student.bind(
      initial.with(further: hints), data.set, compressor: bindCompressor(memory, arena),
      logits: arena.pointer(memory.logits), arena)
    let targets = BatchTargets(
      setLabels: arena.pointer(memory.stateLabels), setValues: memory.stateValues.map { arena.pointer($0) },
      setTeacher: memory.teacherLogits.map { arena.pointer($0) }, labels: arena.pointer(memory.batchLabels),
      values: memory.batchValues.map { arena.pointer($0) }, teacher: memory.batchTeacher.map { arena.pointer($0) },
      logits: outputs)
    let loop = memory.run.loop.bind(arena)
    let validation = memory.run.selection.map {
      Validation(
        learnt: UnsafePointer(loop.order), outputs: arena.pointer($0.outputs), slopes: arena.pointer($0.slopes),
        angles: angles, settings, qubits: ansatz.qubits)
    }
    let relations = memory.pulls.map {
      RelationalHints(
        weight: settings.distillation.relationWeight, first: observables.count, count: hints.count,
        pulls: arena.pointer($0))
    }
    let network = NetworkTraining(
      student, runner, data.set, targets, loss, settings, batch: batch, sums: arena.pointer(memory.sums),
      blocks: memory.groups, gradient: loop.gradient, fit: memory.readoutFit?.bind(arena), relations: relations,
      validation: validation)
    let unseen = try unseenTest(runner, data, memory, arena)
    let ranges = memory.stateValues.map { targetRanges(arena.pointer($0)) }
    return PreparedNetwork(self, network, initial, unseen, lesson, ranges: ranges, tape: tape)
  }

  /// The training set in its place, and what it is tested on.
  private struct Data {
    let set: SampleSet
    /// nil: ground states are drawn.
    let test: FileFeed?
    let features: PrincipalFeatures?
    /// Of the numbers of the training rows, where the model remembers it.
    let range: ClosedRange<Double>?
  }

  private func load(
    _ memory: TrainingMemory, _ arena: borrowing Arena, _ progress: Progress
  ) throws(SessionError) -> Data {
    let labels = arena.pointer(memory.stateLabels)
    let values = memory.stateValues.map { arena.pointer($0) }
    if let file = memory.files {
      let (set, features, range) = try file.fill(
        settings, logits: observables.count, known: features, stateLabels: labels, stateValues: values, arena: arena,
        progress: progress)
      let test = try file.openTest(settings, logits: observables.count, features: features, arena)
      return Data(set: .stored(set), test: test, features: features?.features, range: range)
    }
    let chain = memory.chain!
    let feed = try chain.chain.bind(arena, progress: progress)
    return Data(
      set: .chain(try chain.fill(feed, settings, labels: labels, values: values, arena)), test: nil, features: nil,
      range: nil)
  }

  private func unseenTest(
    _ runner: any BatchRunner, _ data: Data, _ memory: TrainingMemory, _ arena: borrowing Arena
  ) throws(SessionError) -> UnseenTest {
    let source: StreamedBatches.Source
    switch data.set {
    case .chain(let set):
      source = .chain(set.feed, try RandomStream(.evaluationData, seed: settings.seed), set.batch, runner)
    case .stored:
      guard let runner = runner as? any StreamRunner else { preconditionFailure("a file's samples have no basis") }
      source = .file(data.test!, runner)
    }
    let values = memory.batchValues.map { arena.pointer($0) }
    var scoring = UnseenTest.Scoring.classes
    if let tally = memory.testTally, let targets = memory.stateValues, let reserved = memory.testBounds {
      let bounds = arena.pointer(reserved)
      targetRanges(arena.pointer(targets)).fill(bounds)
      scoring = .numbers(tally.bind(arena), bounds)
    }
    return UnseenTest(
      batches: StreamedBatches(source: source, labels: arena.pointer(memory.batchLabels), values: values), batch: batch,
      classes: observables.count, outputs: outputs, logits: arena.pointer(memory.logits), scoring: scoring)
  }

  /// The least and the largest target of each output in the training set.
  private func targetRanges(_ targets: UnsafePointer<Double>) -> OutputBins {
    let m = observables.count
    return OutputBins(
      ranges: (0..<m).map { output in
        let values = (0..<settings.training.states).lazy.map { targets[$0 * m + output] }
        return values.min()!...values.max()!
      })
  }

  private func bindCompressor(_ memory: TrainingMemory, _ arena: borrowing Arena) -> GroupCompressor? {
    compressor.flatMap { memory.compressor?.bind($0, arena) }
  }

  /// Puts the teacher's logits of the training set in their place, and onto the tape that is to be written.
  private func teach(
    _ data: Data, _ memory: TrainingMemory, _ arena: borrowing Arena, _ tape: inout AtomicFile?
  ) throws(SessionError) -> TeacherReport? {
    guard let teacher, let place = memory.teacherLogits else { return nil }
    let logits = arena.buffer(place)
    let m = outputs
    var score: TestScore?
    var file: (path: String, digest: String)?
    switch teacher.source {
    case .model(let path):
      score = try computeLogits(into: logits.baseAddress!, data, memory, arena)
      if var open = tape.take() {
        file = (path, try teacher.write(UnsafeBufferPointer(logits), of: settings, to: &open))
        tape = consume open
      }
    case .tape(_, let path, let digest):
      do { try LogitTape.read(path: path, digest: digest, into: logits) } catch { throw .model(path: path, error) }
      try LogitsFile.checkSizes(UnsafeBufferPointer(logits), columns: m, path: path)
      file = (path, digest)
    case .logits(let given):
      let buffer = UnsafeMutableRawBufferPointer(arena.buffer(memory.teacherBuffer!))
      try given.read(into: logits, columns: m, through: buffer)
      file = (given.path, given.digest)
    }
    return TeacherReport(
      modelSHA256: teacher.provenance(settings)["teacher_sha256"], logitsPath: file?.path, logitsSHA256: file?.digest,
      training: trainingScore(logits.baseAddress!, memory, arena), test: score)
  }

  /// Of the teacher, by its outputs `[sample][logit]` of the training set.
  private func trainingScore(
    _ outputs: UnsafePointer<Double>, _ memory: TrainingMemory, _ arena: borrowing Arena
  ) -> TestScore {
    let (m, samples) = (self.outputs, settings.training.states)
    if let tally = memory.testTally?.bind(arena), let reserved = memory.stateValues {
      let targets = arena.pointer(reserved)
      for sample in 0..<samples { tally.add(outputs + sample * m, targets: targets + sample * m) }
      return .numbers(tally.score!)
    }
    let labels = arena.pointer(memory.stateLabels)
    let correct = (0..<samples).count { argmax(outputs + $0 * m, count: observables.count) == Int(labels[$0]) }
    return .accuracy(Proportion(successes: correct, trials: samples))
  }

  /// The model's logits of the training set, and its hits on the unseen samples; its memory is free afterwards.
  /// - Returns: nil where its values are estimates, of which unseen samples have none.
  private func computeLogits(
    into target: UnsafeMutablePointer<Double>, _ data: Data, _ memory: TrainingMemory, _ arena: borrowing Arena
  ) throws(SessionError) -> TestScore? {
    let teacher = self.teacher!.model!.model.with(further: hints)
    let compressor = teacher.compressorDigest == nil ? nil : bindCompressor(memory, arena)
    if let estimate = memory.estimate {
      let logits = arena.pointer(estimate.logits)
      try estimate.fill(target, teacher, settings, arena) { model, strength throws(SessionError) in
        let (bound, runner) = try memory.teacher!.bind(
          model, data.set, compressor: compressor, logits: logits, strength: strength, arena)
        // Expectations are wanted: the readout comes after the estimate.
        bound.scales.update(repeating: 1, count: model.logits)
        bound.biases.update(repeating: 0, count: model.logits)
        runner.logits(
          of: data.set, samples: settings.training.states, batch: batch, into: arena.pointer(estimate.outputs))
        try checkStop()
      }
      return nil
    }
    let (_, runner) = try memory.teacher!.bind(
      teacher, data.set, compressor: compressor, logits: arena.pointer(memory.logits), arena)
    runner.logits(of: data.set, samples: settings.training.states, batch: batch, into: target)
    try checkStop()
    let test = try unseenTest(runner, data, memory, arena)
    let score = try test.result(test.run(samples: testSamples), labelsPath: testAnswersPath)
    data.test?.rewind()
    return score
  }

  private func initialModel(
    _ features: PrincipalFeatures?, _ range: ClosedRange<Double>?, _ stream: RandomStream
  ) -> Model {
    let spread = settings.training.angleRange
    let m = observables.count
    return Model(
      ansatz: ansatz, observables: observables,
      angles: (0..<ansatz.parameterCount).map { _ in stream.uniform(-spread, spread) },
      scales: [Double](repeating: settings.model.scale, count: m),
      biases: [Double](repeating: settings.model.bias, count: m), encoder: encoder, features: features,
      rowRange: range, task: settings.model.task)
  }

  /// Where the labels or targets of the file to test on stand.
  var testAnswersPath: String {
    settings.data.testAnswers(isRegression: settings.model.task == .regression).path
  }

  private var loss: Loss {
    Loss(
      distillationWeight: job == .distill ? settings.distillation.alpha : 0,
      temperature: settings.distillation.temperature, direction: settings.distillation.direction,
      labelSmoothing: settings.training.labelSmoothing,
      standardizesLogits: settings.distillation.standardizesLogits, kind: settings.lossKind, hints: hints.count,
      hintWeight: shots == nil ? settings.distillation.hintWeight : 0, shots: shots)
  }
}
