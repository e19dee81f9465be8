import Budget
import CSupport
import Files
import Kernel
import Students

/// Training a model on ground states of the spin chain: on labels alone, or on a teacher's logits too.
struct Training {
  let settings: Settings
  let job: Job
  let observables: [Observable]
  let ansatz: Ansatz
  let teacher: (model: Model, digest: String)?

  init(_ settings: Settings, job: Job) throws(SessionError) {
    try settings.check(for: job)
    self.settings = settings
    self.job = job
    let model = settings.model
    ansatz = Ansatz(
      qubits: model.qubits, layers: model.layers, entangler: model.entangler, finalRotation: model.finalRotation,
      rotation: model.rotation, qubitOrder: model.qubitOrder)
    observables = try parseObservables(model.observables, qubits: model.qubits)
    if settings.data.source != .spinChain {
      throw .setting(
        name: "data.source", given: settings.data.source.rawValue, allowed: "spin-chain, for \(job.rawValue)")
    }
    if job == .distill {
      let (model, digest) = try readModel(settings.distillation.teacherPath, setting: "distillation.teacher")
      if model.ansatz.qubits != ansatz.qubits {
        throw .setting(
          name: "model.qubits", given: "\(ansatz.qubits)", allowed: "\(model.ansatz.qubits), as the teacher has")
      }
      if model.encoder != .state {
        throw .setting(
          name: "distillation.teacher", given: "a model with encoder \(model.encoder.name)",
          allowed: "encoder \(Encoder.state.name), which the spin chain's states need")
      }
      if model.logits != observables.count {
        throw .setting(
          name: "model.observables", given: "\(observables.count) logits",
          allowed: "\(model.logits), as the teacher has")
      }
      teacher = (model, digest)
    } else {
      teacher = nil
    }
  }

  private var shape: NetworkShape {
    NetworkShape(ansatz: ansatz, observables: observables, encoder: .state)
  }

  var fitting: Fitting {
    let (settings, shape, teacherShape) = (settings, shape, teacher.map { NetworkShape($0.model) })
    return Fitting(
      host: settings.host, batch: batch, qubits: ansatz.qubits, histories: [.stored, .uncomputed],
      fewestQubits: max(3, shape.highestQubit + 1)
    ) { layout, batch, qubits throws(SessionError) in
      try layOut { planner throws(SessionError) in
        _ = try TrainingMemory(
          shape.with(qubits: qubits), teacher: teacherShape?.with(qubits: qubits), settings, layout: layout,
          batch: batch, in: &planner)
      }
    }
  }

  private var batch: Int { min(settings.training.batch, settings.training.states) }
  private var testSamples: Int { settings.evaluation.samples > 0 ? settings.evaluation.samples : 1000 }

  func run(progress: Progress) throws(SessionError) -> TrainingReport {
    if settings.model.path.isEmpty {
      throw .setting(name: "model.path", given: "nothing", allowed: "the path of the model file to write")
    }
    let (layout, _) = try fitting.choose()
    var planner = Planner()
    let memory = try TrainingMemory(
      shape, teacher: teacher.map { NetworkShape($0.model) }, settings, layout: layout, batch: batch, in: &planner)
    let arena = try mapArena(planner)
    // An output that cannot be written is found out now, not after the work.
    var output: AtomicFile
    do { output = try AtomicFile(path: settings.model.path) } catch { throw .file(error) }

    let chain = try memory.chain.bind(arena, progress: progress)
    try drawTrainingSet(chain, memory, arena)
    let teacherCorrect = try teach(chain, memory, arena)
    let student = memory.student.bind(try initialModel(), arena)
    let runner = try GroupRunner(
      network: student.network, memory: memory.workspace, arena: arena, logits: arena.pointer(memory.logits),
      source: .chain(chain, arena.pointer(memory.batchStates)))
    let loop = TrainingLoop(
      settings, loss: loss, student: student, runner: runner, chain: chain,
      shuffling: try RandomStream(.shuffling, seed: settings.seed), memory: memory, arena: arena)
    let test = unseenTest(runner, chain, memory, arena)
    // A model that no file can hold is found out now, not after the work.
    _ = try encode(model(student))
    let stream = try RandomStream(.evaluationData, seed: settings.seed)

    let sealed = arena.seal()
    // The loop's pointers do not keep the mapping.
    defer { withExtendedLifetime(sealed) {} }
    let start = qkd_monotonic_nanoseconds()
    loop.run(progress: progress)
    let seconds = Double(qkd_monotonic_nanoseconds() - start) * 1e-9
    let outcome = test.run(samples: testSamples, stream)
    let allocations = sealed.allocationsSinceSeal
    progress.clear()

    let correct = try count(outcome, chain)
    let file = try encode(model(student))
    try write(file, to: &output)
    do { try output.commit() } catch { throw .file(error) }
    return TrainingReport(
      facts: RunFacts(settings, sealed.plan, layout, allocations), modelPath: settings.model.path,
      modelSHA256: file.digest, teacherSHA256: teacher?.digest, parameters: ansatz.parameterCount + 2 * shape.logits,
      iterations: settings.training.iterations, seconds: seconds, firstLoss: loop.losses[0],
      lastLoss: loop.losses[settings.training.iterations - 1],
      testAccuracy: Proportion(successes: correct, trials: testSamples),
      teacherAccuracy: teacherCorrect.map { Proportion(successes: $0, trials: testSamples) },
      losses: (0..<settings.training.iterations).map { loop.losses[$0] })
  }

