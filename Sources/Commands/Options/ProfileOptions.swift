import ArgumentParser
import CSupport
import Sessions

/// Where settings come from besides the flags that name one.
struct ProfileOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "A profile: a NAME that is looked up, or a file (with a / or .toml at its end).", valueName: "name|file"))
  var profile: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Sets any key of a profile, e.g. --set data.h2=0.9,1.1; repeatable. A flag for the same key wins.",
      valueName: "key=value"))
  var assignments: [String] = []

  mutating func validate() throws {
    if let profile, profile.isEmpty || profile.utf8.contains(0) { throw ValidationError("--profile needs a name") }
  }

  /// Puts settings together for a job: flag > environment > profile > default.
  func resolve(_ job: Job, _ options: [any SettingOptions]) throws(CommandError) -> Resolution {
    let environment = processEnvironment()
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
    }
    do {
      try resolution.apply(try EnvironmentSettings.assignments(environment))
      try resolution.apply(try flagAssignments(job, options))
    } catch { throw .setting(error) }
    if let path { try resolution.settings.checkOutput(job, profile: path) }
    resolution.settings.host.ownsProcess = true
    resolution.profile = path
    // What read the command line and the profile has run its only time; it must not stand beside what the job touches.
    // (Once more after the command line alone would cost a millisecond of page faults and save nothing.)
    qkd_release_code_pages()
    return resolution
  }

  /// What the command line sets; checked without a profile, so that a mistake is one of usage.
  func check(_ job: Job, _ options: [any SettingOptions]) throws {
    for (flag, value) in options.flatMap(\.given) where value != nil {
      if SettingKey.all.contains(where: { $0.flags.contains { $0.name == flag && $0.jobs.contains(job) } }) { continue }
      throw ValidationError("--\(flag) is not for \(job.rawValue)")
    }
    do {
      var resolution = Resolution()
      try resolution.apply(try flagAssignments(job, options))
    } catch { throw ValidationError(ErrorText.text(error)) }
  }

  private func flagAssignments(_ job: Job, _ options: [any SettingOptions]) throws(SettingError) -> [Assignment] {
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
    for (flag, value) in options.flatMap(\.given) {
      guard let value else { continue }
      let origin = Origin.flag("--" + flag)
      for key in SettingKey.all {
        guard let description = key.flags.first(where: { $0.name == flag && $0.jobs.contains(job) }) else { continue }
        direct.append(Assignment(key: key.name, value: .text(value), origin: origin))
        // Before all others, so that whatever names the implied key itself wins.
        for (implied, value) in description.implied {
          result.insert(Assignment(key: implied, value: .text(value), origin: origin), at: 0)
        }
      }
    }
    return result + options.flatMap(\.derived) + direct
  }
}
