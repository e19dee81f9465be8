import Batches
import Budget
import Kernel
import Models
import Settings

/// Training an autoencoder on ground states of the spin chain.
package struct Compression: TrainingJob {
  package let settings: Settings
  package let ansatz: AutoencoderAnsatz
  package let job = Job.compress

  package init(_ settings: Settings) throws(SessionError) {
    try settings.check(for: .compress)
    self.settings = settings
    if settings.data.source != .spinChain {
      throw .setting(name: "data.source", given: settings.data.source.rawValue, allowed: "spin-chain, for compress")
    }
    ansatz = settings.autoencoder(qubits: settings.model.qubits)
  }

  package var iterations: Int { settings.compression.iterations }
  package var schedule: StepSchedule { settings.compression.schedule }
  package var fileNumbers: Int { ansatz.parameterCount }

  package var fitting: Fitting {
    fitting(
      qubits: ansatz.qubits, shape: nil, histories: [.uncomputed], fewestQubits: max(3, settings.compression.latent + 1)
    )
  }

  package func identity(digest: (String) throws(SessionError) -> String) throws(SessionError) -> RunIdentity {
    try RunIdentity(settings, job: .compress, digest: digest)
  }

  package func reserve(
    _ layout: Layout, batch: Int, qubits: Int, metadataBytes: Int, in planner: inout Planner
  ) throws(SessionError) -> CompressionMemory {
    try CompressionMemory(
      settings.autoencoder(qubits: qubits), settings, format: layout.format, batch: batch,
      metadataBytes: metadataBytes, in: &planner)
  }

  package func prepare(
    _ memory: CompressionMemory, _ arena: borrowing Arena, progress: Progress
  ) throws(SessionError) -> PreparedAutoencoder {
    let feed = try memory.set.chain.bind(arena, progress: progress)
    let set = try memory.set.fill(feed, settings, labels: nil, arena)
    let autoencoder = try AutoencoderTraining(
      memory.autoencoder, set, settings.compression, gradient: memory.run.loop.bind(arena).gradient, arena)
    autoencoder.start(
      try RandomStream(.initialAngles, seed: settings.seed), range: settings.training.angleRange)
    return PreparedAutoencoder(
      self, autoencoder, try RandomStream(.evaluationData, seed: settings.seed),
      fidelities: arena.pointer(memory.fidelities), average: arena.pointer(memory.average))
  }
}

extension Settings {
  /// The autoencoder that `compress` makes, on so many qubits.
  package func autoencoder(qubits: Int) -> AutoencoderAnsatz {
    AutoencoderAnsatz(
      qubits: qubits, latent: compression.latent, layers: compression.layers, pairs: compression.pairs,
      rotation: model.rotation)
  }
}

extension TrainingSettings {
  package var schedule: StepSchedule { StepSchedule(every: scheduleEvery, factor: scheduleFactor) }
}

extension CompressionSettings {
  package var schedule: StepSchedule { StepSchedule(every: scheduleEvery, factor: scheduleFactor) }
}
