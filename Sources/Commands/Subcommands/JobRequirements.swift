import Sessions

extension Settings {
  /// What a job cannot do without.
  /// - Throws: `CommandError.missing`.
  func checkRequirements(_ job: Job) throws(CommandError) {
    if job == .compress {
      if compression.path.isEmpty { throw .missing(key: "compression.path", flag: "--output", job: job) }
    } else if model.path.isEmpty {
      throw .missing(key: "model.path", flag: job == .evaluate ? "--model" : "--output", job: job)
    }
    if job == .distill && distillation.teacherPath.isEmpty {
      throw .missing(key: "distillation.teacher", flag: "--teacher", job: job)
    }
    if data.source == .file && job != .evaluate {
      if data.labelsPath.isEmpty { throw .missing(key: "data.labels", flag: "--labels", job: job) }
      if data.testPath.isEmpty {
        throw .missing(key: "data.test-path", flag: "--test-input", job: job)
      }
      if data.testLabelsPath.isEmpty {
        throw .missing(key: "data.test-labels", flag: "--test-labels", job: job)
      }
    }
    if data.source == .file && data.path.isEmpty { throw .missing(key: "data.path", flag: "--input", job: job) }
  }
}

/// A session's result, its errors among this module's.
func session<Result>(_ body: () throws(SessionError) -> Result) throws(CommandError) -> Result {
  do { return try body() } catch { throw .session(error) }
}

extension RunFacts {
  /// The budget is a promise to the host: a run that went beyond it has failed, whatever it found.
  /// - Throws: `CommandError.session`, with `.peakOverBudget`.
  func checkPeak() throws(CommandError) {
    guard let peakMemoryBytes, peakMemoryBytes > memoryBudgetBytes else { return }
    throw .session(.peakOverBudget(peak: peakMemoryBytes, budget: memoryBudgetBytes))
  }
}
