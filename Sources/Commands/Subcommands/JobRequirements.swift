import Batches
import CSupport
import Files
import Glibc
import Reports
import Sessions
import Settings

extension Settings {
  /// What a job cannot do without, and what cannot go together. A plan of one that trains needs no output.
  /// - Throws: `CommandError.missing`, or `.session(.setting)`.
  func checkRequirements(_ job: Job, isPlan: Bool = false) throws(CommandError) {
    if isPlan && job != .evaluate && output(of: job).path.isEmpty {
    } else if job == .compress {
      if compression.path.isEmpty { throw .missing(key: "compression.path", flag: "--output", job: job) }
    } else if job != .reproduce && model.path.isEmpty {
      throw .missing(key: "model.path", flag: job == .evaluate ? "--model" : "--output", job: job)
    }
    if job == .distill && distillation.teacherPath.isEmpty && distillation.logitsPath.isEmpty
      && distillation.tapePath.isEmpty
    {
      throw .missing(key: "distillation.teacher", flag: "--teacher", job: job)
    }
    if data.source == .file && job != .evaluate {
      if data.testPath.isEmpty {
        throw .missing(key: "data.test-path", flag: "--test-input", job: job)
      }
    }
    if job == .evaluate && spool.isUsed { return try checkSpool() }
    if job == .evaluate && data.path.isEmpty && !(spool.resultsPath.isEmpty && spool.donePath.isEmpty) {
      throw .missing(key: "spool.inbox", flag: "--inbox", job: job)
    }
    if data.source == .file && data.path.isEmpty { throw .missing(key: "data.path", flag: "--input", job: job) }
    if job == .evaluate && data.source == .spinChain {
      for (key, path) in [("data.labels", data.labelsPath), ("data.targets", data.targetsPath)] where !path.isEmpty {
        throw .session(
          .setting(name: key, given: path, allowed: "none: ground states have their own (or --input)"))
      }
    }
    try checkOutput(job)
  }

  /// The same for a command that lacks the job's flags.
  /// - Throws: `CommandError.missing` with `--set`, or `.session(.setting)`.
  func checkRequirementsWithoutFlags(_ job: Job) throws(CommandError) {
    do { try checkRequirements(job) } catch {
      guard case .missing(let key, _, let job) = error else { throw error }
      let value = SettingKey.named(key)?.placeholder.uppercased() ?? "VALUE"
      throw .missing(key: key, flag: "--set \(key)=\(value)", job: job)
    }
  }

  /// A spool brings its inputs and places itself.
  private func checkSpool() throws(CommandError) {
    if spool.resultsPath.isEmpty { throw .missing(key: "spool.results", flag: "--results", job: .evaluate) }
    for path in [spool.inboxPath, spool.resultsPath, spool.donePath, spool.rejectedPath] where path == "-" {
      throw .session(.setting(name: "spool.inbox", given: "-", allowed: "a folder"))
    }
  }

  /// An output that replaced the profile would lose it.
  /// - Throws: `CommandError.session(.setting)`.
  func checkOutput(_ job: Job, profile: String) throws(CommandError) {
    let (name, output) = output(of: job)
    if isSameFile(output, profile) {
      throw .session(.setting(name: name, given: output, allowed: "a file that is not the profile"))
    }
  }

  /// An output that replaced one of the run's own inputs would lose it.
  private func checkOutput(_ job: Job) throws(CommandError) {
    let (name, output) = output(of: job)
    if output.isEmpty { return }
    var inputs: [String] = []
    if job == .evaluate { inputs.append(model.path) }
    // A tape is read, or written where nothing is; the model must not land there either.
    if job == .distill { inputs += [distillation.teacherPath, distillation.logitsPath, distillation.tapePath] }
    if job != .compress && job != .reproduce { inputs.append(data.compressorPath) }
    if data.source == .file {
      inputs += [
        data.path, data.labelsPath, data.targetsPath, data.testPath, data.testLabelsPath, data.testTargetsPath,
      ]
    }
    for input in inputs where isSameFile(output, input) {
      throw .session(.setting(name: name, given: output, allowed: "a file that is no input of the run"))
    }
  }
}

/// Whether two paths lead to one file, or would.
func isSameFile(_ first: String, _ second: String) -> Bool {
  if first.isEmpty || second.isEmpty { return false }
  var (one, other) = (stat(), stat())
  let exist = (systemStat(first, &one) == 0, systemStat(second, &other) == 0)
  if exist == (false, false) {
    let (place, otherPlace) = (split(first), split(second))
    guard place.name == otherPlace.name, systemStat(place.folder, &one) == 0,
      systemStat(otherPlace.folder, &other) == 0
    else {
      return false
    }
  } else if exist != (true, true) {
    return false
  }
  return one.st_dev == other.st_dev && one.st_ino == other.st_ino
}

private func split(_ path: String) -> (folder: String, name: Substring) {
  guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return (".", path[...]) }
  return (String(path[...slash]), path[path.utf8.index(after: slash)...])
}

/// A session's result, its errors among this module's.
func session<Result>(_ body: () throws(SessionError) -> Result) throws(CommandError) -> Result {
  do { return try body() } catch { throw .session(error) }
}

/// The same for a job that can be asked to stop, and whose output may be another's for now.
/// - Throws: `CommandError.skipped` where it is, and `host.if-locked` says so.
func job<Result>(_ host: HostSettings, _ body: () throws(SessionError) -> Result) throws(CommandError) -> Result {
  qkd_catch_stops()
  do { return try body() } catch {
    if error.isLocked && host.ifLocked == .skip { throw .skipped }
    let signal = qkd_stop_requested()
    if signal != 0 && error.isInterruption { throw .session(.stopped(signal: signal, kept: nil)) }
    throw .session(error)
  }
}

/// Whether a job that trains was done by an earlier run of the same command; told where somebody watches.
func isFinished(_ job: Job, _ settings: Settings, _ output: OutputStyle) throws(CommandError) -> Bool {
  guard let digest = try session({ () throws(SessionError) in try Session.finished(job, settings) }) else {
    return false
  }
  if !output.quiet && StandardStreams.isErrorTerminal {
    let path = settings.output(of: job).path
    StandardStreams.writeMessage(
      "qkd-run: \(path) was made by exactly this run before (sha256 \(digest)): nothing to do\n")
  }
  return true
}
