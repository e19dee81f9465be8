import Students

/// Everything that the results of a run that trains depend on, as text: settings by their keys, digests of files, the
/// version. What does not change a result (threads, paths) is not there, nor is what changes its last digits alone
/// (the layout that the planner chose, the processor that the program was built for).
struct RunIdentity {
  /// By the settings' keys, or words that look like them.
  private(set) var entries: [String: String]

  /// One digest for one result, but for its last digits.
  var digest: String {
    let lines = entries.byKey.map { "\($0.key)=\($0.value)\n" }
    return SHA256.hex(of: Array(lines.joined().utf8))
  }

  /// What every job that trains depends on.
  private init(_ settings: Settings, job: Job) {
    let host = settings.host
    entries = [
      "version": Session.version, "job": job.rawValue, "seed": "\(settings.seed)",
      "host.precision": host.precision.name, "host.lanes": host.lanes.map(String.init) ?? "auto",
      "model.rotation": settings.model.rotation.name, "model.qubits": "\(settings.model.qubits)",
      "evaluation.samples": "\(settings.evaluation.samples)", "training.batch": "\(settings.training.batch)",
      "training.states": "\(settings.training.states)",
      "training.angle-range": "\(settings.training.angleRange)",
    ]
  }

  private mutating func add(chain data: DataSettings) {
    entries.merge([
      "data.source": data.source.rawValue, "data.boundary": "\(data.boundary)",
      "data.parity": data.parity.map { "\($0.rawValue)" } ?? "auto", "data.h1": "\(data.h1)", "data.j": "\(data.j)",
      "data.h2": "\(data.h2Minimum), \(data.h2Maximum)",
    ]) { $1 }
  }

  /// Of `compress`.
  init(compression settings: Settings) {
    self.init(settings, job: .compress)
    add(chain: settings.data)
    let compression = settings.compression
    entries.merge([
      "compression.latent": "\(compression.latent)", "compression.layers": "\(compression.layers)",
      "compression.pairs": compression.pairs.name, "compression.iterations": "\(compression.iterations)",
      "compression.learning-rate": "\(compression.learningRate)",
      "compression.schedule-every": "\(compression.scheduleEvery)",
      "compression.schedule-factor": "\(compression.scheduleFactor)",
    ]) { $1 }
  }

  /// Of `train` and `distill`.
  /// - Parameters:
  ///   - settings: with `training.states` as many as the training set really has.
  ///   - digest: of a file; 64 digits.
  init(
    _ settings: Settings, job: Job, teacher: Teacher?, compressor: SampleCompressor?,
    digest: (String) throws(SessionError) -> String
  ) throws(SessionError) {
    self.init(settings, job: job)
    let (model, data, training) = (settings.model, settings.data, settings.training)
    entries.merge([
      "model.layers": "\(model.layers)", "model.entangler": model.entangler.name,
      "model.final-rotation": "\(model.finalRotation)", "model.qubit-order": model.qubitOrder.name,
      "model.observables": model.observables.joined(separator: "; "), "model.readout": model.readout.rawValue,
      "model.scale": "\(model.scale)", "model.bias": "\(model.bias)",
      "training.iterations": "\(training.iterations)", "training.learning-rate": "\(training.learningRate)",
      "training.readout-learning-rate": "\(training.readoutLearningRate)",
      "training.schedule-every": "\(training.scheduleEvery)",
      "training.schedule-factor": "\(training.scheduleFactor)",
      "training.label-smoothing": "\(training.labelSmoothing)",
    ]) { $1 }
    entries["data.compressor"] = compressor?.digest
    switch data.source {
    case .spinChain: add(chain: data)
    case .file:
      let fitted = teacher?.model == nil ? "" : ", the teacher's"
      entries.merge([
        "data.source": data.source.rawValue, "data.encoder": data.encoder.name,
        "data.classes": data.classes.map(String.init).joined(separator: ","),
        "data.features": data.features.rawValue + (data.features == .pca ? fitted : ""),
        "data.threshold": "\(data.threshold)", "data.path": try digest(data.path),
        "data.labels": try digest(data.labelsPath), "data.test-path": try digest(data.testPath),
        "data.test-labels": try digest(data.testLabelsPath),
      ]) { $1 }
    }
    if let teacher {
      entries.merge(teacher.provenance(settings)) { $1 }
      entries["distillation"] = settings.distillation.summary
    }
  }

  /// The digest of a file.
  static func digest(ofFile path: String) throws(SessionError) -> String {
    do { return try SHA256.hex(ofFile: path) } catch { throw .file(error) }
  }

  /// Stands for a digest where only its length counts.
  static func noDigest(ofFile path: String) throws(SessionError) -> String {
    String(repeating: "0", count: 2 * SHA256.digestBytes)
  }
}

extension Model {
  /// The entry of a model's or an autoencoder's provenance that holds the digest of the run that made it.
  static let runKey = "run"
}
