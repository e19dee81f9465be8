import Kernel
import Models
import Spectra

extension Settings {
  /// Values that are allowed one by one, but not together; nil: there are none.
  func contradiction(for job: Job) -> SettingProblem? {
    // Two, because Swift 6.2 gives up on one that long.
    let found =
      taskContradiction(job) ?? shardContradiction(job) ?? keepContradiction(job) ?? trainingContradiction(job)
    return found ?? readoutContradiction(job) ?? entanglerContradiction(job) ?? deviceContradiction(job)
      ?? distillationContradiction(job) ?? (job == .reproduce ? experimentContradiction : nil)
  }

  private func shardContradiction(_ job: Job) -> SettingProblem? {
    guard let shard = host.shard else { return nil }
    let allowed: String? =
      switch job {
      case .evaluate:
        source(of: job) == .spinChain
          ? "none for ground states: give each part a seed of its own"
          : evaluation.shots > 0 ? "none with evaluation.shots, which are one stream" : nil
      case .reproduce: shard.count > experiment.seeds ? "at most as many parts as seeds: \(experiment.seeds)" : nil
      case .train, .distill, .compress: "none: the job has no parts"
      }
    return allowed.map { SettingProblem(key: "host.shard", given: shard.text, allowed: $0) }
  }

  /// One file's predictions have a path of their own.
  private func keepContradiction(_ job: Job) -> SettingProblem? {
    if job != .evaluate || report.keep == .latest || spool.isUsed { return nil }
    return SettingProblem(key: "report.keep", given: report.keep.rawValue, allowed: "latest without spool.inbox")
  }

  private func trainingContradiction(_ job: Job) -> SettingProblem? {
    let makesAutoencoder = job == .compress || job == .reproduce && !experiment.compressedLayers.isEmpty
    if makesAutoencoder {
      let qubits = AutoencoderAnsatz.qubitRange
      if !qubits.contains(model.qubits) {
        return SettingProblem(
          key: "model.qubits", given: "\(model.qubits)", allowed: "\(qubits.lowerBound) to \(qubits.upperBound)")
      }
      if compression.latent >= model.qubits {
        return SettingProblem(
          key: "compression.latent", given: "\(compression.latent)", allowed: "1 to \(model.qubits - 1)")
      }
    }
    if training.states == 0 && (job == .compress || job != .evaluate && data.source == .spinChain) {
      return SettingProblem(key: "training.states", given: "0", allowed: "1 or more: the chain has no end")
    }
    return nil
  }

  private func readoutContradiction(_ job: Job) -> SettingProblem? {
    if training.readoutFit == .none || !Set<Job>.circuit.contains(job) { return nil }
    let reason: String? =
      if model.readout == .fixed {
        "model.readout is fixed"
      } else if job != .train && distillation.standardizesLogits {
        "distillation.standardize is true"
      } else {
        nil
      }
    return reason.map {
      SettingProblem(key: "training.readout-fit", given: training.readoutFit.rawValue, allowed: "none, where \($0)")
    }
  }

  /// A list of pairs names qubits, which every circuit must have.
  private func entanglerContradiction(_ job: Job) -> SettingProblem? {
    if !Set<Job>.circuit.contains(job) { return nil }
    let isCompressed = job == .reproduce && !experiment.compressedLayers.isEmpty
    for (qubits, note) in [
      (model.qubits, ""), (isCompressed ? compression.latent : .max, ": a student has compression.latent qubits"),
    ] where model.entangler.highestQubit >= qubits {
      return SettingProblem(
        key: "model.entangler", given: model.entangler.name, allowed: "qubits 0 to \(qubits - 1)\(note)")
    }
    return nil
  }

