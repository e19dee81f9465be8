import Batches
import Files
import Glibc
import Kernel
import Models
import Settings

/// A teacher's model, as its file has it.
package struct TeacherModel {
  package let model: Model
  package let digest: String

  /// The model that a student learns from; nil where its logits come without it.
  /// - Throws: `SessionError.model`; `.setting` where it takes other states or has other logits than the student.
  package static func read(
    _ settings: Settings, student: Ansatz, _ logits: Int, _ compressor: SampleCompressor?
  ) throws(SessionError) -> TeacherModel? {
    let distillation = settings.distillation
    if !distillation.logitsPath.isEmpty { return nil }
    if distillation.teacherPath.isEmpty && distillation.hasTape { return nil }
    let (model, digest) = try readModel(distillation.teacherPath, setting: "distillation.teacher", settings.host)
    try compressor.check(teacher: model, path: distillation.teacherPath, student: student)
    if model.task != settings.model.task {
      throw .setting(
        name: "model.task", given: settings.model.task.rawValue,
        allowed: "\(model.task.rawValue), as the teacher has")
    }
    if model.logits != logits {
      throw .setting(
        name: "model.observables", given: "\(logits) logits", allowed: "\(model.logits), as the teacher has")
    }
    return TeacherModel(model: model, digest: digest)
  }

  /// What it runs on.
  package func device(_ settings: Settings) throws(SessionError) -> CircuitDevice? {
    let distillation = settings.distillation
    if !distillation.teacherDevicePath.isEmpty {
      return try CircuitDevice(file: distillation.teacherDevicePath, layout: [], model.ansatz)
    }
    if !distillation.sharesDevice { return nil }
    if model.ansatz.qubits != settings.model.qubits {
      throw .setting(
        name: "distillation.teacher-shares-device", given: "true",
        allowed: "false for a teacher of \(model.ansatz.qubits) qubits: the student's device has its "
          + "\(settings.model.qubits)")
    }
    return try CircuitDevice(settings.device, model.ansatz)
  }

  /// - Throws: `SessionError.setting` where encoder and features are not the teacher's.
  package func checkEncoding(_ data: DataSettings) throws(SessionError) {
    if model.encoder != data.encoder {
      throw .setting(
        name: "data.encoder", given: data.encoder.name, allowed: "\(model.encoder.name), as the teacher has")
    }
    let kind = model.features == nil ? FeatureKind.raw : .pca
    if kind != data.features {
      throw .setting(
        name: "data.features", given: data.features.rawValue, allowed: "\(kind.rawValue), as the teacher has")
    }
    if let features = model.features, features.threshold != data.threshold {
      throw .setting(
        name: "data.threshold", given: "\(data.threshold)", allowed: "\(features.threshold), as the teacher has")
    }
  }
}

