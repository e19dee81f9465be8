import Budget
import CSupport
import Files
import Kernel
import Settings
import Students

/// Training a model on ground states of the spin chain or on samples of a file: on labels alone, or on a teacher's
/// logits too.
struct Training {
  /// With `training.states` as many as the training set really has.
  let settings: Settings
  let job: Job
  let observables: [Observable]
  let ansatz: Ansatz
  let teacher: Teacher?
  /// What the student's samples pass; a teacher's too where it was trained on the same autoencoder's states.
  let compressor: SampleCompressor?
  /// nil for ground states.
  let files: TrainingFiles?

  init(_ given: Settings, job: Job) throws(SessionError) {
    try given.check(for: job)
    var settings = given
    self.job = job
    let model = settings.model
    ansatz = model.ansatz()
    observables = try parseObservables(model.observables, qubits: model.qubits)
    compressor = try SampleCompressor.read(settings.data)
    if let compressor {
      try compressor.check(qubits: model.qubits)
      if settings.data.features != .raw {
        throw .setting(
          name: "data.features", given: settings.data.features.rawValue, allowed: "raw, where data.compressor is given")
      }
    }
    let known = job == .distill ? try TeacherModel.read(settings, student: ansatz, observables.count, compressor) : nil
    if settings.data.source == .file {
      if settings.data.features == .pca && !settings.data.encoder.takesBits {
        throw .setting(
          name: "data.encoder", given: settings.data.encoder.name,
          allowed: "phase or basis, where data.features is pca")
      }
      try known?.checkEncoding(settings.data)
      files = try TrainingFiles(
        settings, logits: observables.count, fits: settings.data.features == .pca && known == nil)
      settings.training.states = files!.samples
    } else {
      files = nil
      if let encoder = known?.model.encoder, encoder != .state {
        throw .setting(
          name: "data.source", given: "spin-chain",
          allowed: "file: the teacher encodes vectors (\(encoder.name))")
      }
    }
    teacher = job == .distill ? try Teacher(settings, model: known, logits: observables.count, compressor) : nil
    self.settings = settings
  }

  private var shape: NetworkShape {
    NetworkShape(
      ansatz: ansatz, observables: observables, encoder: encoder,
      rawColumns: files?.fittedColumns ?? features?.columns, compressor: compressor?.ansatz)
  }

  /// The teacher's features, which its student sees too.
  private var features: PrincipalFeatures? { teacher?.model?.model.features }
  /// Of a model's features in its file.
  private var featureNumbers: Int { shape.rawColumns.map { $0 * (ansatz.qubits + 1) } ?? 0 }
  private var encoder: Encoder { files == nil ? .state : settings.data.encoder }

  var fitting: Fitting {
    let (settings, shape, teacherShape) = (settings, shape, teacher?.shape(compressor))
    let (files, compressor, metadataBytes) = (files, compressor, metadataBytes)
    return Fitting(
      host: settings.host, batch: batch, qubits: ansatz.qubits, histories: [.stored, .uncomputed],
      basisStates: basisStates,
      fewestQubits: compressor?.ansatz.latent ?? max(files?.fewestQubits(settings) ?? 3, shape.highestQubit + 1)
    ) { layout, batch, qubits throws(SessionError) in
      try layOut { planner throws(SessionError) in
        _ = try TrainingMemory(
          shape.with(qubits: qubits), teacher: compressor == nil ? teacherShape?.with(qubits: qubits) : teacherShape,
          settings, files: files, layout: layout, batch: batch, metadataBytes: metadataBytes, in: &planner)
      }
    }
  }

  /// The most states that the ground states' basis can have; nil for files.
  private var basisStates: Int? {
    if files != nil { return nil }
    var planner = Planner()
    // What is wrong with the chain, planning finds.
    return try? ChainMemory(
      settings.data, qubits: shape.samples.qubits, format: .float64x1, threads: 1, in: &planner
    ).coefficientLimit
  }

  private var batch: Int { min(settings.training.batch, settings.training.states) }
  /// 0: all of a file, a thousand of the endless chain.
  private var testSamples: Int {
    settings.evaluation.samples > 0 ? settings.evaluation.samples : files == nil ? 1000 : .max
  }

