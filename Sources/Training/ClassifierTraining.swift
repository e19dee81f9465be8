import Batches
import Budget
import Kernel
import Measurement
import Models
import Settings

/// Training a model, a classifier or a regression, on ground states of the spin chain or on samples of a file: on
/// labels or targets alone, or on a teacher's outputs too.
package struct ClassifierTraining {
  /// With `training.states` as many as the training set really has.
  package let settings: Settings
  package let job: Job
  /// Of the logits.
  package let observables: [Observable]
  /// Outputs behind the logits: what the student learns of the teacher's further values, or the moments under shots.
  package let hints: [Observable]
  /// nil: the loss is of exact values.
  package let shots: ShotLaw?
  /// What the student runs on, and its teacher; nil: they are ideal.
  package let device, teacherDevice: CircuitDevice?
  package let ansatz: Ansatz
  package let teacher: Teacher?
  /// What the student's samples pass; a teacher's too where it was trained on the same autoencoder's states.
  package let compressor: SampleCompressor?
  /// nil for ground states.
  package let files: TrainingFiles?

  package init(_ given: Settings, job: Job) throws(SessionError) {
    try given.check(for: job)
    var settings = given
    self.job = job
    let model = settings.model
    ansatz = model.ansatz()
    observables = try parseObservables(model.observables, qubits: model.qubits, task: model.task)
    device = try CircuitDevice(settings.device, ansatz)
    let measured = settings.training.shots == 0 ? nil : Measurement(observables).shotLaw(settings.training.shots)
    if settings.training.shots > 0 && measured == nil {
      throw .setting(
        name: "model.observables", given: model.observables.joined(separator: "; "),
        allowed: "two whose strings are measured together (of Z alone, or without two letters on one qubit), where "
          + "training.shots is not 0")
    }
    shots = measured?.law
    hints =
      if let measured {
        measured.moments
      } else if job == .distill {
        try parseHints(settings.distillation.hints, qubits: model.qubits)
      } else {
        []
      }
    compressor = try SampleCompressor.read(settings.data)
    if let compressor {
      try compressor.check(qubits: model.qubits)
      if settings.data.features != .raw {
        throw .setting(
          name: "data.features", given: settings.data.features.rawValue, allowed: "raw, where data.compressor is given")
      }
    }
    let known =
      job == .distill ? try TeacherModel.read(settings, student: ansatz, observables.count, compressor) : nil
    teacherDevice = if let known { try known.device(settings) } else { nil }
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
    if settings.training.learnt < 1 {
      throw .setting(
        name: "training.validation", given: "\(settings.training.validation) of \(settings.training.states) samples",
        allowed: "a share that leaves one to learn from")
    }
    teacher =
      job == .distill
      ? try Teacher(settings, model: known, logits: observables.count, hints: hints, compressor, device: teacherDevice)
      : nil
    self.settings = settings
  }

  private var shape: NetworkShape {
    NetworkShape(
      ansatz: ansatz, observables: observables + hints, encoder: encoder,
      rawColumns: files?.fittedColumns ?? features?.columns, compressor: compressor?.ansatz, device: device)
  }

  /// Logits, then hints.
  package var outputs: Int { observables.count + hints.count }

  /// The teacher's features, which its student sees too.
  package var features: PrincipalFeatures? { teacher?.model?.model.features }
  /// Of a model's features in its file.
  private var featureNumbers: Int { shape.rawColumns.map { $0 * (ansatz.qubits + 1) } ?? 0 }
  package var encoder: Encoder { files == nil ? .state : settings.data.encoder }

  /// A teacher without an autoencoder in front of its student has as many qubits.
  private var fewestQubits: Int {
    if let compressor { return compressor.ansatz.latent }
    return teacher?.model == nil ? max(files?.fewestQubits(settings) ?? 3, shape.highestQubit + 1) : ansatz.qubits
  }

  package var fitting: Fitting {
    fitting(
      qubits: ansatz.qubits, shape: shape, histories: [.stored, .uncomputed], basisStates: basisStates,
      fewestQubits: fewestQubits)
  }

  package func reserve(
    _ layout: Layout, batch: Int, qubits: Int, metadataBytes: Int, in planner: inout Planner
  ) throws(SessionError) -> TrainingMemory {
    let teacher = teacher?.shape(settings, compressor)
    return try TrainingMemory(
      shape.with(qubits: qubits), teacher: compressor == nil ? teacher?.with(qubits: qubits) : teacher, settings,
      files: files, layout: layout, batch: batch, metadataBytes: metadataBytes, in: &planner)
  }

  package func identity(digest: (String) throws(SessionError) -> String) throws(SessionError) -> RunIdentity {
    try RunIdentity(settings, job: job, teacher: teacher?.provenance(settings) ?? [:], digest: digest)
  }

  /// The most states that the ground states' basis can have; nil for files.
  private var basisStates: Int? {
    if files != nil { return nil }
    var planner = Planner()
    // What is wrong with the chain, planning finds.
    return try? ChainMemory(
      settings.data, qubits: shape.samples.qubits, target: settings.chainTarget, format: .float64x1, threads: 1,
      in: &planner
    ).coefficientLimit
  }

  package var iterations: Int { settings.training.iterations * settings.training.restarts }
  package var schedule: StepSchedule { settings.training.schedule }
  package var fileNumbers: Int { ansatz.parameterCount + 2 * observables.count + featureNumbers }
  /// 0: all of a file, a thousand of the endless chain.
  package var testSamples: Int {
    settings.evaluation.samples > 0 ? settings.evaluation.samples : files == nil ? 1000 : .max
  }
}
