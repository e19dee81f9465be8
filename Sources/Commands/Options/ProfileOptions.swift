import ArgumentParser
import CSupport
import Reports
import Settings

/// Where settings come from besides the flags that name one.
struct ProfileOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "A profile: a NAME that is looked up, or a file (with a / or .toml at its end).", valueName: "name|file"),
    completion: .profile)
  var profile: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Sets any key of a profile, e.g. --set data.h2=0.9,1.1; repeatable. A flag for the same key wins.",
      valueName: "key=value"),
    completion: .assignment)
  var assignments: [String] = []

  mutating func validate() throws {
    if let profile, profile.isEmpty || profile.utf8.contains(0) { throw ValidationError("--profile needs a name") }
  }

  /// The job that a subcommand's options ask for.
  func request(_ job: Job, _ options: [any SettingOptions], _ style: OutputStyle) -> JobRequest {
    var request = JobRequest(job)
    (request.profile, request.assignments, request.style) = (profile, assignments, style)
    request.derived = options.flatMap(\.derived)
    for (flag, value) in options.flatMap(\.given) {
      if let value { request.flags.append(JobRequest.Flag(name: flag, value: value)) }
    }
    return request
  }
}

/// A subcommand that runs a job.
protocol JobCommand: ParsableCommand {
  var request: JobRequest { get }
}

extension JobCommand {
  mutating func validate() throws { try request.check() }

  mutating func run() throws {
    let request = request
    // Before anything that may end the run: a service that has nothing to do was ready, too.
    qkd_notify_begin()
    try request.style.perform(request.run)
  }
}

extension JobRequest {
  /// - Throws: `ValidationError`, a mistake of usage.
  func check() throws {
    if let mistake { throw ValidationError(mistake) }
  }
}