  private var loss: Loss {
    Loss(
      distillationWeight: job == .distill ? settings.distillation.alpha : 0,
      temperature: settings.distillation.temperature, direction: settings.distillation.direction,
      labelSmoothing: settings.training.labelSmoothing)
  }

  private func drawTrainingSet(
    _ chain: ChainFeed, _ memory: TrainingMemory, _ arena: borrowing Arena
  ) throws(SessionError) {
    let stream = try RandomStream(.trainingData, seed: settings.seed)
    let (states, labels) = (arena.pointer(memory.states), arena.pointer(memory.stateLabels))
    for i in 0..<settings.training.states {
      if let failed = chain.draw(stream, into: states + i * chain.coefficients, label: labels + i) {
        throw chain.error(failed)
      }
    }
  }

  private func unseenTest(
    _ runner: GroupRunner, _ chain: ChainFeed, _ memory: TrainingMemory, _ arena: borrowing Arena
  ) -> UnseenTest {
    UnseenTest(
      runner: runner, chain: chain, batch: batch, classes: observables.count,
      states: arena.pointer(memory.batchStates), labels: arena.pointer(memory.batchLabels),
      logits: arena.pointer(memory.logits))
  }

  /// The teacher's logits of the training set, and its hits on the unseen samples; its memory is free afterwards.
  private func teach(
    _ chain: ChainFeed, _ memory: TrainingMemory, _ arena: borrowing Arena
  ) throws(SessionError) -> Int? {
    guard let teacher, let reserved = memory.teacher, let tape = memory.teacherLogits else { return nil }
    let bound = reserved.network.bind(teacher.model, arena)
    let (batchStates, logits) = (arena.pointer(memory.batchStates), arena.pointer(memory.logits))
    let runner = try GroupRunner(
      network: bound.network, memory: reserved.workspace, arena: arena, logits: logits,
      source: .chain(chain, batchStates))
    let (states, target) = (arena.pointer(memory.states), arena.pointer(tape))
    let (size, m) = (chain.coefficients, observables.count)
    var done = 0
    while done < settings.training.states {
      let count = min(batch, settings.training.states - done)
      batchStates.update(from: states + done * size, count: count * size)
      runner.forward(samples: count)
      (target + done * m).update(from: logits, count: count * m)
      done += count
    }
    return try count(
      unseenTest(runner, chain, memory, arena).run(
        samples: testSamples, try RandomStream(.evaluationData, seed: settings.seed)), chain)
  }

  private func count(_ outcome: UnseenTest.Outcome, _ chain: ChainFeed) throws(SessionError) -> Int {
    switch outcome {
    case .correct(let count): return count
    case .failed(let failed): throw chain.error(failed)
    }
  }

  private func initialModel() throws(SessionError) -> Model {
    let stream = try RandomStream(.initialAngles, seed: settings.seed)
    let range = settings.training.angleRange
    let m = observables.count
    return Model(
      ansatz: ansatz, observables: observables,
      angles: (0..<ansatz.parameterCount).map { _ in stream.uniform(-range, range) },
      scales: [Double](repeating: settings.model.scale, count: m),
      biases: [Double](repeating: settings.model.bias, count: m), encoder: .state)
  }

  private func model(_ student: BoundNetwork) -> Model {
    let m = observables.count
    return Model(
      ansatz: ansatz, observables: observables, angles: (0..<ansatz.parameterCount).map { student.angles[$0] },
      scales: (0..<m).map { student.scales[$0] }, biases: (0..<m).map { student.biases[$0] }, encoder: .state,
      provenance: Provenance(settings, job: job, teacherDigest: teacher?.digest).entries)
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
