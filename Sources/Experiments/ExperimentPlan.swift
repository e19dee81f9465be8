import Batches
import Kernel
import Measurement
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
  /// Of students that are trained under shots.
  let moments: ShotLaw?
  /// What students run on; nil: they are ideal.
  let device: CircuitDevice?
  /// How students are measured; nil: they are tested by exact values alone.
  let measurement: Measurement?
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
    let trainedShots = max(settings.training.shots, settings.experiment.trainedShots.max() ?? 0)
    let measured = trainedShots == 0 ? nil : Measurement(observables).shotLaw(trainedShots)
    if trainedShots > 0 && measured == nil {
      throw .setting(
        name: "model.observables", given: settings.model.observables.joined(separator: "; "),
        allowed: "two whose strings are measured together, where students are trained under shots")
    }
    moments = measured?.law
    hints =
      if let measured {
        measured.moments
      } else {
        try parseHints(settings.distillation.hints, qubits: settings.model.qubits)
      }
    measurement = settings.experiment.testShots.isEmpty ? nil : Measurement(observables)
    if let measurement, measurement.widest > Measurement.mostQubits {
      throw .setting(
        name: "experiment.test-shots", given: "\(settings.experiment.testShots)",
        allowed: "none: \(measurement.widest) qubits are measured together, of which outcomes are drawn for at most "
          + "\(Measurement.mostQubits)")
    }
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
      && settings.experiment.labels.isEmpty && !settings.device.isUsed && settings.experiment.testShots.isEmpty
    design = ExperimentDesign(settings, fits: fits, stepsPerEpoch: trainingSamples / batch)
    device = try CircuitDevice(settings.device, design.contestants[1].ansatz)
    try Self.check(settings, observables + hints, files)
    if let most = settings.experiment.labels.last, most > trainingSamples {
      throw .setting(
        name: "experiment.labels", given: "\(most)",
        allowed: "at most the \(trainingSamples) samples of the training set")
    }
    shape = NetworkShape(
      ansatz: design.contestants[0].ansatz, observables: observables + hints,
      encoder: fromFiles ? settings.data.encoder : .state, rawColumns: files?.fittedColumns, device: device)
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
    design.contestants.map { trained($0, onDevice: device != nil).circuit }
  }

  /// A contestant's network with the outputs that it is trained on.
  func trained(_ contestant: ExperimentDesign.Contestant, onDevice: Bool) -> NetworkShape {
    NetworkShape(
      ansatz: contestant.ansatz, observables: shape.observables, encoder: shape.encoder,
      device: onDevice ? device : nil)
  }

  /// The same with those that it is tested by.
  func judged(_ contestant: ExperimentDesign.Contestant) -> NetworkShape {
    NetworkShape(
      ansatz: contestant.ansatz, observables: observables + measuredStrings, encoder: shape.encoder, device: device)
  }

  /// Strings that tell all outcomes.
  var measuredStrings: [Observable] { measurement?.strings ?? [] }

  /// Whether students are tested elsewhere than where they are trained.
  var hasJudges: Bool { device != nil || measurement != nil }

  /// A contestant whose parameters are still to be drawn.
  func blank(_ contestant: ExperimentDesign.Contestant, _ network: NetworkShape) -> Model {
    let zeros = [Double](repeating: 0, count: network.logits)
    return Model(
      ansatz: contestant.ansatz, observables: network.observables,
      angles: [Double](repeating: 0, count: contestant.ansatz.parameterCount), scales: zeros, biases: zeros,
      encoder: shape.encoder, task: settings.model.task)
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
