/// Where a value came from.
public enum Origin: Sendable, Equatable {
  case `default`
  case profile(path: String, line: Int)
  case environment(variable: String)
  case flag(String)

  /// `default`, `profile`, `environment` or `flag`.
  public var kind: String {
    switch self {
    case .default: "default"
    case .profile: "profile"
    case .environment: "environment"
    case .flag: "flag"
    }
  }

  /// The place: `profiles/x.toml:7`, `QKD_SEED`, `--seed`; nil for a default.
  public var place: String? {
    switch self {
    case .default: nil
    case .profile(let path, let line): "\(path):\(line)"
    case .environment(let variable): variable
    case .flag(let flag): flag
    }
  }
}

/// A value for a key, and where it stands.
public struct Assignment: Sendable, Equatable {
  public let key: String
  public let value: SettingValue
  public let origin: Origin
  /// How the value is written, where that says more than the value; for messages.
  public let written: String?

  public init(key: String, value: SettingValue, origin: Origin, written: String? = nil) {
    self.key = key
    self.value = value
    self.origin = origin
    self.written = written == value.description ? nil : written
  }
}

/// Why a value is not taken.
public enum SettingError: Error, Sendable, Equatable {
  case unknownKey(String, nearest: String, origin: Origin)
  /// A section's name that no key has.
  case unknownSection(String, nearest: String, origin: Origin)
  /// A section's name with a value of its own.
  case sectionIsNoKey(String, origin: Origin)
  /// `allowed` completes "allowed is …".
  case value(key: String, given: String, allowed: String, origin: Origin)
  /// The job does not use it; `reason` says who does, or why not.
  case unused(key: String, job: Job, reason: String, origin: Origin)

  public var origin: Origin {
    switch self {
    case .unknownKey(_, _, let origin), .unknownSection(_, _, let origin), .sectionIsNoKey(_, let origin),
      .value(_, _, _, let origin), .unused(_, _, _, let origin):
      origin
    }
  }
}

/// Settings put together: flag > environment > profile > default.
public struct Resolution: Sendable {
  public var settings = Settings()
  /// The profile's file; nil: there is none.
  public var profile: String?
  /// The model that the profile's spool evaluates; nil: it has no spool.
  public var spoolModel: String?
  /// Of the keys that were given.
  private var sources: [String: Source] = [:]

  private struct Source {
    let origin: Origin
    /// What the environment or the command line gave.
    let text: String?
  }

  public init() {}

  /// What the environment and the command line give, as they give it: keys in their order, and values.
  public var given: [(key: SettingKey, text: String)] {
    SettingKey.all.compactMap { key in sources[key.name]?.text.map { (key, $0) } }
  }

  public func origin(_ key: String) -> Origin { sources[key]?.origin ?? .default }

  /// Takes over values; later calls win over earlier ones.
  /// - Throws: `SettingError` for a key that is unknown or a value that is not allowed; nothing of it is taken then.
  public mutating func apply(_ assignments: [Assignment]) throws(SettingError) {
    var next = self
    for assignment in assignments {
      let key = try SettingKey.known(assignment.key, origin: assignment.origin)
      var value = assignment.value
      if key.isPath, case .profile(let profile, _) = assignment.origin, let path = value.asString {
        value = .string(Resolution.path(path, relativeToFolderOf: profile))
      }
      guard key.assign(&next.settings, value) else {
        throw .value(
          key: key.name, given: assignment.written ?? assignment.value.description, allowed: key.allowed,
          origin: assignment.origin)
      }
      var text: String?
      if case .text(let given) = assignment.value { text = given }
      next.sources[key.name] = Source(origin: assignment.origin, text: text)
    }
    self = next
  }

  /// Absolute paths, the standard input and "none" stay as they are.
  static func path(_ path: String, relativeToFolderOf file: String) -> String {
    guard !path.isEmpty, path != "-", !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return path }
    return file[...slash] + path
  }
}

extension SettingKey {
  /// - Throws: `SettingError.unknownKey` with the nearest name.
  public static func known(_ name: String, origin: Origin) throws(SettingError) -> SettingKey {
    if let key = named(name) { return key }
    throw .unknownKey(name, nearest: NearestName.find(name, in: all.map(\.name)) ?? "", origin: origin)
  }
}
