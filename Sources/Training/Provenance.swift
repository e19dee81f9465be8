import Batches
import Models
import Settings

/// How a model came about, in the model file: enough to make it again, and nothing that differs between two such runs.
package struct Provenance {
  package let entries: [String: String]

  /// - Parameters:
  ///   - run: the digest of all that the model depends on (`RunIdentity`).
  ///   - device: what the model was trained to run on; nil: it is ideal.
  package init(
    _ settings: Settings, job: Job, run: String, teacher: Teacher?, compressor: SampleCompressor? = nil,
    device: CircuitDevice? = nil
  ) {
    let (data, training) = (settings.data, settings.training)
    var entries: [String: String] = [
      "by": "qkd-run \(programVersion) \(job.rawValue)", "seed": "\(settings.seed)",
      "precision": settings.host.precision.name,
      "data": Self.text(data, settings, qubits: compressor?.ansatz.qubits ?? settings.model.qubits),
      "iterations": "\(training.iterations)", "batch": "\(training.batch)",
      "learning_rate": "\(training.learningRate), times \(training.scheduleFactor) every \(training.scheduleEvery)",
      "readout": settings.model.readout == .affine
        ? "affine, learning rate \(training.readoutLearningRate)" : "fixed",
      "label_smoothing": "\(training.labelSmoothing)", "initial_angles": "uniform in +-\(training.angleRange)",
    ]
    if settings.model.task == .regression {
      entries["label_smoothing"] = nil
      entries["loss"] =
        training.loss == .huber ? "huber, threshold \(training.huberThreshold)" : training.loss.rawValue
      entries[Model.targetKey] = settings.chainTarget?.rawValue
    }
    if training.shots > 0 { entries["shots"] = "\(training.shots)" }
    entries["device"] = device?.identity
    if training.readoutFit != .none { entries["readout_fit"] = training.readoutFit.rawValue }
    if training.heldBack > 0 {
      entries["selection"] =
        "the best of \(training.restarts) by the loss on \(training.heldBack) samples held back"
        + (training.patience > 0 ? ", patience \(training.patience) epochs" : "")
    }
    entries[Model.compressorKey] = compressor?.digest
    entries[Model.runKey] = run
    if let teacher {
      entries.merge(teacher.provenance(settings)) { $1 }
      entries["distillation"] =
        settings.model.task == .regression
        ? "alpha \(settings.distillation.alpha)" : settings.distillation.summary
    }
    self.entries = entries
  }

  package static func text(_ data: DataSettings, _ settings: Settings, qubits: Int) -> String {
    let count = settings.training.states
    switch data.source {
    case .spinChain:
      return
        "spin chain, \(data.boundary), \(qubits) qubits, h1 = \(data.h1), J = \(data.j), "
        + "h2 in [\(data.h2Minimum), \(data.h2Maximum)], \(count) states"
    case .file where settings.model.task == .regression:
      return "file, \(count) samples with targets, features \(data.features.rawValue)"
    case .file:
      let classes =
        data.classes.isEmpty
        ? "all classes" : "classes \(data.classes) as 0 to \(data.classes.count - 1)"
      return "file, \(count) samples, \(classes), features \(data.features.rawValue)"
    }
  }

  package init(compression settings: Settings, run: String) {
    let (data, training, compression) = (settings.data, settings.training, settings.compression)
    entries = [
      "by": "qkd-run \(programVersion) \(Job.compress.rawValue)", "seed": "\(settings.seed)",
      "precision": settings.host.precision.name,
      "data": Self.text(data, settings, qubits: settings.model.qubits),
      "iterations": "\(compression.iterations)", "batch": "\(training.batch)",
      "learning_rate": "\(compression.learningRate), times \(compression.scheduleFactor) every "
        + "\(compression.scheduleEvery)",
      "initial_angles": "uniform in +-\(training.angleRange)", Model.runKey: run,
    ]
  }
}

extension DistillationSettings {
  /// What decides the loss, in one line.
  package var summary: String {
    "alpha \(alpha), T \(temperature), \(direction.name)" + (standardizesLogits ? ", standardised logits" : "")
      + (hints.isEmpty
        ? ""
        : ", hints \(hints.joined(separator: "; ")) with weight \(hintWeight), relations with \(relationWeight)")
      + (teacherShots == 0 ? "" : ", teacher's shots \(teacherShots)")
      + (noiseFactors.isEmpty ? "" : ", extrapolated from noise \(noiseFactors), \(extrapolation.rawValue)")
  }
}
