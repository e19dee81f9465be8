import Batches
import Files
import Glibc
import Models
import Settings

/// Another model for a spool. The model's file changes while both locks of the spool are held, so that each of its runs
/// sees one model from the first input to the last.
extension Spool {
  /// Tests a candidate on the inputs that have labels and puts it in place where it passes.
  ///
  /// The model in place is copied to `MODEL.previous` first, then the metrics get their line, then the candidate gets
  /// the model's name: what fails, fails before the model changed. A rollout that was cut off is done by the next one,
  /// which finds the line.
  package static func rollout(
    _ candidate: String, _ given: Settings, isTrial: Bool, progress: Progress
  ) throws(SessionError) -> RolloutReport {
    try given.checkRollout()
    if candidate == "-" || fileExists(candidate) && !isRegularFile(candidate) {
      throw .model(path: candidate, .file(.file(.notRegular(path: candidate))))
    }
    let content = try fileDigest(candidate)
    let spool = try Spool(given, model: candidate) { evaluation throws(SessionError) in
      try evaluation.checkGate()
    }
    let path = given.model.path
    if fileExists(path) && !isRegularFile(path) { throw .file(.notRegular(path: path)) }
    return try spool.holding { () throws(SessionError) in
      let file = try versioned(path)
      let inPlace = fileExists(path) ? try readModel(path, setting: "model.path", given.host) : nil
      var report = RolloutReport(
        event: .rollout, outcome: .inPlace, candidatePath: candidate, modelPath: path, previousPath: file.previousPath,
        fromSHA256: inPlace?.1, toSHA256: spool.evaluation.digest)
      if report.fromSHA256 == report.toSHA256 { return report }
      if let (model, _) = inPlace { try spool.evaluation.checkLikeness(to: model) }
      let test = try spool.test(progress)
      report.test = test
      report.outcome = test.gate.passed ? .passed : .missed
      if isTrial || !test.gate.passed { return report }
      report.outcome = .done
      Leftovers.remove(beside: path)
      let new = try copy(of: candidate, content: content, to: path)
      do throws(FileError) { try file.keepCurrent() } catch { throw .file(error) }
      try spool.addToMetrics(report.metricsLine(time: FileClock.now), unless: report.isSameChange)
      do throws(FileError) { try new.commit() } catch { throw .file(error) }
      return report
    }
  }

  /// Exchanges the model in place and the one before it. The metrics get their line before; an exchange that was cut
  /// off is ended, and not begun anew.
  package static func rollback(_ given: Settings) throws(SessionError) -> RolloutReport {
    try given.checkRollout()
    let path = given.model.path
    let file = try versioned(path)
    let previous = file.previousPath
    let isCutOff = file.isExchangeCutOff
    if !file.hasPrevious && !isCutOff { throw .rollout(.noPrevious(path: previous)) }
    let spool = try Spool(given, model: isCutOff ? path : previous)
    return try spool.holding { () throws(SessionError) in
      if !spool.isModelInPlace || file.isExchangeCutOff != isCutOff {
        throw .rollout(.changed(candidate: isCutOff ? path : previous))
      }
      var report = RolloutReport(
        event: .rollback, outcome: .completed, candidatePath: previous, modelPath: path, previousPath: previous,
        // A model that cannot be read is what somebody wants to be rid of.
        fromSHA256: isCutOff ? nil : (try? readModel(path, setting: "model.path", given.host))?.1,
        toSHA256: spool.evaluation.digest)
      if !isCutOff && report.fromSHA256 == report.toSHA256 {
        report.outcome = .inPlace
        return report
      }
      do throws(FileError) {
        Leftovers.remove(beside: path)
        if !isCutOff { try file.prepareExchange() }
      } catch { throw .file(error) }
      if !isCutOff {
        report.outcome = .done
        try spool.addToMetrics(report.metricsLine(time: FileClock.now), unless: report.isSameChange)
      }
      do throws(FileError) { try file.exchange() } catch { throw .file(error) }
      return report
    }
  }

  private convenience init(
    _ given: Settings, model: String, check: (EvaluationRun) throws(SessionError) -> Void = { _ in }
  ) throws(SessionError) {
    var settings = given
    settings.model.path = model
    // No input is set aside here.
    try self.init(settings, observer: SpoolObserver(text: { _ in "" }, tell: { _ in }), check: check)
  }

  private static func versioned(_ path: String) throws(SessionError) -> VersionedFile {
    do { return try VersionedFile(path: path) } catch { throw .file(error) }
  }

  /// Keeps every run over the spool away, parts too.
  private func holding(_ body: () throws(SessionError) -> RolloutReport) throws(SessionError) -> RolloutReport {
    let inbox = try lock(folders.inbox)
    let results = try lock(folders.results)
    defer {
      withExtendedLifetime(inbox) {}
      withExtendedLifetime(results) {}
    }
    return try body()
  }