  /// - Parameter deliver: gets the report while the run can still be taken up again; false: it could not be passed on.
  func run(
    progress: Progress, deliver: (TrainingReport) -> Bool = { _ in true }
  ) throws(SessionError) -> TrainingReport {
    if settings.model.path.isEmpty {
      throw .setting(name: "model.path", given: "nothing", allowed: "the path of the model file to write")
    }
    let (layout, _) = try fitting.choose()
    var planner = Planner()
    let memory = try TrainingMemory(
      shape, teacher: teacher?.shape(compressor), settings, files: files, layout: layout, batch: batch,
      metadataBytes: metadataBytes, in: &planner)
    let arena = try mapArena(planner)
    var lock = try lockOutput(settings.model.path, settings.host)
    let identity = try identity()
    // An output that cannot be written is found out now, not after the work.
    var output: AtomicFile
    do { output = try AtomicFile(path: settings.model.path) } catch { throw .file(error) }
    try output.reserveRoom(numbers: ansatz.parameterCount + 2 * observables.count + featureNumbers)
    var tape = try teacher?.tapeToWrite(logits: settings.training.states * observables.count)
    let checkpointFile = try Checkpoint.open(memory.checkpoint, beside: settings.model.path)
    try checkStop()

    let data = try prepare(memory, arena, progress)
    let lesson = try teach(data, memory, arena, &tape)
    let initial = try initialModel(data.features)
    let student = memory.student.bind(initial, arena)
    let runner = try memory.runner.bind(
      student.network, data.set, compressor: bindCompressor(memory, arena), logits: arena.pointer(memory.logits), arena)
    let shuffling = try RandomStream(.shuffling, seed: settings.seed)
    let loop = TrainingLoop(
      settings, loss: loss, student: student, runner: runner, set: data.set, shuffling: shuffling, memory: memory,
      arena: arena)
    let test = unseenTest(runner, data, memory, arena)
    // A model that no file can hold is found out now, not after the work.
    let run = identity.digest
    _ = try encode(model(student, initial, test.predicted, run: run))
    let checkpoint = try Checkpoint(
      identity, memory.checkpoint, in: checkpointFile, state: loop.state, layout: layout,
      samples: settings.training.states, iterations: settings.training.iterations, shuffling: shuffling,
      every: settings.training.checkpointEvery, arena: arena)
    try checkpoint.resume()
    try checkStop()
    let stream = try RandomStream(.evaluationData, seed: settings.seed)

    let sealed = try seal(arena, settings.host)
    // The loop's pointers do not keep the mapping.
    defer { withExtendedLifetime(sealed) {} }
    let start = qkd_monotonic_nanoseconds()
    let end = loop.run(checkpoint, progress: progress)
    let seconds = Double(qkd_monotonic_nanoseconds() - start) * 1e-9
    let outcome = end == nil ? test.run(samples: testSamples, stream) : .stopped
    let record = sealed.end()
    progress.clear()
    try checkpoint.check(end)
    if case .stopped = outcome { try checkpoint.check(checkpoint.stop()) }

    let accuracy = try result(outcome, data)
    let file = try encode(model(student, initial, test.predicted, run: run))
    let facts = try RunFacts(settings, sealed.plan, layout, record)
    try write(file, to: &output)
    // From here to the report's delivery only a lock file that is left says that the run is not over.
    lock.leavesFile = true
    do { try output.commit() } catch { throw .file(error) }
    let report = TrainingReport(
      facts: facts, modelPath: settings.model.path,
      modelSHA256: file.digest, teacher: lesson, parameters: ansatz.parameterCount + 2 * shape.logits,
      iterations: settings.training.iterations, seconds: seconds, firstLoss: loop.losses[0],
      lastLoss: loop.losses[settings.training.iterations - 1],
      testAccuracy: accuracy,
      losses: (0..<settings.training.iterations).map { loop.losses[$0] })
    if deliver(report) {
      lock.markEnd()
      checkpoint.remove()
      // The last of all: with a tape in place the run would be another one, which asks no teacher.
      if let tape = tape.take() { do { try tape.commit() } catch { throw .file(error) } }
    }
    return report
  }

  private var loss: Loss {
    Loss(
      distillationWeight: job == .distill ? settings.distillation.alpha : 0,
      temperature: settings.distillation.temperature, direction: settings.distillation.direction,
      labelSmoothing: settings.training.labelSmoothing,
      standardizesLogits: settings.distillation.standardizesLogits)
  }

  /// The training set in its place, and what it is tested on.
  private struct Data {
    let set: TrainingSet
    let test: UnseenTest.Source
    let features: PrincipalFeatures?
  }

  private func prepare(
    _ memory: TrainingMemory, _ arena: borrowing Arena, _ progress: Progress
  ) throws(SessionError) -> Data {
    let labels = arena.pointer(memory.stateLabels)
    if let file = memory.files {
      let (set, features) = try file.fill(
        settings, logits: observables.count, known: features, stateLabels: labels,
        arena: arena,
        progress: progress)
      let test = try file.openTest(settings, logits: observables.count, features: features, arena)
      return Data(set: .stored(set), test: .file(test), features: features?.features)
    }
    let memory = memory.chain!
    let chain = try memory.chain.bind(arena, progress: progress)
    let set = try memory.fill(
      chain, seed: settings.seed, count: settings.training.states, labels: labels, arena)
    return Data(set: set, test: .chain(chain, arena.pointer(memory.batch)), features: nil)
  }

