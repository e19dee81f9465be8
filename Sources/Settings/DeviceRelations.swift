import Files

extension Settings {
  /// What goes together on a device.
  func deviceContradiction(_ job: Job) -> SettingProblem? {
    if !Set<Job>.readsFiles.contains(job) { return nil }
    return ownDeviceContradiction(job) ?? shotContradiction(job) ?? teacherDeviceContradiction(job)
      ?? (job == .reproduce ? trialContradiction : nil)
  }

  private func ownDeviceContradiction(_ job: Job) -> SettingProblem? {
    func problem(_ key: String, _ allowed: String) -> SettingProblem {
      SettingProblem(key: key, given: SettingKey.named(key)?.text(self) ?? "", allowed: allowed)
    }
    if !device.path.isEmpty && device.hasNumbers {
      return problem("device.file", "nothing beside numbers of the device: its qubits have numbers of their own")
    }
    if device.path.isEmpty && !device.layout.isEmpty {
      return problem("device.layout", "best without device.file: all qubits are alike")
    }
    if !device.path.isEmpty || device.t1 == nil && device.t2 == nil {
      for (key, seconds) in [
        ("device.pulse-seconds", device.pulseSeconds), ("device.pair-seconds", device.pairSeconds),
      ] where seconds > 0 {
        return problem(key, "0 without device.t1 or device.t2, which say what happens in that time")
      }
    }
    if device.trajectories > 0 && !device.isUsed {
      return problem("device.trajectories", "0 without a device: there is no noise to draw")
    }
    if device.trajectories > 0 && device.trajectories < 2 {
      return problem("device.trajectories", "0, or 2 and more: one says nothing of its error")
    }
    if device.isUsed && !data.compressorPath.isEmpty {
      return problem("data.compressor", "nothing on a device: an autoencoder would have to run there too")
    }
    if device.isUsed && job == .reproduce && !experiment.compressedLayers.isEmpty {
      return problem("experiment.compressed-layers", "[] on a device: an autoencoder would have to run there too")
    }
    return nil
  }

  private func shotContradiction(_ job: Job) -> SettingProblem? {
    let trialShots = job == .reproduce ? experiment.trainedShots.max() ?? 0 : 0
    if !Set<Job>.circuit.contains(job) || training.shots == 0 && trialShots == 0 { return nil }
    let reason: String? =
      if model.observables.count != 2 {
        "there are \(model.observables.count) classes: the law of two logits' difference is known"
      } else if training.readoutFit != .none {
        "training.readout-fit is \(training.readoutFit.rawValue): a solved readout knows no shots"
      } else if !distillation.hints.isEmpty && job != .train {
        "distillation.hints are given"
      } else {
        nil
      }
    return reason.map {
      training.shots > 0
        ? SettingProblem(key: "training.shots", given: "\(training.shots)", allowed: "0, where \($0)")
        : SettingProblem(
          key: "experiment.trained-shots", given: "\(experiment.trainedShots)", allowed: "0, where \($0)")
    }
  }

  private var trialContradiction: SettingProblem? {
    func problem(_ key: String, _ given: String, _ allowed: String) -> SettingProblem {
      SettingProblem(key: key, given: given, allowed: allowed)
    }
    if !device.isUsed {
      if let treatment = experiment.treatments.first(where: \.needsDevice) {
        return problem("experiment.treatments", treatment.rawValue, "others without a device (device.file)")
      }
      if experiment.trainedFor.contains(.device) {
        return problem("experiment.trained-for", "device", "ideal without a device (device.file)")
      }
    }
    if experiment.treatments.contains(.extrapolatedTeacher) == distillation.noiseFactors.isEmpty {
      return problem(
        "distillation.teacher-zne", SettingKey.named("distillation.teacher-zne")?.text(self) ?? "",
        experiment.treatments.contains(.extrapolatedTeacher)
          ? "factors, where extrapolated-teacher is a treatment" : "[] without the treatment extrapolated-teacher")
    }
    if !experiment.trainedShots.isEmpty && training.shots > 0 {
      return problem("training.shots", "\(training.shots)", "0 where experiment.trained-shots are given")
    }
    if Set(experiment.trainedShots).count < experiment.trainedShots.count {
      return problem("experiment.trained-shots", "\(experiment.trainedShots)", "none twice")
    }
    if zip(experiment.testShots, experiment.testShots.dropFirst()).contains(where: { $0 >= $1 }) {
      return problem("experiment.test-shots", "\(experiment.testShots)", "ascending numbers")
    }
    let isVaried =
      device.isUsed || !experiment.trainedFor.isEmpty || !experiment.trainedShots.isEmpty || training.shots > 0
      || !experiment.testShots.isEmpty
    if isVaried && model.task == .regression {
      return problem("model.task", "regression", "classification on a device, or under shots")
    }
    if !experiment.testShots.isEmpty && !experiment.compressedLayers.isEmpty {
      return problem("experiment.test-shots", "\(experiment.testShots)", "none with compressed students")
    }
    return nil
  }

  private func teacherDeviceContradiction(_ job: Job) -> SettingProblem? {
    if job != .distill { return nil }
    let given = distillation
    func problem(_ key: String, _ given: String, _ allowed: String) -> SettingProblem {
      SettingProblem(key: key, given: given, allowed: allowed)
    }
    let isNoisy = !given.teacherDevicePath.isEmpty || given.sharesDevice
    if isNoisy || given.teacherShots > 0, !given.logitsPath.isEmpty {
      return problem(
        "distillation.teacher-logits", given.logitsPath, "nothing where the teacher has a device or shots")
    }
    if given.sharesDevice && !given.teacherDevicePath.isEmpty {
      return problem("distillation.teacher-device", given.teacherDevicePath, "nothing beside teacher-shares-device")
    }
    if given.sharesDevice && !device.isUsed {
      return problem("distillation.teacher-shares-device", "true", "false without a device (device.file)")
    }
    if !given.noiseFactors.isEmpty && !isNoisy {
      return problem(
        "distillation.teacher-zne", SettingKey.named("distillation.teacher-zne")?.text(self) ?? "",
        "[] without a device of the teacher")
    }
    return nil
  }
}
