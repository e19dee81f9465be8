import Batches
import Kernel
import Models
import Samples
import Settings
import Training

/// An experiment's settings, read and checked, and the sizes that follow from them and from the files.
struct ExperimentPlan {
  /// With `training.states` as many as the training set really has.
  let settings: Settings
  /// Of the logits.
  let observables: [Observable]
  /// Behind them: what students may learn of the teacher besides.
  let hints: [Observable]
  let design: ExperimentDesign
  /// The teacher's: the largest circuit that sees the samples themselves.
  let shape: NetworkShape
  /// nil for ground states.
  let files: TrainingFiles?
  let trainingSamples, testSamples: Int
  let batch: Int

  var logits: Int { observables.count }
  /// Logits, then hints.
  var outputs: Int { logits + hints.count }
  /// Whether a logistic fit of two parameters stands behind students, too.
  let fits: Bool
  /// Whether numbers are measured by their RMSE, or classes by their accuracy.
  var isRegression: Bool { settings.model.task == .regression }

  init(_ given: Settings) throws(SessionError) {
    try given.check(for: .reproduce)
    var settings = given
    observables = try parseObservables(
      settings.model.observables, qubits: settings.model.qubits, task: settings.model.task)
    hints = try parseHints(settings.distillation.hints, qubits: settings.model.qubits)
    let fromFiles = settings.data.source == .file
    if fromFiles {
      files = try TrainingFiles(settings, logits: observables.count, fits: settings.data.features == .pca)
      settings.training.states = files!.samples
      testSamples = settings.evaluation.samples > 0 ? settings.evaluation.samples : files!.testSamples
    } else {
      files = nil
      testSamples = settings.unseenSamples
    }
    trainingSamples = settings.training.states
    batch = min(settings.training.batch, trainingSamples)
    fits =
      observables.count == 2 && settings.model.task == .classification && hints.isEmpty
      && settings.experiment.labels.isEmpty
    design = ExperimentDesign(settings, fits: fits, stepsPerEpoch: trainingSamples / batch)
    try Self.check(settings, observables + hints, files)
    if let most = settings.experiment.labels.last, most > trainingSamples {
      throw .setting(
        name: "experiment.labels", given: "\(most)",
        allowed: "at most the \(trainingSamples) samples of the training set")
    }
    shape = NetworkShape(
      ansatz: design.contestants[0].ansatz, observables: observables + hints,
      encoder: fromFiles ? settings.data.encoder : .state, rawColumns: files?.fittedColumns)
    self.settings = settings
  }

  /// What goes together with an autoencoder, and what an encoder takes.
  private static func check(
    _ settings: Settings, _ observables: [Observable], _ files: TrainingFiles?
  ) throws(SessionError) {
    if settings.data.features == .pca && !settings.data.encoder.takesBits {
      throw .setting(
        name: "data.encoder", given: settings.data.encoder.name,
        allowed: "phase or basis, where data.features is pca")
    }
    if settings.experiment.compressedLayers.isEmpty { return }
    if files != nil {
      throw .setting(
        name: "experiment.compressed-layers", given: "\(settings.experiment.compressedLayers)",
        allowed: "none where data.source is file: the autoencoder takes ground states")
    }
    let highest = observables.map(\.highestQubit).max() ?? 0
    if highest >= settings.compression.latent {
      throw .setting(
        name: "model.observables", given: "qubit \(highest)",
        allowed: "qubits 0 to \(settings.compression.latent - 1): a student has compression.latent qubits")
    }
  }

  var autoencoder: AutoencoderAnsatz { settings.autoencoder(qubits: settings.model.qubits) }

  /// What has to be run of each contestant's circuit, in their order: with product states, the qubits alone that the
  /// observables see.
  var circuits: [Ansatz] {
    design.contestants.map {
      NetworkShape(ansatz: $0.ansatz, observables: shape.observables, encoder: shape.encoder).circuit
    }
  }

  /// At least as large as each of them.
  var largestCircuit: Ansatz {
    let circuits = circuits
    return circuits.max { $0.rotationLayers < $1.rotationLayers }!.with(qubits: circuits.map(\.qubits).max()!)
  }

  /// How the basis of ground states goes through a contestant's circuit.
  func spanUse(_ contestant: ExperimentDesign.Contestant, dimension: Int, format: LaneFormat) -> SpanMemory.Use {
    NetworkShape(
      ansatz: contestant.ansatz, observables: shape.observables, encoder: shape.encoder,
      compressor: contestant.isCompressed ? autoencoder : nil
    ).use(dimension: dimension, format: format)
  }

  /// Bytes of a group's states before an autoencoder.
  func stateBytes(_ format: LaneFormat) -> Int { 2 * (format.vectorBytes << settings.model.qubits) }
}
