import Batches
import CSupport
import Files
import Glibc
import Models
import Samples
import Settings

/// Evaluating what lies in a folder, each file once.
///
/// An input is written down in four steps: its predictions, its line in the metrics, its report, and its move to the
/// inputs that are done. The report is what says that an input was evaluated. Wherever a run is killed, the next one
/// begins with the same input, and leaves what an uninterrupted run would have left: predictions and report are
/// replaced as a whole, and a line that stands at the end of the metrics already is not added again.
///
/// A run over inputs of which none has changed reads a few bytes of each report, and writes nothing.
package final class Spool {
  let settings: Settings
  let evaluation: EvaluationRun
  let folders: SpoolFolders
  let stamp: SpoolStamp
  let digest: SpoolDigest
  let observer: SpoolObserver
  var summary: SpoolSummary
  /// Of the model's file, from before it was read.
  private let modelStatus: FileStatus?
  private var misfits: SpoolMisfits
  /// Whether an input of this run had no labels.
  private var isUnlabelled = false
  private var metrics: LineLog?
  private var isMetricsOpen = false
  /// The last line of the metrics when they were opened: the one that may be of an input whose report was not written.
  private var lastLine: String?

  /// - Parameter check: called before anything is touched.
  /// - Throws: `SessionError`.
  package init(
    _ given: Settings, observer: SpoolObserver, check: (EvaluationRun) throws(SessionError) -> Void = { _ in }
  ) throws(SessionError) {
    settings = Self.evaluationSettings(given)
    modelStatus = fileStatus(settings.model.path)
    evaluation = try EvaluationRun(settings)
    try check(evaluation)
    // What does not fit without any input is the profile's fault, not the first input's.
    let (_, plan) = try evaluation.fitting(DataFacts(predictions: true)).choose()
    folders = try SpoolFolders(settings.spool)
    digest = try SpoolDigest(evaluation)
    stamp = SpoolStamp(model: evaluation.digest, settings: digest.sha256)
    self.observer = observer
    summary = SpoolSummary(settings, memory: try MemoryFacts(planned: plan.ramBytes, held: nil, settings.host))
    misfits = SpoolMisfits(model: evaluation.digest, settings: digest.sha256, metrics: folders.metrics)
  }

  /// A spool's inputs are files, and evaluated as a whole.
  package static func evaluationSettings(_ given: Settings) -> Settings {
    var settings = given
    settings.data.source = .file
    settings.evaluation.samples = 0
    return settings
  }

  /// - Returns: nil where another model was put in place before the spool was this run's: nothing was done.
  package func run(progress: Progress) throws(SessionError) -> SpoolSummary? {
    let inbox = try lock(folders.inbox, isShared: settings.host.shard != nil)
    let results = try lock(folders.results)
    defer {
      withExtendedLifetime(inbox) {}
      withExtendedLifetime(results) {}
    }
    if !isModelInPlace { return nil }
    Leftovers.remove(in: folders.results)
    Leftovers.remove(in: folders.rejected)
    try moveOrphanedLabels()
    let listing = SpoolListing()
    var last: FileName?
    while true {
      let names = try pending(listing, after: last)
      // What was evaluated before, and is there still, was so by this model: its stamp says it.
      if last == nil && summary.skipped > 0 { _ = misfits.fits() }
      guard let end = names.last else { break }
      for (index, name) in names.enumerated() {
        try checkStop()
        progress.update("inputs", done: index, of: names.count)
        try process(name)
      }
      last = end
    }
    progress.clear()
    if let error = misfits.error { throw error }
    if isUnlabelled { try tellStrayLabels() }
    summary.memory = try MemoryFacts(
      planned: summary.memory.ramPlannedBytes, held: summary.memory.ramPeakBytes, settings.host)
    return summary
  }

  /// Whether the model's file is still the one that was read.
  var isModelInPlace: Bool { fileStatus(settings.model.path) == modelStatus }

  /// Two runs on one inbox would take its files from one another; parts of one share it.
  func lock(_ folder: borrowing Folder, isShared: Bool = false) throws(SessionError) -> FileLock {
    do { return try FileLock(folder: folder.path, waiting: settings.host.lockWait, isShared: isShared) } catch {
      try checkStop()
      throw .file(error)
    }
  }

  private func checkStop() throws(SessionError) {
    let signal = qkd_stop_requested()
    if signal != 0 { throw .stopped(signal: signal, kept: "\(summary.evaluated) evaluated inputs") }
  }

  // MARK: One input

  private func process(_ name: FileName) throws(SessionError) {
    do { try evaluate(name) } catch {
      switch Blame(error) {
      case .host: throw error
      case .nobody: summary.left += 1
      case .input: if !misfits.holds(name, error) { try setAside(name, because: error) }
      }
    }
  }

  private func setAside(_ name: FileName, because error: SessionError) throws(SessionError) {
    let path = folders.inbox.path(of: name)
    guard let place = try moving(path, { () throws(SessionError) in try reject(name, because: error) }) else { return }
    summary.rejected += 1
    observer.tell(.rejected(input: path, error, place: place))
  }

  /// Moves an input; one that this user may not move, in a folder with the sticky bit for one, keeps no other waiting.
  /// - Returns: nil where it stays.
  private func moving<Result>(
    _ path: String, _ move: () throws(SessionError) -> Result
  ) throws(SessionError) -> Result? {
    do { return try move() } catch {
      guard case .file(.system(.rename, _, let errno)) = error, errno == EACCES || errno == EPERM else { throw error }
      summary.unmoved += 1
      observer.tell(.unmoved(input: path, error))
      return nil
    }
  }

  /// What is done for an input whose results are there.
  private func conclude(_ name: FileName, labels: FileName?) throws(SessionError) {
    for (held, error) in misfits.fits() { try setAside(held, because: error) }
    _ = try moving(folders.inbox.path(of: name)) { () throws(SessionError) in try finish(name, labels: labels) }
  }

  package func status(_ name: FileName) throws(SessionError) -> FileStatus? {
    do { return try folders.inbox.status(name) } catch { throw .file(error) }
  }

  /// - Throws: `SessionError`, whose `Blame` says what it means.
  private func evaluate(_ name: FileName) throws(SessionError) {
    guard let seen = try status(name), seen.kind != .folder else { return }
    let path = folders.inbox.path(of: name)
    try checkName(name, path)
    guard seen.kind == .regular else { throw .samples(path: path, .file(.notRegular(path: path))) }
    let labelsName = evaluation.labelsName(of: name)
    let seenLabels: FileStatus?
    if let labelsName { seenLabels = try status(labelsName) } else { seenLabels = nil }
    if let seenLabels, seenLabels.kind != .regular {
      throw .samples(path: path, .file(.notRegular(path: folders.inbox.path(of: labelsName!))))
    }

    let reportName = name + ".json"
    let front = readFront(reportName)
    let stampText = stamp.text(seen, labels: seenLabels)
    let changed = max(seen.changed, seenLabels?.changed ?? .min)
    if let front, front.stamp == stampText, changed < front.written {
      summary.skipped += 1
      return try conclude(name, labels: seenLabels == nil ? nil : labelsName)
    }
    func isUnchanged() throws(SessionError) -> Bool {
      guard try status(name) == seen else { return false }
      guard let labelsName else { return true }
      return try status(labelsName) == seenLabels
    }
    // Where there is a report, its content may be this one, and nothing is left to do.
    if let front {
      let labels = seenLabels == nil ? nil : try sha256(labelsName!, path)
      if front.digest == stamp.digest(data: try sha256(name, path), labels: labels) {
        if !(try isUnchanged()) { throw .changed(path: path) }
        summary.skipped += 1
        if folders.keepsInputs { try restamp(reportName, stampText, changed) }
        return try conclude(name, labels: seenLabels == nil ? nil : labelsName)
      }
    }

    let (readData, readLabels) = (ReadDigest(), ReadDigest())
    var data: String?
    var labels: String?
    let opened = try OpenedData(
      open(name, in: folders.inbox, path, readData),
      labels: seenLabels == nil ? nil : open(labelsName!, in: folders.inbox, path, readLabels),
      settings.data, outputs: evaluation.outputs, predictions: true)
    let predictions = name + "." + settings.spool.format.rawValue
    let output: AtomicFile
    do { output = try AtomicFile(in: folders.results, name: predictions) } catch { throw .file(error) }
    let report = try evaluation.run(
      opened, output: output, path: folders.results.path(of: predictions), progress: .none
    ) { () throws(SessionError) in
      labels = seenLabels.flatMap { readLabels.hex(size: $0.size) }
      data = readData.hex(size: seen.size)
      let isRead = data != nil && (labels == nil) == (seenLabels == nil)
      if !isRead { throw .changed(path: path) }
      if !(try isUnchanged()) { throw .changed(path: path) }
      try keepOlderModels(name)
    }
    if report.facts.memory.ramPlannedBytes > summary.memory.ramPlannedBytes { summary.memory = report.facts.memory }
    let written: String
    do { written = try SHA256.hex(of: InputFile(in: folders.results, name: predictions)) } catch { throw .file(error) }
    let record = SpoolRecord(
      input: name, status: seen, stamp: stampText, digest: stamp.digest(data: data!, labels: labels), data: data!,
      labels: labels,
      predictions: predictions, predictionsSHA256: written, settings: digest, report: report)
    try addToMetrics(record.metricsLine)
    FileClock.wait(beyond: changed)
    try write(record.reportText, as: reportName, in: folders.results)
    if report.accuracy == nil && report.numbers?.score == nil { isUnlabelled = true }
    summary.evaluated += 1
    summary.samples += report.samples
    observer.evaluated(report, evaluation.expected)
    if let gate = report.gate, !gate.passed {
      summary.gatesMissed += 1
      observer.tell(.gateMissed(input: path, gate))
    }
    try conclude(name, labels: seenLabels == nil ? nil : labelsName)
  }

  /// Names that no result can have.
  private func checkName(_ name: FileName, _ path: String) throws(SessionError) {
    let endings = ["." + settings.spool.format.rawValue, ".json"]
    if name.count + endings.map(\.utf8.count).max()! > FileName.longest {
      throw .samples(path: path, .file(.tooLarge(path: path, given: name.count, allowed: FileName.longest - 8)))
    }
    if let metrics = folders.metricsName, endings.contains(where: { name + $0 == metrics }) {
      throw .samples(path: path, .format(path: path, allowed: []))
    }
  }

  func open(
    _ name: FileName, in folder: borrowing Folder, _ path: String, _ digest: ReadDigest? = nil
  ) throws(SessionError) -> InputFile {
    do { return try InputFile(in: folder, name: name, witness: digest?.take) } catch {
      guard case .system(.open, _, let errno) = error else { throw .samples(path: path, .file(error)) }
      // Somebody took it away, or put a link in its place.
      if errno == ENOENT || errno == ELOOP { throw .changed(path: path) }
      // What is the file's own, not the system's: it would be refused for ever, and all inputs behind it.
      if errno == EACCES && folder.forbidsReading(name) { throw .samples(path: path, .forbidden) }
      throw .samples(path: path, .file(error))
    }
  }

  private func sha256(_ name: FileName, _ path: String) throws(SessionError) -> String {
    let file = try open(name, in: folders.inbox, path)
    do { return try SHA256.hex(of: file) } catch { throw .samples(path: path, .file(error)) }
  }

  // MARK: Writing down

  /// - Parameter isThere: whether what the line says stands in the last one already; nil: where that is the same.
  func addToMetrics(_ line: String, unless isThere: ((_ last: String) -> Bool)? = nil) throws(SessionError) {
    do throws(FileError) {
      if !isMetricsOpen {
        let log = try LineLog(folders.metrics)
        lastLine = log.lastLine.map { String(decoding: $0, as: UTF8.self) + "\n" }
        metrics = consume log
        isMetricsOpen = true
      }
      if let last = lastLine, isThere?(last) ?? (last == line) {
        lastLine = nil
        return
      }
      guard var log = metrics.take() else { preconditionFailure("the metrics are open") }
      do throws(FileError) { try log.append(line) } catch {
        metrics = consume log
        throw error
      }
      metrics = consume log
    } catch { throw .file(error) }
  }

  /// The report anew, with another stamp in its place: the same results of the same digests.
  /// - Parameter changed: when anything of the input last changed.
  private func restamp(_ name: FileName, _ stamp: String, _ changed: Int) throws(SessionError) {
    do throws(FileError) {
      var bytes = try readFile(InputFile(in: folders.results, name: name), atMost: 1 << 20)
      let place = ReportFront.stampOffset..<ReportFront.stampOffset + SpoolStamp.digits
      guard bytes.count > place.upperBound else { return }
      bytes.replaceSubrange(place, with: stamp.utf8)
      FileClock.wait(beyond: changed)
      try AtomicFile.write(bytes, to: AtomicFile(in: folders.results, name: name))
    } catch { throw .file(error) }
  }

  package func write(_ text: String, as name: FileName, in folder: borrowing Folder) throws(SessionError) {
    do throws(FileError) {
      try AtomicFile.write(Array(text.utf8), to: AtomicFile(in: folder, name: name))
    } catch { throw .file(error) }
  }
}
