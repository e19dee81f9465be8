import Kernel
import Students

extension Settings {
  /// Checks what a job relies on, whoever filled in the settings: beyond these bounds sizes would overflow, loops would
  /// not end, or results would be no numbers. What only the data or the model show to be wrong is found there.
  /// - Throws: `SessionError.setting`.
  func check(for job: Job) throws(SessionError) {
    try check("host.threads", host.threads, 1...256)
    try check("evaluation.samples", evaluation.samples, 0...1 << 40)
    try checkShard(job)
    if job == .evaluate {
      try check("evaluation.batch", evaluation.batch, 1...1 << 20)
      for (name, share) in [
        ("evaluation.minimum-accuracy", evaluation.minimumAccuracy ?? 0),
        ("evaluation.confidence-threshold", evaluation.confidenceThreshold),
        ("evaluation.maximum-low-confidence", evaluation.maximumLowConfidence ?? 0),
        ("evaluation.drift-significance", evaluation.driftSignificance ?? 0),
      ] {
        try check(name, share, "0 to 1") { $0 >= 0 && $0 <= 1 }
      }
      return
    }
    if job == .compress { return try checkCompression() }
    try check("model.qubits", model.qubits, Ansatz.qubitRange)
    try check("model.layers", model.layers, Model.layerRange)
    try check("model.scale", model.scale, Self.weights, Self.isWeight)
    try check("model.bias", model.bias, Self.weights, Self.isWeight)
    try check("training.iterations", training.iterations, 1...10_000_000)
    try check("training.batch", training.batch, 1...1 << 20)
    try check("training.states", training.states, 0...1 << 30)
    try check("training.schedule-every", training.scheduleEvery, 1...10_000_000)
    for (name, rate) in [
      ("training.learning-rate", training.learningRate),
      ("training.readout-learning-rate", training.readoutLearningRate),
      ("training.schedule-factor", training.scheduleFactor), ("training.angle-range", training.angleRange),
    ] {
      try check(name, rate, "0 to 1000") { $0 >= 0 && $0 <= 1000 }
    }
    try check("training.label-smoothing", training.labelSmoothing, "0 to below 1") { $0 >= 0 && $0 < 1 }
    if job == .reproduce { try checkExperiment() }
    if job == .distill || job == .reproduce {
      try check("distillation.alpha", distillation.alpha, "0 to 1") { $0 >= 0 && $0 <= 1 }
      try check("distillation.temperature", distillation.temperature, "1e-6 to 1e6") { $0 >= 1e-6 && $0 <= 1e6 }
      if distillation.standardizesLogits && model.observables.count < 3 {
        throw .setting(
          name: "distillation.standardize", given: "true with \(model.observables.count) logits",
          allowed: "false: standardised, two logits say no more than which is larger")
      }
    }
    if job == .distill && !distillation.logitsPath.isEmpty {
      for (name, path) in [
        ("distillation.teacher", distillation.teacherPath), ("distillation.tape", distillation.tapePath),
      ] where !path.isEmpty {
        throw .setting(
          name: name, given: path, allowed: "nothing beside distillation.teacher-logits, which takes its place")
      }
    }
  }

  private func checkShard(_ job: Job) throws(SessionError) {
    guard let shard = host.shard else { return }
    let allowed: String? =
      switch job {
      case .evaluate:
        data.source == .spinChain && !spool.isUsed ? "none for ground states: give each part a seed of its own" : nil
      case .reproduce: shard.count > experiment.seeds ? "at most as many parts as seeds: \(experiment.seeds)" : nil
      case .train, .distill, .compress: "none: the job has no parts"
      }
    if let allowed { throw .setting(name: "host.shard", given: shard.text, allowed: allowed) }
  }

