import Files
import Models

/// A setting's value that is not allowed, whoever gave it.
public struct SettingProblem: Error, Sendable, Equatable {
  public let key: String
  public let given: String
  /// Completes "allowed is …".
  public let allowed: String
}

extension Settings {
  /// Where a job's samples come from: a spool brings files.
  public func source(of job: Job) -> DataSource { job == .evaluate && spool.isUsed ? .file : data.source }

  /// Whether a job uses a setting, with the source of samples that these settings name.
  func uses(_ key: SettingKey, for job: Job) -> Bool {
    key.jobs.contains(job) && (key.source ?? source(of: job)) == source(of: job)
      && (task(of: job).map { (key.task ?? $0) == $0 } ?? true)
  }

  /// The task of a job's model; nil: its file says it.
  func task(of job: Job) -> ModelTask? { Set<Job>.circuit.contains(job) ? model.task : nil }

  /// A setting with another value than settings begin with, which a model of this task does not use; nil: there is
  /// none.
  public func contradiction(of task: ModelTask, for job: Job) -> SettingProblem? {
    let begin = Settings()
    for key in SettingKey.all where key.jobs.contains(job) && (key.task ?? task) != task {
      let (given, unused) = (key.text(self), key.text(begin))
      if given != unused {
        let what = job == .evaluate ? "the model is one of \(task.rawValue)" : "model.task is \(task.rawValue)"
        return SettingProblem(
          key: key.name, given: given, allowed: "\(unused.isEmpty ? "nothing" : unused): \(what)")
      }
    }
    return nil
  }

  /// What is wrong for a job, whoever filled in the settings; nil: nothing. Beyond the table's bounds sizes would
  /// overflow, loops would not end, or results would be no numbers. What only the data or the model show to be wrong is
  /// found there.
  public func problem(for job: Job) -> SettingProblem? {
    for key in SettingKey.all where key.jobs.contains(job) && !key.holds(self) {
      return SettingProblem(key: key.name, given: key.text(self), allowed: key.allowed)
    }
    return contradiction(for: job)
  }

  /// What the results of a job depend on, by key, in the table's order: values, and digests of the files that are read.
  /// - Parameter digest: of a file's content.
  public func identity<Failure>(
    of job: Job, digest: (_ path: String) throws(Failure) -> String
  ) throws(Failure) -> [(key: String, value: JSON)] {
    var entries: [(key: String, value: JSON)] = []
    for key in SettingKey.all where uses(key, for: job) {
      switch key.effect {
      case .nothing: break
      case .value: if let value = key.read(self) { entries.append((key.name, value)) }
      case .valueUnlessDefault:
        if let value = key.read(self), key.text(self) != key.text(Settings()) { entries.append((key.name, value)) }
      case .content:
        let path = key.text(self)
        if !path.isEmpty { entries.append((key.name, .string(try digest(path)))) }
      }
    }
    return entries
  }
}

extension Resolution {
  /// A setting that was given and that the job does not use; nil: there is none.
  ///
  /// A profile may serve several jobs, so what another job uses is passed over there; but an experiment's profile is
  /// the experiment's alone.
  public func unused(by job: Job) -> SettingError? {
    for key in SettingKey.all where !settings.uses(key, for: job) {
      let origin = origin(key.name)
      switch origin {
      case .default: continue
      case .profile where job != .reproduce && key.jobs != [.reproduce] && !isOfOtherTask(key, job): continue
      case .profile, .environment, .flag: break
      }
      return .unused(key: key.name, job: job, reason: reason(key, job), origin: origin)
    }
    return nil
  }

  /// A profile is for models of one task.
  private func isOfOtherTask(_ key: SettingKey, _ job: Job) -> Bool {
    guard key.jobs.contains(job), let task = key.task, let own = settings.task(of: job) else { return false }
    return task != own
  }

  private func reason(_ key: SettingKey, _ job: Job) -> String {
    if isOfOtherTask(key, job) { return "model.task is \(settings.model.task.rawValue)" }
    if key.jobs.contains(job) { return "data.source is \(settings.source(of: job).rawValue)" }
    let users = Job.allCases.filter(key.jobs.contains).map(\.rawValue)
    return users.joined(separator: ", ") + (users.count == 1 ? " uses it" : " use it")
  }
}