/// Whom a student learns from: where the teacher's logits of the training set come from.
///
/// A tape stands for its teacher's numbers alone. A student of a tape may have other qubits and another encoder than
/// the teacher; PCA features are the teacher's where its model file is given too, else they are fitted anew.
package struct Teacher {
  package enum Source {
    /// The model computes them; onto a new tape where the path is not empty.
    case model(tapePath: String)
    case tape(LogitTape, path: String, digest: String)
    /// Those of any teacher.
    case logits(LogitsFile)
  }

  package let model: TeacherModel?
  package let source: Source
  /// Of the states that are drawn, before an autoencoder takes some away.
  private let sampleQubits: Int
  /// What its logits are followed by.
  private let hints: [Observable]
  /// What it runs on; nil: it is ideal.
  private let device: CircuitDevice?

  /// - Parameters:
  ///   - settings: with `training.states` as many as the training set really has.
  ///   - logits: of the student, without hints.
  /// - Throws: `SessionError.otherInputs` for a tape of other data or another teacher, `.teacherLogits`, `.samples`,
  ///   `.model`, `.setting`.
  package init(
    _ settings: Settings, model: TeacherModel?, logits classes: Int, hints: [Observable],
    _ compressor: SampleCompressor?, device: CircuitDevice?
  ) throws(SessionError) {
    self.model = model
    self.device = device
    self.hints = hints
    let logits = classes + hints.count
    sampleQubits = compressor?.ansatz.qubits ?? settings.model.qubits
    let (distillation, samples) = (settings.distillation, settings.training.states)
    let path = distillation.tapePath
    if !distillation.logitsPath.isEmpty {
      source = .logits(try LogitsFile(distillation.logitsPath, samples: samples, logits: logits))
    } else if distillation.hasTape {
      let (tape, digest) = try Self.open(path)
      if let model { try Self.compare(path, "teacher_sha256", model.digest, tape.teacherDigest) }
      let data = try TapeData.entries(settings, qubits: sampleQubits, hints: hints, device: device)
      for key in Set(data.keys).union(tape.data.keys).sorted() {
        try Self.compare(path, key, data[key], tape.data[key])
      }
      if [tape.samples, tape.logits] != [samples, logits] {
        throw .teacherLogits(path: path, given: [tape.samples, tape.logits], expected: [samples, logits])
      }
      source = .tape(tape, path: path, digest: digest)
    } else {
      if !path.isEmpty {
        do { try LogitTape.checkSize(samples: samples, logits: logits) } catch { throw .model(path: path, error) }
      }
      source = .model(tapePath: path)
    }
  }

  private static func open(_ path: String) throws(SessionError) -> (LogitTape, String) {
    do {
      let (tape, digest) = try LogitTape.open(path: path)
      return (tape, digest)
    } catch { throw .model(path: path, error) }
  }

  private static func compare(
    _ path: String, _ what: String, _ given: String?, _ recorded: String?
  ) throws(SessionError) {
    if given != recorded { throw .otherInputs(path: path, .tape(what: what, given: given, recorded: recorded)) }
  }

  /// What the plan holds for it.
  package func shape(_ settings: Settings, _ compressor: SampleCompressor?) -> TeacherShape {
    switch source {
    case .model:
      .network(
        NetworkShape(
          TeacherEstimate.measured(model!.model.with(further: hints), settings),
          compressor: model!.model.compressorDigest == nil ? nil : compressor?.ansatz, device: device))
    case .tape: .tape
    case .logits(let file): .logits(outsideBytes: file.outsideBytes)
    }
  }

  /// What a student's provenance says of its teacher: the same whether the model was asked or its tape read.
  package func provenance(_ settings: Settings) -> [String: String] {
    switch source {
    case .model: return ["teacher_sha256": model!.digest].merging(noise(settings)) { $1 }
    case .tape(let tape, _, _):
      var entries: [String: String] = ["teacher_sha256": tape.teacherDigest]
      if let precision = tape.provenance["precision"], precision != settings.host.precision.name {
        entries["teacher_precision"] = precision
      }
      return entries.merging(noise(settings)) { $1 }
    case .logits(let file): return ["teacher_logits_sha256": file.digest]
    }
  }

  /// What its values come from besides: a device, shots, an extrapolation.
  private func noise(_ settings: Settings) -> [String: String] {
    device.map { ["teacher_device": $0.identity] } ?? [:]
  }

  /// Opens the tape that is to be written; nil where none is.
  /// - Parameter logits: how many, of all samples.
  /// - Throws: `SessionError.file`, also where the disk has no room for it.
  package func tapeToWrite(logits: Int) throws(SessionError) -> AtomicFile? {
    guard case .model(let path) = source, !path.isEmpty else { return nil }
    do {
      var file = try AtomicFile(path: path)
      try file.reserve(bytes: 8 * logits + 4096)
      return file
    } catch { throw .file(error) }
  }

  /// Writes the model's logits of the training set as a tape, which its caller commits.
  /// - Parameter logits: `[sample][logit]`
  /// - Returns: the tape's digest.
  package func write(
    _ logits: UnsafeBufferPointer<Double>, of settings: Settings, to output: inout AtomicFile
  ) throws(SessionError) -> String {
    let samples = settings.training.states
    let tape = LogitTape(
      teacherDigest: model!.digest,
      data: try TapeData.entries(settings, qubits: sampleQubits, hints: hints, device: device),
      provenance: [
        "by": "qkd-run \(programVersion) \(Job.distill.rawValue)", "precision": settings.host.precision.name,
      ], samples: samples, logits: logits.count / samples)
    let path = output.path
    do { return try tape.write(logits, to: &output) } catch {
      if case .file(.file(let error)) = error { throw .file(error) }
      throw .model(path: path, error)
    }
  }
}

/// What the plan holds for a teacher.
package enum TeacherShape {
  /// Its network, which computes the logits.
  case network(NetworkShape)
  /// A buffer to read a file of logits through, and what reading holds outside the arena.
  case logits(outsideBytes: Int)
  /// Nothing: a tape is read to where its logits stay.
  case tape

  /// Of a network whose samples pass an autoencoder.
  package var compressor: AutoencoderAnsatz? {
    if case .network(let shape) = self { shape.compressor } else { nil }
  }

  /// The same teacher on another number of qubits, to find out how many would fit.
  package func with(qubits: Int) -> TeacherShape {
    if case .network(let shape) = self { .network(shape.with(qubits: qubits)) } else { self }
  }
}

extension DistillationSettings {
  /// Whether there is a tape to read. What cannot be looked at is left to opening it.
  package var hasTape: Bool {
    if tapePath.isEmpty { return false }
    var status = stat()
    return stat(tapePath, &status) == 0 || errno != ENOENT && errno != ENOTDIR
  }
}