  private func distillationContradiction(_ job: Job) -> SettingProblem? {
    if job != .distill && job != .reproduce { return nil }
    if !distillation.hints.isEmpty && model.task == .regression {
      return SettingProblem(
        key: "distillation.hints", given: "\(distillation.hints)", allowed: "none where model.task is regression")
    }
    if !distillation.hints.isEmpty && model.readout == .fixed {
      return SettingProblem(
        key: "distillation.hints", given: "\(distillation.hints)",
        allowed: "none where model.readout is fixed: the map from the student's values to the teacher's is trained")
    }
    if distillation.relationWeight > 0 && distillation.hints.isEmpty {
      return SettingProblem(
        key: "distillation.relation-weight", given: "\(distillation.relationWeight)",
        allowed: "0 without distillation.hints, by which samples are compared")
    }
    if distillation.standardizesLogits && model.observables.count < 3 {
      return SettingProblem(
        key: "distillation.standardize", given: "true with \(model.observables.count) logits",
        allowed: "false: standardised, two logits say no more than which is larger")
    }
    if job == .distill && !distillation.logitsPath.isEmpty {
      for (key, path) in [
        ("distillation.teacher", distillation.teacherPath), ("distillation.tape", distillation.tapePath),
      ] where !path.isEmpty {
        return SettingProblem(
          key: key, given: path, allowed: "nothing beside distillation.teacher-logits, which takes its place")
      }
    }
    return nil
  }

  private var experimentContradiction: SettingProblem? {
    func problem(_ key: String, _ given: String, _ allowed: String) -> SettingProblem {
      SettingProblem(key: key, given: given, allowed: allowed)
    }
    if experiment.name.isEmpty {
      return problem("experiment.name", "nothing", "a name: the profile has no experiment")
    }
    // Readers of JSON keep 53 bits of a number.
    if seed >= 1 << 53 { return problem("seed", "\(seed)", "below 2^53 for an experiment") }
    for (key, layers) in [
      ("experiment.student-layers", experiment.studentLayers),
      ("experiment.compressed-layers", experiment.compressedLayers),
    ] where Set(layers).count < layers.count {
      return problem(key, "\(layers)", "none twice")
    }
    if experiment.studentLayers.isEmpty && experiment.compressedLayers.isEmpty {
      return problem("experiment.student-layers", "none", "at least one student")
    }
    if experiment.treatments.contains(.labelSmoothing) && training.labelSmoothing == 0 {
      return problem("training.label-smoothing", "0", "above 0, where label-smoothing is a treatment")
    }
    if experiment.treatments.contains(.hints) && (distillation.hints.isEmpty || distillation.hintWeight == 0) {
      return problem(
        "experiment.treatments", "hints", "others where distillation.hints is empty or their weight is 0")
    }
    if experiment.treatments.contains(.relations) && distillation.relationWeight == 0 {
      return problem("experiment.treatments", "relations", "others where distillation.relation-weight is 0")
    }
    if !distillation.hints.isEmpty && Set(experiment.treatments).isDisjoint(with: [.hints, .relations]) {
      return problem("distillation.hints", "\(distillation.hints)", "none without the treatments hints or relations")
    }
    if !experiment.labels.isEmpty && model.task == .regression {
      return problem("experiment.labels", "\(experiment.labels)", "none where model.task is regression")
    }
    if !experiment.labels.isEmpty && experiment.epochs > 0 {
      return problem(
        "experiment.labels", "\(experiment.labels)", "none with experiment.epochs: fewer make an epoch short")
    }
    if zip(experiment.labels, experiment.labels.dropFirst()).contains(where: { $0 >= $1 }) {
      return problem("experiment.labels", "\(experiment.labels)", "ascending numbers")
    }
    if experiment.iterations.isEmpty { return problem("experiment.iterations", "none", "at least one number") }
    if zip(experiment.iterations, experiment.iterations.dropFirst()).contains(where: { $0 >= $1 }) {
      return problem("experiment.iterations", "\(experiment.iterations)", "ascending numbers")
    }
    if model.task == .classification && experiment.margin > 1 {
      return problem("experiment.margin", "\(experiment.margin)", "at most 1: accuracies are shares")
    }
    if chainTarget == nil && data.source == .spinChain
      && !(data.h2Minimum < data.j.magnitude && data.h2Maximum > data.j.magnitude)
    {
      return problem(
        "data.h2", "[\(data.h2Minimum), \(data.h2Maximum)]",
        "values on both sides of |J| = \(data.j.magnitude), so that there are two phases")
    }
    return nil
  }
}
