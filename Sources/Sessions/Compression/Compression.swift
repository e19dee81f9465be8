import Budget
import CSupport
import Files
import Kernel
import Settings
import Spectra
import Students

/// Training an autoencoder on ground states of the spin chain.
struct Compression {
  let settings: Settings
  let ansatz: AutoencoderAnsatz

  init(_ settings: Settings) throws(SessionError) {
    try settings.check(for: .compress)
    self.settings = settings
    if settings.data.source != .spinChain {
      throw .setting(name: "data.source", given: settings.data.source.rawValue, allowed: "spin-chain, for compress")
    }
    ansatz = Self.ansatz(settings, qubits: settings.model.qubits)
  }

  private static func ansatz(_ settings: Settings, qubits: Int) -> AutoencoderAnsatz {
    AutoencoderAnsatz(
      qubits: qubits, latent: settings.compression.latent, layers: settings.compression.layers,
      pairs: settings.compression.pairs, rotation: settings.model.rotation)
  }

  private var batch: Int { min(settings.training.batch, settings.training.states) }

  var fitting: Fitting {
    let (settings, metadataBytes) = (settings, metadataBytes)
    return Fitting(
      host: settings.host, batch: batch, qubits: ansatz.qubits, histories: [.uncomputed],
      fewestQubits: max(3, settings.compression.latent + 1)
    ) { layout, batch, qubits throws(SessionError) in
      try layOut { planner throws(SessionError) in
        _ = try CompressionMemory(
          Self.ansatz(settings, qubits: qubits), settings, format: layout.format, batch: batch,
          metadataBytes: metadataBytes, in: &planner)
      }
    }
  }

  /// - Parameter deliver: gets the report while the run can still be taken up again; false: it could not be passed on.
  func run(
    progress: Progress, deliver: (CompressionReport) -> Bool = { _ in true }
  ) throws(SessionError) -> CompressionReport {
    let path = settings.compression.path
    if path.isEmpty {
      throw .setting(name: "compression.path", given: "nothing", allowed: "the path of the autoencoder's file to write")
    }
    let (layout, _) = try fitting.choose()
    var planner = Planner()
    let memory = try CompressionMemory(
      ansatz, settings, format: layout.format, batch: batch, metadataBytes: metadataBytes, in: &planner)
    let arena = try mapArena(planner)
    var lock = try lockOutput(path, settings.host)
    // An output that cannot be written is found out now, not after the work.
    var output: AtomicFile
    do { output = try AtomicFile(path: path) } catch { throw .file(error) }
    try output.reserveRoom(numbers: ansatz.parameterCount)
    let checkpointFile = try Checkpoint.open(memory.checkpoint, beside: path)
    try checkStop()

    let feed = try memory.chain.bind(arena, progress: progress)
    try drawTrainingSet(feed, memory, arena)
    let circuit = AutoencoderCircuit(
      ansatz: ansatz, format: layout.format, gates: arena.pointer(memory.compressor.gates))
    let runner = try CompressionRunner(circuit, feed: feed, memory: memory.compressor, arena: arena)
    let training = CompressorTraining(
      settings, runner: runner, set: arena.pointer(memory.set), coefficients: feed.coefficients,
      memory: memory.compressor, arena: arena)
    training.initialize(
      try RandomStream(.initialAngles, seed: settings.seed), range: settings.training.angleRange)
    let parameters = training.parameters
    let shuffling = try RandomStream(.shuffling, seed: settings.seed)
    let loop = CompressionLoop(training, feed: feed, shuffling: shuffling, memory: memory, arena: arena)
    let stream = try RandomStream(.evaluationData, seed: settings.seed)

    // A file that would become too large is found out now, not after the work.
    _ = try trained(parameters)
    let iterations = settings.compression.iterations
    let checkpoint = try Checkpoint(
      try identity(), memory.checkpoint, in: checkpointFile, state: loop.state, layout: layout,
      samples: settings.training.states,
      iterations: iterations, shuffling: shuffling, every: settings.training.checkpointEvery, arena: arena)
    try checkpoint.resume()
    try checkStop()

    let sealed = try seal(arena, settings.host)
    // The loop's pointers do not keep the mapping.
    defer { withExtendedLifetime(sealed) {} }
    let start = qkd_monotonic_nanoseconds()
    let end = loop.train(checkpoint, progress: progress)
    let seconds = Double(qkd_monotonic_nanoseconds() - start) * 1e-9
    let outcome = end == nil ? loop.test(samples: settings.unseenSamples, stream) : .stopped
    let record = sealed.end()
    progress.clear()
    try checkpoint.check(end)
    switch outcome {
    case .done: break
    case .residual(let failed): throw feed.error(failed)
    case .stopped: try checkpoint.check(checkpoint.stop())
    }

    let average = loop.averageMatrix(samples: settings.unseenSamples)
    let spectrum: EnsembleSpectrum
    do { spectrum = try EnsembleSpectrum(averageOf: average, size: feed.coefficients) } catch { throw .spectrum(error) }
    let fidelity = MixedFidelity(runner, feed)
    let mixed: Double?
    do { mixed = try fidelity?.value(average: average) } catch { throw .spectrum(error) }
    let file = try trained(parameters)
    // While everything of the run is still held.
    let facts = try withExtendedLifetime(fidelity) { () throws(SessionError) in
      try RunFacts(settings, sealed.plan, layout, record)
    }
    try write(file, to: &output)
    // From here to the report's delivery only a lock file that is left says that the run is not over.
    lock.leavesFile = true
    do { try output.commit() } catch { throw .file(error) }
    let report = CompressionReport(
      facts: facts, path: path, sha256: file.digest,
      qubits: ansatz.qubits, latent: ansatz.latent, layers: ansatz.layers, pairs: ansatz.pairs.name,
      parameters: ansatz.parameterCount, seconds: seconds, losses: (0..<iterations).map { loop.losses[$0] },
      fidelity: loop.summary(samples: settings.unseenSamples), bound: spectrum.leadingWeight(1 << ansatz.latent),
      averageStateFidelity: mixed)
    if deliver(report) {
      lock.markEnd()
      checkpoint.remove()
    }
    return report
  }

  private func drawTrainingSet(
    _ feed: ChainFeed, _ memory: CompressionMemory, _ arena: borrowing Arena
  ) throws(SessionError) {
    let stream = try RandomStream(.trainingData, seed: settings.seed)
    let (set, label) = (arena.pointer(memory.set), arena.pointer(memory.label))
    for i in 0..<settings.training.states {
      if let failed = feed.draw(stream, into: set + i * feed.coefficients, label: label) { throw feed.error(failed) }
    }
  }

  private func trained(_ parameters: UnsafePointer<Double>) throws(SessionError) -> TensorFile {
    let autoencoder = Autoencoder(
      ansatz: ansatz, parameters: (0..<ansatz.parameterCount).map { parameters[$0] },
      provenance: Provenance(compression: settings, run: try identity().digest).entries)
    do { return try autoencoder.tensorFile() } catch { throw .model(path: settings.compression.path, error) }
  }

  private func write(_ file: TensorFile, to output: inout AtomicFile) throws(SessionError) {
    let bytes = file.encode()
    let status = bytes.withUnsafeBytes { output.append($0) }
    if case .failed(let errno) = status {
      throw .file(.system(.write, path: settings.compression.path, errno: errno))
    }
  }
}
