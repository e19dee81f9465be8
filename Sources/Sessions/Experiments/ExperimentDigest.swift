import Students

/// What an experiment's results depend on, as text: settings, and the digests of its files.
struct ExperimentDigest {
  /// Names and values, for the report.
  let entries: [(name: String, value: String)]
  let hex: String

  /// - Throws: `SessionError.file` for a file that cannot be read.
  init(_ plan: ExperimentPlan, precision: String, lanes: Int, history: String) throws(SessionError) {
    let settings = plan.settings
    let (model, data, training) = (settings.model, settings.data, settings.training)
    let (distillation, compression) = (settings.distillation, settings.compression)
    let experiment = settings.experiment
    var entries: [(name: String, value: String)] = [
      ("by", "qkd-run \(Session.version) reproduce"), ("precision", precision), ("lanes", "\(lanes)"),
      ("history", history),
      ("qubits", "\(model.qubits), \(model.qubitOrder.name)"), ("entangler", model.entangler.name),
      ("rotation", "\(model.rotation.name), final layer \(model.finalRotation)"),
      ("observables", model.observables.joined(separator: "; ")),
      ("readout", "\(model.readout.rawValue), from scale \(model.scale), bias \(model.bias)"),
      ("readout_learning_rate", model.readout == .affine ? "\(training.readoutLearningRate)" : "none"),
      ("batch", "\(training.batch)"), ("initial_angles", "uniform in +-\(training.angleRange)"),
      ("learning_rate", "\(training.learningRate), times \(training.scheduleFactor) every \(training.scheduleEvery)"),
      ("label_smoothing", "\(training.labelSmoothing)"),
      ("distillation", distillation.summary),
      ("teacher", "\(experiment.teacherLayers) layers, \(experiment.teacherIterations) iterations"),
      ("students", "\(experiment.studentLayers) layers, compressed \(experiment.compressedLayers)"),
      ("iterations", "\(experiment.iterations)"), ("epochs", "\(experiment.epochs)"),
      ("treatments", experiment.treatments.map(\.rawValue).joined(separator: ", ")),
      ("training_samples", "\(plan.trainingSamples)"), ("test_samples", "\(plan.testSamples)"),
    ]
    if !experiment.compressedLayers.isEmpty {
      entries += [
        (
          "autoencoder",
          "\(compression.latent) latent, \(compression.layers) layers, \(compression.pairs.name), "
            + "\(compression.iterations) iterations"
        ),
        (
          "autoencoder_learning_rate",
          "\(compression.learningRate), times \(compression.scheduleFactor) every \(compression.scheduleEvery)"
        ),
      ]
    }
    if data.source == .spinChain {
      let parity = data.parity.map { "\($0)" } ?? "auto"
      entries += [
        ("data", "spin chain, \(data.boundary), parity \(parity), h1 = \(data.h1), J = \(data.j)"),
        ("h2", "[\(data.h2Minimum), \(data.h2Maximum)]"),
      ]
    } else {
      entries += [
        ("data", "classes \(data.classes), encoder \(data.encoder.name)"),
        ("features", "\(data.features.rawValue), threshold \(data.threshold)"),
      ]
      for (name, path) in [
        ("training", data.path), ("training_labels", data.labelsPath), ("test", data.testPath),
        ("test_labels", data.testLabelsPath),
      ] {
        entries.append(("\(name)_sha256", try Self.digest(path)))
      }
    }
    self.entries = entries
    hex = SHA256.hex(of: Array(entries.map { "\($0.name)=\($0.value)\n" }.joined().utf8))
  }

  private static func digest(_ path: String) throws(SessionError) -> String {
    do { return try SHA256.hex(ofFile: path) } catch { throw .file(error) }
  }
}