  /// The bytes of a candidate that were tested, not yet under the model's name.
  private static func copy(
    of candidate: String, content: String, to path: String
  ) throws(SessionError) -> AtomicFile {
    var hasher = SHA256()
    do throws(FileError) {
      var new = try AtomicFile(path: path)
      try new.append(InputFile(path: candidate)) { hasher.update($0) }
      if hasher.hex == content { return new }
    } catch { throw .file(error) }
    throw .rollout(.changed(candidate: candidate))
  }

  // MARK: The inputs that have labels

  private func test(_ progress: Progress) throws(SessionError) -> RolloutReport.Test {
    var pool = PooledScore()
    let listing = SpoolListing()
    if !folders.keepsInputs { try add(folders.done, isDone: true, listing, to: &pool, progress) }
    try add(folders.inbox, isDone: false, listing, to: &pool, progress)
    progress.clear()
    guard pool.counts.labelled > 0, let gate = pool.gate(evaluation) else {
      let paths = folders.keepsInputs ? [folders.inbox.path] : [folders.done.path, folders.inbox.path]
      throw .rollout(.noLabels(inputs: pool.counts.evaluated, folders: paths, suffix: evaluation.labelsSuffix))
    }
    return RolloutReport.Test(inputs: pool.counts, accuracy: pool.accuracy, score: pool.score, gate: gate)
  }

  /// Evaluates all inputs of a folder. One that the spool has evaluated must fit, and so must one that is sound; others
  /// in the inbox the next run sets aside, whatever the model.
  private func add(
    _ folder: borrowing Folder, isDone: Bool, _ listing: SpoolListing, to pool: inout PooledScore, _ progress: Progress
  ) throws(SessionError) {
    // What was moved may have got a number behind its name.
    let pattern = strdup(isDone ? "*" : settings.spool.pattern)!
    defer { free(pattern) }
    var last: FileName?
    while true {
      let names: [FileName]
      do {
        names = try listing.names(in: folder, after: last) { name, length in Self.isInput(name, length, pattern) }
      } catch { throw .file(error) }
      guard let end = names.last else { return }
      for (index, name) in names.enumerated() {
        try checkStop()
        progress.update("inputs", done: index, of: names.count)
        do { if let report = try evaluate(name, in: folder) { pool.add(report) } } catch {
          if case .host = Blame(error) { throw error }
          let wasEvaluated = isDone || folders.keepsInputs && readFront(name + ".json") != nil
          if wasEvaluated || error.isMisfit {
            throw .rollout(.input(candidate: evaluation.settings.model.path, error))
          }
          pool.addUnreadable()
        }
      }
      last = end
    }
  }

  /// - Returns: nil for what is no regular file.
  private func evaluate(_ name: FileName, in folder: borrowing Folder) throws(SessionError) -> EvaluationReport? {
    let path = folder.path(of: name)
    guard try isRegular(name, in: folder) else { return nil }
    var labels: InputFile?
    if let labelsName = evaluation.labelsName(of: name), try isRegular(labelsName, in: folder) {
      labels = try open(labelsName, in: folder, path)
    }
    let opened = try OpenedData(
      open(name, in: folder, path), labels: labels, settings.data, outputs: evaluation.outputs, predictions: false)
    return try evaluation.run(opened, output: nil, path: "", progress: .none)
  }

  private func isRegular(_ name: FileName, in folder: borrowing Folder) throws(SessionError) -> Bool {
    do { return try folder.status(name)?.kind == .regular } catch { throw .file(error) }
  }
}

extension Settings {
  /// A rollout is of a whole spool.
  fileprivate func checkRollout() throws(SessionError) {
    if let shard = host.shard {
      throw .setting(name: "host.shard", given: shard.text, allowed: "none: all inputs of a spool count")
    }
  }
}

extension EvaluationRun {
  /// Without it labels would count for nothing.
  fileprivate func checkGate() throws(SessionError) {
    let (key, limit) =
      outputs == nil
      ? ("evaluation.minimum-accuracy", settings.evaluation.minimumAccuracy)
      : ("evaluation.maximum-rmse", settings.evaluation.maximumRMSE)
    if limit == nil {
      throw .setting(
        name: key, given: "none", allowed: "a number here: what a model must reach before it is put in place")
    }
  }

  /// Whoever reads the results expects the same answers of another model.
  fileprivate func checkLikeness(to inPlace: Model) throws(SessionError) {
    func text(_ model: Model) -> String { "\(model.task.rawValue), \(model.logits) \(model.task.outputName)" }
    if text(model) != text(inPlace) {
      throw .rollout(.unlike(candidate: settings.model.path, given: text(model), inPlace: text(inPlace)))
    }
  }
}
