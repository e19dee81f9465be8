import Files
import Models

/// One line of the table of settings, and all that is known of a setting: its name, what is allowed, where it comes
/// from and where it goes, which jobs use it, and what depends on it.
public struct SettingKey: Sendable {
  /// What of a setting results depend on: it stands in the identity of a run that can be taken up again, and in the
  /// digests of reports.
  public enum Effect: Sendable {
    /// Nothing, but for last digits where it decides the layout.
    case nothing
    case value
    /// The value, where it is not the one that settings begin with: of a setting that came when there were identities
    /// and digests already, so that these stay what they are.
    case valueUnlessDefault
    /// What the file that it names holds.
    case content
  }

  /// As in a profile: section, dot, key.
  public let name: String
  /// One sentence without its full stop.
  public let summary: String
  public let flags: [SettingFlag]
  /// The jobs that use the value.
  public let jobs: Set<Job>
  /// The source of samples with which it is used; nil: any.
  public let source: DataSource?
  /// The task of a model with which it is used; nil: any.
  public let task: ModelTask?
  public let effect: Effect
  /// Completes "allowed is …".
  public let allowed: String
  /// Stands for the value in the help of a flag.
  public let placeholder: String
  /// A file: in a profile relative to the profile's folder, elsewhere to the working directory.
  public let isPath: Bool
  let assign: @Sendable (inout Settings, SettingValue) -> Bool
  /// Whether the value that settings hold is allowed.
  let holds: @Sendable (Settings) -> Bool
  /// The value that settings hold; nil for what they do not keep.
  public let read: @Sendable (Settings) -> JSON?

  init<Value>(
    _ name: String, _ path: WritableKeyPath<Settings, Value> & Sendable, _ kind: ValueKind<Value>,
    flags: [SettingFlag] = [], for jobs: Set<Job>, of source: DataSource? = nil, task: ModelTask? = nil,
    _ effect: Effect, _ summary: String
  ) {
    self.name = name
    self.summary = summary
    self.flags = flags
    self.jobs = jobs
    self.source = source
    self.task = task
    self.effect = effect
    allowed = kind.allowed
    placeholder = kind.placeholder
    isPath = kind.isPath
    // One for the three, which are held as long as the process lives.
    let place = Place(path: path, kind: kind)
    assign = { place.assign(&$0, $1) }
    holds = { place.kind.holds($0[keyPath: place.path]) }
    read = { place.kind.json($0[keyPath: place.path]) }
  }

  /// Where a value goes, and what it may be.
  private final class Place<Value: Sendable>: Sendable {
    let path: WritableKeyPath<Settings, Value> & Sendable
    let kind: ValueKind<Value>

    init(path: WritableKeyPath<Settings, Value> & Sendable, kind: ValueKind<Value>) {
      self.path = path
      self.kind = kind
    }

    func assign(_ settings: inout Settings, _ value: SettingValue) -> Bool {
      guard let parsed = kind.parse(value) else { return false }
      settings[keyPath: path] = parsed
      return true
    }
  }

  /// A key that is checked but changes nothing.
  private init(note name: String, _ summary: String) {
    self.name = name
    self.summary = summary
    (flags, jobs, source, task, effect, isPath) = ([], .all, nil, nil, .nothing, false)
    (allowed, placeholder) = ("text", "text")
    assign = { _, value in value.asString != nil }
    holds = { _ in true }
    read = { _ in nil }
  }
}

extension SettingKey {
  /// Every setting, in the order of a profile. Profiles, environment, flags, their help, checks, the origins that
  /// `plan` shows, the suggestions for misspelled keys, identities and digests all come from here. The sections are
  /// computed, so that each key is held but once.
  public static let all: [SettingKey] =
    [
      SettingKey(note: "description", "What the profile is for; not interpreted"),
      SettingKey(
        "seed", \.seed, .seed, flags: ["seed"], for: .all, .value, "Gives data, angles and shuffling a generator each"),
    ] + host + model + device + data + training + distillation + compression + evaluation + spool + report + experiment

  /// - Returns: nil for a name that no key has.
  public static func named(_ name: String) -> SettingKey? { all.first { $0.name == name } }

  /// The keys that a flag sets.
  public static func set(by flag: String) -> [SettingKey] {
    all.filter { key in key.flags.contains { $0.name == flag } }
  }

  /// `QKD_HOST_MEMORY` for `host.memory`.
  public var environmentName: String {
    "QKD_" + String(name.uppercased().map { $0 == "." || $0 == "-" ? "_" : $0 })
  }

  public var section: Substring { name.firstIndex(of: ".").map { name[..<$0] } ?? "" }

  /// What a value can be, where it is one of a few names.
  public var choices: [String] {
    guard allowed.hasPrefix("one of ") || allowed == "true or false" else { return [] }
    let names = placeholder.split(separator: "|").map(String.init)
    return names.count > 1 ? names : []
  }

  /// The value that settings hold as plain text: a text without quotation marks, all else as in JSON.
  public func text(_ settings: Settings) -> String {
    let json = read(settings) ?? .null
    return json.asString ?? json.text
  }
}

/// A flag that sets a key.
public struct SettingFlag: Sendable {
  /// Without its two hyphens.
  public let name: String
  /// For these jobs, of those that use the key; the same flag may set another key for others.
  public let jobs: Set<Job>
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

  init(_ name: String, _ jobs: Set<Job> = .all, implied: [Implied] = []) {
    self.name = name
    self.jobs = jobs
    self.implied = implied
  }
}

extension SettingFlag: ExpressibleByStringLiteral {
  /// A flag for every job that uses the key.
  public init(stringLiteral name: String) { self.init(name) }
}

extension SettingKey {
  /// Whether a flag sets this key for a job.
  public func flag(_ name: String, for job: Job) -> SettingFlag? {
    jobs.contains(job) ? flags.first { $0.name == name && $0.jobs.contains(job) } : nil
  }
}

/// Groups of jobs in the table.
extension Set<Job> {
  static let all = Set(Job.allCases)
  /// What trains anything.
  static let training: Self = [.train, .distill, .compress, .reproduce]
  /// What trains a circuit with a readout.
  static let circuit: Self = [.train, .distill, .reproduce]
  static let distilling: Self = [.distill, .reproduce]
  static let compressing: Self = [.compress, .reproduce]
  /// What may take its samples from files.
  static let readsFiles: Self = [.evaluate, .train, .distill, .reproduce]
}