  private func unseenTest(
    _ runner: BatchRunner, _ data: Data, _ memory: TrainingMemory, _ arena: borrowing Arena
  ) -> UnseenTest {
    UnseenTest(
      runner: runner, source: data.test, threads: settings.host.threads, batch: batch, classes: observables.count,
      labels: arena.pointer(memory.batchLabels),
      logits: arena.pointer(memory.logits), predicted: ClassCounts(classes: observables.count))
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
    let m = observables.count
    var accuracy: Proportion?
    var file: (path: String, digest: String)?
    switch teacher.source {
    case .model(let path):
      accuracy = try computeLogits(into: logits.baseAddress!, data, memory, arena)
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
    let labels = arena.pointer(memory.stateLabels)
    let samples = settings.training.states
    let correct = (0..<samples).count { argmax(logits.baseAddress! + $0 * m, count: m) == Int(labels[$0]) }
    return TeacherReport(
      modelSHA256: teacher.provenance(settings)["teacher_sha256"], logitsPath: file?.path, logitsSHA256: file?.digest,
      trainingAccuracy: Proportion(successes: correct, trials: samples), testAccuracy: accuracy)
  }

  /// The model's logits of the training set, and its hits on the unseen samples; its memory is free afterwards.
  private func computeLogits(
    into target: UnsafeMutablePointer<Double>, _ data: Data, _ memory: TrainingMemory, _ arena: borrowing Arena
  ) throws(SessionError) -> Proportion {
    let (teacher, reserved) = (teacher!.model!, memory.teacher!)
    let bound = reserved.network.bind(teacher.model, arena)
    let logits = arena.pointer(memory.logits)
    let runner = try reserved.runner.bind(
      bound.network, data.set, compressor: teacher.model.compressorDigest == nil ? nil : bindCompressor(memory, arena),
      logits: logits, arena)
    let m = observables.count
    var done = 0
    while done < settings.training.states {
      try checkStop()
      let count = min(batch, settings.training.states - done)
      for i in 0..<count { data.set.take(done + i, as: i) }
      runner.forward(samples: count)
      (target + done * m).update(from: logits, count: count * m)
      done += count
    }
    let accuracy = try result(
      unseenTest(runner, data, memory, arena).run(
        samples: testSamples, try RandomStream(.evaluationData, seed: settings.seed)), data)
    if case .file(let feed) = data.test { feed.rewind() }
    return accuracy
  }

  private func result(_ outcome: UnseenTest.Outcome, _ data: Data) throws(SessionError) -> Proportion {
    switch (outcome, data.test) {
    case (.tested(let proportion), _): return proportion
    case (.stopped, _): throw .stopped(signal: qkd_stop_requested(), kept: nil)
    case (.residual(let failed), .chain(let chain, _)): throw chain.error(failed)
    case (.file(let failure), .file(let feed)):
      throw feed.error(failure, labelsPath: settings.data.testLabelsPath)
    case (.residual, .file), (.file, .chain): preconditionFailure("a failure of the other source")
    }
  }

  private func initialModel(_ features: PrincipalFeatures?) throws(SessionError) -> Model {
    let stream = try RandomStream(.initialAngles, seed: settings.seed)
    let range = settings.training.angleRange
    let m = observables.count
    return Model(
      ansatz: ansatz, observables: observables,
      angles: (0..<ansatz.parameterCount).map { _ in stream.uniform(-range, range) },
      scales: [Double](repeating: settings.model.scale, count: m),
      biases: [Double](repeating: settings.model.bias, count: m), encoder: encoder,
      features: features)
  }

  /// The initial model with what was trained; angles that no logit depends on stay as they were.
  private func model(
    _ student: BoundNetwork, _ initial: Model, _ predicted: ClassCounts, run: String
  ) -> Model {
    let m = observables.count
    var angles = initial.angles
    angles.withUnsafeMutableBufferPointer {
      ansatz.scatter(student.angles, of: student.network.tables.ansatz, into: $0.baseAddress!)
    }
    var provenance = Provenance(settings, job: job, run: run, teacher: teacher, compressor: compressor).entries
    provenance[Model.testPredictionsKey] = predicted.values.map(String.init).joined(separator: " ")
    return Model(
      ansatz: ansatz, observables: observables, angles: angles,
      scales: (0..<m).map { student.scales[$0] }, biases: (0..<m).map { student.biases[$0] }, encoder: encoder,
      features: initial.features,
      provenance: provenance)
  }

  private func encode(_ model: Model) throws(SessionError) -> TensorFile {
    do { return try model.tensorFile() } catch { throw .model(path: settings.model.path, error) }
  }

  private func write(_ file: TensorFile, to output: inout AtomicFile) throws(SessionError) {
    let bytes = file.encode()
    let status = bytes.withUnsafeBytes { output.append($0) }
    if case .failed(let errno) = status {
      throw .file(.system(.write, path: settings.model.path, errno: errno))
    }
  }
}

/// - Throws: `SessionError.setting` with what was expected where.
func parseObservables(_ texts: [String], qubits: Int) throws(SessionError) -> [Observable] {
  var result: [Observable] = []
  for text in texts {
    do { result.append(try Observable(text)) } catch {
      throw .setting(
        name: "model.observables", given: text, allowed: "\(error.expected) at character \(error.character)")
    }
    if result.last!.highestQubit >= qubits {
      throw .setting(name: "model.observables", given: text, allowed: "qubits 0 to \(qubits - 1)")
    }
  }
  if !(2...Model.largestLogitCount).contains(result.count) {
    throw .setting(
      name: "model.observables", given: "\(result.count)",
      allowed: "2 to \(Model.largestLogitCount) observables, one a class")
  }
  return result
}
