import CSupport
import Reports
import Settings

/// A job as a command line asks for it.
public struct JobRequest: Sendable, Equatable {
  /// A flag that sets keys of the table, for this job.
  public struct Flag: Sendable, Equatable {
    /// Without its two hyphens.
    public let name: String
    public let value: String

    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  public let job: Job
  /// As given: a name to be looked up, or a file.
  public var profile: String?
  /// `KEY=VALUE`, in their order.
  public var assignments: [String] = []
  /// Each at most once.
  public var flags: [Flag] = []
  /// What flags set that name no single key.
  public var derived: [Assignment] = []
  public var style = OutputStyle()

  public init(_ job: Job) { self.job = job }

  /// What is wrong with the line by itself, whatever the profile and the environment say; nil: nothing.
  public var mistake: String? {
    for flag in flags
    where !SettingKey.all.contains(where: { $0.flag(flag.name, for: job) != nil }) {
      return "--\(flag.name) is not for \(job.rawValue)"
    }
    do {
      var resolution = Resolution()
      try resolution.apply(try flagAssignments())
      return nil
    } catch { return ErrorText.text(error) }
  }

  /// Puts settings together for the job: flag > environment > profile > default.
  func resolve() throws(CommandError) -> Resolution {
    let environment = Environment.ofThisProcess()
    var resolution = Resolution()
    var path: String?
    if let profile {
      let assignments: [Assignment]
      do {
        let found = try ProfileSearch.find(profile, environment: environment)
        assignments = try Profile.read(path: found)
        path = found
      } catch { throw .profile(error) }
      do { try resolution.apply(assignments) } catch { throw .profile(.setting(error)) }
      if resolution.settings.spool.isUsed { resolution.spoolModel = resolution.settings.model.path }
    }
    do {
      try resolution.apply(try EnvironmentSettings.assignments(environment))
      try resolution.apply(try flagAssignments())
    } catch { throw .setting(error) }
    if let unused = resolution.unused(by: job) { throw .setting(unused) }
    if let path { try resolution.settings.checkOutput(job, profile: path) }
    resolution.settings.host.ownsProcess = true
    resolution.profile = path
    return resolution
  }

  func run() throws(CommandError) {
    switch job {
    case .evaluate: try EvaluateCommand.run(self)
    case .train: try TrainCommand.run(self)
    case .distill: try DistillCommand.run(self)
    case .compress: try CompressCommand.run(self)
    case .reproduce: try ReproduceCommand.run(self)
    }
  }

  private func flagAssignments() throws(SettingError) -> [Assignment] {
    var result: [Assignment] = []
    for text in assignments {
      let key = String(text.prefix { $0 != "=" })
      let origin = Origin.flag("--set")
      _ = try SettingKey.known(key, origin: origin)
      guard key.count < text.count else {
        throw .value(key: key, given: "nothing", allowed: "--set KEY=VALUE", origin: origin)
      }
      result.append(Assignment(key: key, value: .text(String(text.dropFirst(key.count + 1))), origin: origin))
    }
    var direct: [Assignment] = []
    for flag in flags {
      let origin = Origin.flag("--" + flag.name)
      for key in SettingKey.all {
        guard let description = key.flag(flag.name, for: job) else { continue }
        direct.append(Assignment(key: key.name, value: .text(flag.value), origin: origin))
        // Before all others, so that whatever names the implied key itself wins.
        for implied in description.implied where SettingKey.named(implied.key)?.jobs.contains(job) ?? false {
          result.insert(Assignment(key: implied.key, value: .text(implied.value), origin: origin), at: 0)
        }
      }
    }
    return result + derived + direct
  }
}
