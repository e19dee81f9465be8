import CSupport
import Evaluation
import Files
import Glibc
import Settings

/// What a run leaves for those who look from outside: `report.prometheus`, written when the run ends, well or not.
package final class RunRecord {
  package var tally = RunTally()

  /// Runs a job, and writes down what came of it. A run that another one keeps from its work leaves the file to that.
  /// - Throws: what the job throws; else `CommandError.session` where the file cannot be read or written.
  package static func keep(
    _ resolution: Resolution, _ output: OutputStyle, _ body: (RunRecord) throws(CommandError) -> Void
  ) throws(CommandError) {
    let record = RunRecord()
    let path = resolution.settings.report.prometheusPath
    if path.isEmpty { return try body(record) }
    let start = qkd_monotonic_nanoseconds()
    // Whoever mistyped the path learns so before the work.
    let before: MetricsFile
    do { before = try MetricsFile(reading: path) } catch { throw .session(.file(error)) }
    try before.checkOwn()
    var failure: CommandError?
    do { try body(record) } catch {
      if error.leavesWork { throw error }
      failure = error
    }
    let seconds = Double(qkd_monotonic_nanoseconds() - start) * 1e-9
    do throws(FileError) {
      try oneAfterTheOther(path) { () throws(FileError) in
        var file = try MetricsFile(reading: path)
        file.add(record.tally, code: failure.map { ExitStatus($0).rawValue } ?? 0, seconds: seconds)
        try file.write(profile: resolution.profile.map(fullPath) ?? "", version: programVersion)
      }
    } catch {
      guard let failure else { throw .session(.file(error)) }
      output.tell(ErrorText.text(error))
      throw failure
    }
    if let failure { throw failure }
  }

  /// Runs that do not exclude one another wait here, but not for somebody who holds the folder for long.
  private static func oneAfterTheOther(_ path: String, _ body: () throws(FileError) -> Void) throws(FileError) {
    let folder = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[...$0]) } ?? "."
    guard let lock = try? FileLock(folder: folder, waiting: 2) else { return try body() }
    try body()
    withExtendedLifetime(lock) {}
  }
}

extension CommandError {
  /// Whether another run works on the same output, and will say what came of it.
  fileprivate var leavesWork: Bool {
    switch self {
    case .skipped: true
    case .session(let error): error.isLocked
    default: false
    }
  }
}

extension MetricsFile {
  /// Takes in a run that ends now.
  mutating func add(_ run: RunTally, code: Int32, seconds: Double) {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    let moment = Double(now.tv_sec) + Double(now.tv_nsec / 1_000_000) * 1e-3
    func count(_ metric: RunMetric, _ more: Int) { values[metric] = (values[metric] ?? 0) + Double(more) }
    func set(_ pairs: (RunMetric, Double?)...) { for (metric, value) in pairs { values[metric] = value } }
    let failed = code == 0 ? 0 : 1
    set((.lastAttempt, moment), (.success, code == 0 ? 1 : 0), (.exitCode, Double(code)), (.duration, seconds))
    set((.lastSuccess, code == 0 ? moment : values[.lastSuccess] ?? 0))
    if code == 0 { values[.failuresSince] = 0 }
    count(.failuresSince, failed)
    count(.failures, failed)
    count(.done, run.inputs)
    count(.rejected, run.rejected)
    count(.gatesMissed, run.gatesMissed)
    count(.samples, run.samples)
    if run.inputs == 0 { return }
    model = run.modelSHA256
    if let memory = run.memory {
      set(
        (.ramHeld, memory.ramPeakBytes.map(Double.init)), (.ramPlanned, Double(memory.ramPlannedBytes)),
        (.ramBudget, Double(memory.ramBudgetBytes)))
    }
    if let accuracy = run.accuracy, accuracy.trials > 0 {
      let interval = accuracy.interval
      set((.accuracy, accuracy.value), (.accuracyLower, interval.lower), (.accuracyUpper, interval.upper))
    }
    if let rmse = run.score?.all.rmse {
      set((.rmse, rmse.value), (.rmseLower, rmse.interval?.lower), (.rmseUpper, rmse.interval?.upper))
    }
    if let share = run.lowConfidence, share.trials > 0 { set((.lowConfidence, share.value)) }
    if let drift = run.drift { set((.drift, drift.p)) }
  }
}
