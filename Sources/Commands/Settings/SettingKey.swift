import Sessions

/// One line of the table of settings: its name, what is allowed, where it comes from and where it goes.
///
/// The table is built at every start, so a line holds closures and makes its texts when somebody asks for them.
public final class SettingKey: Sendable {
  /// As in a profile: section, dot, key.
  public let name: String
  /// One sentence without its full stop.
  public let summary: String
  public let flags: [SettingFlag]
  /// A file: in a profile relative to the profile's folder, elsewhere to the working directory.
  public let isPath: Bool
  let assign: @Sendable (inout Settings, SettingValue) -> Bool
  /// The value that settings hold; nil for what they do not keep.
  let read: @Sendable (Settings) -> JSON?
  private let texts: @Sendable () -> (allowed: String, placeholder: String)

  /// Completes "allowed is …".
  public var allowed: String { texts().allowed }
  /// Stands for the value in the help of a flag.
  var placeholder: String { texts().placeholder }

  init<Value>(
    _ name: String, _ path: @autoclosure @escaping @Sendable () -> WritableKeyPath<Settings, Value> & Sendable,
    _ kind: @autoclosure @escaping @Sendable () -> ValueKind<Value>,
    flags: [SettingFlag] = [], isPath: Bool = false, _ summary: String
  ) {
    self.name = name
    self.summary = summary
    self.flags = flags
    self.isPath = isPath
    self.assign = { settings, value in
      guard let parsed = kind().parse(value) else { return false }
      settings[keyPath: path()] = parsed
      return true
    }
    self.read = { kind().json($0[keyPath: path()]) }
    self.texts = {
      let kind = kind()
      return (kind.allowed(), kind.placeholder())
    }
  }

  /// A key that is checked but changes nothing.
  init(note name: String, _ summary: String) {
    self.name = name
    self.summary = summary
    flags = []
    isPath = false
    texts = { ("text", "text") }
    assign = { _, value in value.asString != nil }
    read = { _ in nil }
  }

  /// `QKD_HOST_MEMORY` for `host.memory`.
  public var environmentName: String {
    let name = name.utf8.map { byte in
      switch byte {
      case UInt8(ascii: "."), UInt8(ascii: "-"): UInt8(ascii: "_")
      case UInt8(ascii: "a")...UInt8(ascii: "z"): byte & ~0x20
      default: byte
      }
    }
    return "QKD_" + String(decoding: name, as: UTF8.self)
  }

  public var section: Substring { name.utf8.firstIndex(of: UInt8(ascii: ".")).map { name[..<$0] } ?? "" }

  /// Whether a job reads the value.
  public func concerns(_ job: Job) -> Bool {
    if name == "host.shard" { return job == .evaluate || job == .reproduce }
    if job == .compress {
      let shared = [
        "model.qubits", "model.rotation", "training.batch", "training.states", "training.angle-range",
        "training.checkpoint-every", "evaluation.samples",
      ]
      let chain = ["data.source", "data.boundary", "data.parity", "data.h1", "data.j", "data.h2"]
      return ["", "host", "compression"].contains(section) || (shared + chain).contains(name)
    }
    if job == .reproduce {
      let ofOneRun = [
        "model.path", "model.layers", "training.iterations", "distillation.teacher", "distillation.teacher-logits",
        "distillation.tape", "compression.path", "data.compressor", "training.checkpoint-every",
      ]
      return !ofOneRun.contains(name) && (section != "evaluation" || name == "evaluation.samples")
    }
    return switch section {
    case "training": job != .evaluate
    case "distillation": job == .distill
    case "data"
    where name.hasPrefix("data.test-") || name == "data.features" || name == "data.threshold":
      job != .evaluate
    case "compression", "experiment": false
    case "spool": job == .evaluate
    case "model": job != .evaluate || name == "model.path"
    case "evaluation": job == .evaluate || name == "evaluation.samples" || name == "evaluation.batch"
    default: true
    }
  }
}

/// A flag that sets a key.
public struct SettingFlag: Sendable {
  /// Without its two hyphens.
  public let name: String
  /// For these jobs; the same flag may set another key for others.
  public let jobs: [Job]
  /// What the flag sets besides, unless that has a flag of its own.
  public let implied: [Implied]

  public struct Implied: Sendable {
    public let key: String
    public let value: String

    init(_ key: String, _ value: String) {
      self.key = key
      self.value = value
    }
  }

  private static let everyJob = Job.allCases

  init(_ name: String, _ jobs: [Job] = SettingFlag.everyJob, implied: [Implied] = []) {
    self.name = name
    self.jobs = jobs
    self.implied = implied
  }
}
