import Sessions

extension Settings {
  /// What a job cannot do without.
  /// - Throws: `CommandError.missing`.
  func checkRequirements(_ job: Job) throws(CommandError) {
    if model.path.isEmpty {
      throw .missing(key: "model.path", flag: job == .evaluate ? "--model" : "--output", job: job)
    }
    if job == .distill && distillation.teacherPath.isEmpty {
      throw .missing(key: "distillation.teacher", flag: "--teacher", job: job)
    }
    if data.source == .file && data.path.isEmpty { throw .missing(key: "data.path", flag: "--input", job: job) }
  }
}

/// A session's result, its errors among this module's.
func session<Result>(_ body: () throws(SessionError) -> Result) throws(CommandError) -> Result {
  do { return try body() } catch { throw .session(error) }
}
