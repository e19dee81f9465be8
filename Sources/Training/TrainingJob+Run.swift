import Batches
import Budget
import CSupport
import Files
import Kernel
import Models

extension TrainingJob {
  package var batch: Int { min(settings.training.batch, settings.training.learnt) }

  /// What the model depends on; reads the data's files for their digests.
  package func identity() throws(SessionError) -> RunIdentity { try identity(digest: fileDigest) }

  /// How long a checkpoint's metadata are, about.
  private var metadataBytes: Int {
    let identity = try? identity(digest: RunIdentity.noDigest(ofFile:))
    return TensorFront.textBytes(of: identity.map { Checkpoint.metadata($0, nil) } ?? [:])
  }

  /// - Parameters: as in `Fitting`.
  package func fitting(
    qubits: Int, shape: NetworkShape?, histories: [HistoryKind], basisStates: Int? = nil, fewestQubits: Int
  ) -> Fitting {
    let metadataBytes = metadataBytes
    return Fitting(
      host: settings.host, batch: batch, qubits: qubits, shape: shape, histories: histories, basisStates: basisStates,
      fewestQubits: fewestQubits
    ) { layout, batch, qubits throws(SessionError) in
      try layOut { planner throws(SessionError) in
        _ = try reserve(layout, batch: batch, qubits: qubits, metadataBytes: metadataBytes, in: &planner)
      }
    }
  }

  /// - Parameter deliver: gets the report while the run can still be taken up again; false: it could not be passed on.
  package func run(
    progress: Progress, deliver: (Prepared.Report) -> Bool
  ) throws(SessionError) -> Prepared.Report {
    let (key, path) = settings.output(of: job)
    if path.isEmpty { throw .setting(name: key, given: "nothing", allowed: "the path of the file to write") }
    let fitting = fitting
    let (layout, _) = try fitting.choose()
    var planner = Planner()
    let memory = try reserve(
      layout, batch: batch, qubits: fitting.qubits, metadataBytes: metadataBytes, in: &planner)
    let arena = try mapArena(planner)
    var lock = try lockOutput(path, settings.host)
    let identity = try identity()
    // An output that cannot be written is found out now, not after the work.
    var output: AtomicFile
    do { output = try AtomicFile(path: path) } catch { throw .file(error) }
    try output.reserveRoom(numbers: fileNumbers)
    let checkpointFile = try Checkpoint.open(memory.run.checkpoint, beside: path)
    try checkStop()

    let prepared = try prepare(memory, arena, progress: progress)
    let losses = arena.pointer(memory.run.losses)
    let selection = memory.run.selection?.bind(arena)
    var loop = EpochLoop(
      prepared.model, schedule, batch: batch, samples: settings.training.states,
      shuffling: try RandomStream(.shuffling, seed: settings.seed), losses: losses,
      selection: selection, memory: memory.run.loop.bind(arena))
    // A model that no file can hold is found out now, not after the work.
    _ = try prepared.file(run: identity.digest)
    let checkpoint = try Checkpoint(
      identity, memory.run.checkpoint, in: checkpointFile, of: loop, iterations: iterations, layout: layout,
      every: settings.training.checkpointEvery, arena: arena)
    try checkpoint.resume()
    loop.resume(checkpoint)
    let watch = StepProgress(
      progress, "training", of: iterations, done: checkpoint.done, updates: 200, showsLoss: true)
    loop.watch = watch
    try checkStop()

    let sealed = try seal(arena, settings.host)
    // The loop's pointers keep neither the mapping nor these.
    defer {
      withExtendedLifetime(sealed) {}
      withExtendedLifetime((watch, checkpoint)) {}
    }
    let start = qkd_monotonic_nanoseconds()
    let end = loop.run(to: iterations)
    let seconds = Double(qkd_monotonic_nanoseconds() - start) * 1e-9
    let isTested = end == nil && loop.finish() && prepared.test()
    let record = sealed.end()
    progress.clear()
    try checkpoint.check(end)
    if !isTested { try checkpoint.check(checkpoint.stop()) }

    try prepared.finish()
    let file = try prepared.file(run: identity.digest)
    // While everything of the run is still held.
    let facts = try RunFacts(settings, sealed.plan, layout, record)
    let bytes = file.encode()
    let status = bytes.withUnsafeBytes { output.append($0) }
    if case .failed(let errno) = status { throw .file(.system(.write, path: path, errno: errno)) }
    // From here to the report's delivery only a lock file that is left says that the run is not over.
    lock.leavesFile = true
    do { try output.commit() } catch { throw .file(error) }
    let report = prepared.report(
      TrainingOutcome(
        facts: facts, path: path, sha256: file.digest, seconds: seconds, losses: (0..<iterations).map { losses[$0] },
        restarts: selection?.results ?? []))
    if deliver(report) {
      lock.markEnd()
      checkpoint.remove()
      try prepared.close()
    }
    return report
  }
}
