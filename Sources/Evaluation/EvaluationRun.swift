import Batches
import Budget
import CSupport
import Files
import Kernel
import Measurement
import Models
import Samples
import Settings
import Spectra

/// Evaluating: a model on a stream of samples.
package struct EvaluationRun {
  let settings: Settings
  let model: Model
  let digest: String
  let encoder: Encoder
  let compressor: SampleCompressor?
  /// The predicted classes, or binned outputs, of the model's own test, where drift from them is looked for.
  let expected: [Int]?
  let target: ChainTarget?
  /// What the circuit runs on; nil: it is ideal.
  let device: CircuitDevice?
  /// How observables are measured; nil: values are exact.
  let measurement: Measurement?

  /// - Parameter changed: what is evaluated in the model's place.
  package init(_ settings: Settings, changed: (Model) -> Model = { $0 }) throws(SessionError) {
    try settings.check(for: .evaluate)
    self.settings = settings
    let (read, digest) = try readModel(settings.model.path, setting: "model.path", settings.host)
    (model, self.digest) = (changed(read), digest)
    if let pinned = settings.model.sha256, pinned != digest {
      throw .otherModel(path: settings.model.path, given: digest, pinned: pinned)
    }
    compressor = try SampleCompressor.read(settings.data)
    try compressor.check(model, path: settings.model.path)
    if let problem = settings.contradiction(of: model.task, for: .evaluate) {
      throw .setting(name: problem.key, given: problem.given, allowed: problem.allowed)
    }
    if model.task == .classification { try settings.data.checkClasses(logits: model.logits) }
    device = try CircuitDevice(settings.device, model.ansatz)
    measurement = settings.evaluation.shots > 0 ? Measurement(model.observables) : nil
    if let measurement, measurement.widest > Measurement.mostQubits {
      throw .setting(
        name: "evaluation.shots", given: "\(settings.evaluation.shots)",
        allowed: "0: the model measures \(measurement.widest) qubits together, of which outcomes are drawn for at most "
          + "\(Measurement.mostQubits)")
    }
    target = try Self.target(settings, model)
    let isBinned = model.task == .classification || model.outputBins != nil
    expected = settings.evaluation.driftSignificance == nil || !isBinned ? nil : model.testPredictions
    if let significance = settings.evaluation.driftSignificance, expected == nil {
      throw .setting(
        name: "evaluation.drift-significance", given: "\(significance)",
        allowed: "\"none\" for this model, which does not say what it predicted in its own test; train and distill of "
          + "this version write it")
    }
    if settings.data.source == .spinChain && model.encoder != .state {
      let reason = "the model encodes vectors (\(model.encoder.name))"
      if settings.data.path.isEmpty {
        throw .setting(
          name: "data.path", given: "nothing", allowed: "a file (--input), or files of spool.inbox (--inbox): \(reason)"
        )
      }
      throw .setting(name: "data.source", given: "spin-chain", allowed: "file: \(reason)")
    }
    let given = settings.data.encoder
    if settings.data.source == .file && given != .state && model.encoder != .state && given != model.encoder {
      throw .setting(
        name: "data.encoder", given: given.name, allowed: "\(model.encoder.name), the model's own, or state to mean it")
    }
    encoder = settings.data.source == .file && given != .state ? given : model.encoder
  }

  /// What a regression is to tell of ground states; nil for classes and files.
  private static func target(_ settings: Settings, _ model: Model) throws(SessionError) -> ChainTarget? {
    if model.task == .classification || settings.source(of: .evaluate) == .file { return nil }
    let own = model.provenance[Model.targetKey].flatMap(ChainTarget.init(rawValue:))
    if model.logits > 1 {
      throw .setting(
        name: "data.source", given: "spin-chain",
        allowed: "file: the model has \(model.logits) outputs, ground states one target")
    }
    if let given = settings.data.target, let own, given != own {
      throw .setting(name: "data.target", given: given.rawValue, allowed: "\(own.rawValue), which the model tells")
    }
    return settings.data.target ?? own ?? .h2
  }

  /// Of a regression; nil of classes.
  package var outputs: Int? { model.task == .regression ? model.logits : nil }

  private var shape: NetworkShape {
    NetworkShape(
      ansatz: model.ansatz, observables: measured.observables, encoder: encoder, rawColumns: model.features?.columns,
      compressor: compressor?.ansatz, device: device)
  }

  /// The model with all that has to be computed of it.
  private var measured: Model { measurement.map { model.with(further: $0.strings) } ?? model }

  package func fitting(_ facts: DataFacts) -> Fitting {
    let (settings, shape, task, target, measurement) = (settings, shape, model.task, target, measurement)
    return Fitting(
      host: settings.host, batch: settings.evaluation.batch, qubits: model.ansatz.qubits, shape: shape,
      histories: [.none],
      fewestQubits: compressor?.ansatz.latent
        ?? max(settings.data.source == .spinChain ? 3 : 1, shape.highestQubit + 1)
    ) { layout, batch, qubits throws(SessionError) in
      try layOut { planner throws(SessionError) in
        _ = try EvaluationMemory(
          shape.with(qubits: qubits), task, target, measurement, settings, facts, layout: layout, batch: batch,
          in: &planner)
      }
    }
  }

  package func run(progress: Progress) throws(SessionError) -> EvaluationReport {
    try run(
      OpenedData(settings, outputs: outputs), output: nil, path: settings.evaluation.predictionsPath, progress: progress
    )
  }

  /// The same on data and into a file that are open.
  /// - Parameters:
  ///   - output: nil: one is opened at `path`, unless that is empty.
  ///   - confirm: called after the last sample; what it throws ends the run, and the predictions do not appear.
  package func run(
    _ opened: consuming OpenedData, output: consuming AtomicFile?, path predictionsPath: String, progress: Progress,
    confirm: () throws(SessionError) -> Void = {}
  ) throws(SessionError) -> EvaluationReport {
    var data = opened
    let (facts, labelsPath, labelName) = (data.facts, data.labelsPath, data.labelName)
    let (layout, _) = try fitting(facts).choose()
    var planner = Planner()
    let memory = try EvaluationMemory(
      shape, model.task, target, measurement, settings, facts, layout: layout, batch: settings.evaluation.batch,
      in: &planner)
    let arena = try mapArena(planner)

    let bound = memory.network.bind(measured, arena)
    let chain: ChainFeed? = if let chain = memory.chain { try chain.bind(arena, progress: progress) } else { nil }
    let fileLabels = memory.fileLabels.map { arena.buffer($0) }
    if let fileLabels {
      try data.readLabels(into: fileLabels, classes: model.logits, selected: settings.data.classes)
    }
    let fileTargets = memory.fileTargets.map { arena.buffer($0) }
    if let fileTargets { try data.readTargets(into: fileTargets) }
    var file: FileFeed?
    if let fileMemory = memory.file, let stream = data.stream.take() {
      file = try fileMemory.bind(
        stream, labels: fileLabels, targets: fileTargets,
        features: model.features.flatMap { memory.features?.bind($0, arena) }, classes: model.logits,
        selected: settings.data.classes, range: settings.data.allowsOutside ? nil : model.rowRange, shard: shard,
        arena)
    }
    var drawn: TrajectoryRunner?
    let source = try source(memory, bound, chain, file, arena, drawn: &drawn)
    var loop = EvaluationLoop(
      StreamedBatches(
        source: source, labels: arena.pointer(memory.labels), values: memory.values.map { arena.pointer($0) },
        rows: memory.rows.map { arena.pointer($0) }),
      memory: memory, arena: arena,
      scorer: Scorer(
        classes: model.logits, probabilities: memory.probabilities.map { arena.pointer($0) },
        confidenceThreshold: settings.evaluation.confidenceThreshold,
        calibration: memory.calibration.map { CalibrationTally($0, arena) },
        numbers: memory.numbers?.bind(model.outputBins, arena), shots: try bindShots(memory, bound, arena),
        certainty: drawn?.certainty,
        writer: try openWriter(output, predictionsPath, labelName, memory, arena)))

    let sealed = try seal(arena, settings.host)
    // The loop's pointers do not keep the mapping.
    defer { withExtendedLifetime(sealed) {} }
    let limit = limit(file: file != nil)
    let start = qkd_monotonic_nanoseconds()
    let failure = loop.run(limit: limit, progress: progress)
    let seconds = Double(qkd_monotonic_nanoseconds() - start) * 1e-9
    let record = sealed.end()
    progress.clear()
    if let failure { throw error(failure, loop.batches, labelsPath: labelsPath, predictionsPath: predictionsPath) }
    if let file { try check(file) }
    try confirm()
    let run = try RunFacts(settings, sealed.plan, layout, record)
    do throws(SampleError) { try loop.scorer.commit() } catch { throw .samples(path: predictionsPath, error) }
    return report(
      loop, run, seconds: seconds, chain: chain, predictionsPath: predictionsPath)
  }

  /// Where samples come from, and what runs them.
  private func source(
    _ memory: EvaluationMemory, _ bound: BoundNetwork, _ chain: ChainFeed?, _ file: FileFeed?, _ arena: borrowing Arena,
    drawn: inout TrajectoryRunner?
  ) throws(SessionError) -> StreamedBatches.Source {
    let logits = arena.pointer(memory.logits)
    func chainSource(_ feed: ChainFeed, _ runner: any BatchRunner) throws(SessionError) -> StreamedBatches.Source {
      let stream = try RandomStream(.evaluationData, seed: settings.seed)
      return .chain(feed, stream, arena.pointer(memory.coefficients!), runner)
    }
    if let trajectories = memory.trajectories {
      let runner = try trajectories.runner(
        bound, chain, runs: settings.device.trajectories, seed: settings.seed, logits: logits, arena)
      drawn = runner
      if let chain { return try chainSource(chain, runner) }
      return .file(file!, runner)
    }
    if let folded = memory.folded {
      if let chain { return try chainSource(chain, folded.runner(bound, measured, chain, logits: logits, arena)) }
      return .file(file!, folded.streamRunner(bound, measured, logits: logits, arena))
    }
    let runner = try GroupRunner(
      bound.network, memory.workspace!, inputForm: encoder.inputForm, logits: logits,
      compressor: compressor.flatMap { memory.compressor?.bind($0, arena) }, arena)
    if let chain { return try chainSource(chain, runner) }
    return .file(file!, runner)
  }

  private func bindShots(
    _ memory: EvaluationMemory, _ bound: BoundNetwork, _ arena: borrowing Arena
  ) throws(SessionError) -> ShotScoring? {
    guard let shots = memory.shots else { return nil }
    let readout = Readout(logits: model.logits, scales: bound.scales, biases: bound.biases)
    return try shots.bind(readout, shots: settings.evaluation.shots, seed: settings.seed, arena)
  }

  /// As many samples as asked for, or the part's share of them; 0: all of a file, a thousand of the endless chain.
  private func limit(file: Bool) -> Int {
    let asked = settings.evaluation.samples
    return asked > 0 ? shard?.size(of: asked) ?? asked : file ? .max : 1000
  }

  /// - Throws: `SessionError.samples` where a file has no sample, or fewer than are asked for.
  private func check(_ file: FileFeed) throws(SessionError) {
    if file.samples == 0 && limit(file: true) > 0 { throw .samples(path: file.path, .empty) }
    let asked = settings.evaluation.samples
    // A part reads no further than to its own last sample.
    if file.samples < (shard.map { $0.last(of: asked) + 1 } ?? asked) {
      throw .samples(path: file.path, .fewer(given: file.samples, asked: asked, setting: "evaluation.samples"))
    }
  }

  /// The part of the samples; of a spool whole inputs are a part's.
  private var shard: Shard? { settings.spool.isUsed ? nil : settings.host.shard }

  private func openWriter(
    _ output: consuming AtomicFile?, _ path: String, _ labelName: String?, _ memory: EvaluationMemory,
    _ arena: borrowing Arena
  ) throws(SessionError) -> PredictionWriter? {
    guard let reservation = memory.predictions else { return nil }
    let buffer = UnsafeMutableRawBufferPointer(arena.buffer(reservation))
    let kind: PredictionKind = model.task == .classification ? .classes : .values
    if let output {
      return PredictionWriter(
        output, format: settings.spool.format, classes: model.logits, kind: kind, labelName: labelName, buffer: buffer)
    }
    do throws(SampleError) {
      let format = try PredictionFormat(path: path)
      if settings.host.shard == nil {
        return try PredictionWriter(
          path: path, format: format, classes: model.logits, kind: kind, labelName: labelName, buffer: buffer)
      }
      // A part's name was derived: a link that stands there is replaced, not followed.
      let file: AtomicFile
      do { file = try AtomicFile(OwnFile(path: path)) } catch { throw SampleError.file(error) }
      return PredictionWriter(
        file, format: format, classes: model.logits, kind: kind, labelName: labelName, buffer: buffer)
    } catch { throw .samples(path: path, error) }
  }

  private func error(
    _ failure: EvaluationLoop.Failure, _ batches: StreamedBatches, labelsPath: String, predictionsPath: String
  ) -> SessionError {
    switch failure {
    case .stopped: .stopped(signal: qkd_stop_requested(), kept: nil)
    // Waiting for input ends then.
    case .samples(.file) where qkd_stop_requested() != 0: .stopped(signal: qkd_stop_requested(), kept: nil)
    case .samples(let failure): batches.error(failure, labelsPath: labelsPath)
    case .write(let errno): .file(.system(.write, path: predictionsPath, errno: errno))
    }
  }

  private func report(
    _ loop: borrowing EvaluationLoop, _ facts: RunFacts, seconds: Double, chain: ChainFeed?, predictionsPath: String
  ) -> EvaluationReport {
    let (settings, samples) = (settings.evaluation, loop.scorer.samples)
    let labelled = loop.scorer.labelled
    if let numbers = loop.scorer.numbers {
      return report(loop, numbers, facts, seconds: seconds, chain: chain, predictionsPath: predictionsPath)
    }
    let accuracy = labelled > 0 ? Proportion(successes: loop.scorer.correct, trials: labelled) : nil
    let lowConfidence = Proportion(successes: loop.scorer.lowConfidence, trials: samples)
    let drift = expected.flatMap { DriftTest(reference: $0, observed: loop.scorer.predicted) }
    return EvaluationReport(
      facts: facts, accuracy: accuracy, calibration: loop.scorer.calibration?.result, samples: samples,
      batch: settings.batch, seconds: seconds, latency: LatencySummary(loop.histogram),
      modelPath: self.settings.model.path, modelSHA256: digest, predicted: loop.scorer.predicted,
      meanConfidence: loop.scorer.meanConfidence, largestResidual: chain?.largestResidual,
      largestStateError: chain?.largestStateError,
      predictionsPath: predictionsPath.isEmpty ? nil : predictionsPath, lowConfidence: lowConfidence,
      confidenceThreshold: settings.confidenceThreshold, drift: drift,
      gate: QualityGate(
        settings, accuracy: accuracy, lowConfidence: lowConfidence, drift: drift,
        needsLabels: !self.settings.spool.isUsed), device: device.map(DeviceFacts.init),
      shots: loop.scorer.shots?.report(labelled: labelled),
      trajectories: self.settings.device.trajectories == 0 || device == nil
        ? nil
        : TrajectoryReport(
          runs: self.settings.device.trajectories,
          uncertain: Proportion(successes: loop.scorer.uncertain, trials: samples)))
  }
}