  private func checkExperiment() throws(SessionError) {
    if experiment.name.isEmpty {
      throw .setting(name: "experiment.name", given: "nothing", allowed: "a name: the profile has no experiment")
    }
    try check("experiment.seeds", experiment.seeds, 1...10_000)
    // Readers of JSON keep 53 bits of a number.
    if seed >= 1 << 53 { throw .setting(name: "seed", given: "\(seed)", allowed: "below 2^53 for an experiment") }
    try check("experiment.teacher-layers", experiment.teacherLayers, Model.layerRange)
    try check("experiment.teacher-iterations", experiment.teacherIterations, 1...10_000_000)
    try check("experiment.epochs", experiment.epochs, 0...10_000)
    try checkLayers("experiment.student-layers", experiment.studentLayers)
    try checkLayers("experiment.compressed-layers", experiment.compressedLayers)
    if experiment.studentLayers.isEmpty && experiment.compressedLayers.isEmpty {
      throw .setting(name: "experiment.student-layers", given: "none", allowed: "at least one student")
    }
    if experiment.treatments.isEmpty || Set(experiment.treatments).count < experiment.treatments.count {
      throw .setting(
        name: "experiment.treatments", given: "\(experiment.treatments.map(\.rawValue))",
        allowed: "at least one, and none twice")
    }
    if experiment.treatments.contains(.labelSmoothing) && training.labelSmoothing == 0 {
      throw .setting(
        name: "training.label-smoothing", given: "0", allowed: "above 0, where label-smoothing is a treatment")
    }
    var last = 0
    for iterations in experiment.iterations {
      try check("experiment.iterations", iterations, 1...10_000_000)
      if iterations <= last {
        throw .setting(name: "experiment.iterations", given: "\(experiment.iterations)", allowed: "ascending numbers")
      }
      last = iterations
    }
    if experiment.iterations.isEmpty {
      throw .setting(name: "experiment.iterations", given: "none", allowed: "at least one number")
    }
    if data.source == .spinChain {
      try check("training.states", training.states, 1...1 << 30)
      if !(data.h2Minimum < data.j.magnitude && data.h2Maximum > data.j.magnitude) {
        throw .setting(
          name: "data.h2", given: "[\(data.h2Minimum), \(data.h2Maximum)]",
          allowed: "values on both sides of |J| = \(data.j.magnitude), so that there are two phases")
      }
    }
    if !experiment.compressedLayers.isEmpty { try checkCompression() }
  }

  private func checkLayers(_ name: String, _ layers: [Int]) throws(SessionError) {
    for layers in layers { try check(name, layers, Model.layerRange) }
    if Set(layers).count < layers.count { throw .setting(name: name, given: "\(layers)", allowed: "none twice") }
  }

  private func checkCompression() throws(SessionError) {
    try check("model.qubits", model.qubits, AutoencoderAnsatz.qubitRange)
    try check("compression.latent", compression.latent, 1...(model.qubits - 1))
    try check("compression.layers", compression.layers, Model.layerRange)
    try check("compression.iterations", compression.iterations, 1...10_000_000)
    try check("compression.schedule-every", compression.scheduleEvery, 1...10_000_000)
    try check("training.batch", training.batch, 1...1 << 20)
    try check("training.states", training.states, 1...1 << 30)
    for (name, rate) in [
      ("compression.learning-rate", compression.learningRate),
      ("compression.schedule-factor", compression.scheduleFactor), ("training.angle-range", training.angleRange),
    ] {
      try check(name, rate, "0 to 1000") { $0 >= 0 && $0 <= 1000 }
    }
  }

  private static let weights = "magnitudes up to \(Model.largestWeight)"
  private static func isWeight(_ value: Double) -> Bool { value.magnitude <= Model.largestWeight }

  private func check(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws(SessionError) {
    if range.contains(value) { return }
    throw .setting(name: name, given: "\(value)", allowed: "\(range.lowerBound) to \(range.upperBound)")
  }

  private func check(
    _ name: String, _ value: Double, _ allowed: String, _ isAllowed: (Double) -> Bool
  ) throws(SessionError) {
    if !isAllowed(value) { throw .setting(name: name, given: "\(value)", allowed: allowed) }
  }
}
