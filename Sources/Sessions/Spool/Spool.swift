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
final class Spool {
  let settings: Settings
  let evaluation: Evaluation
  let folders: SpoolFolders
  let stamp: SpoolStamp
  let digest: SpoolDigest
  let observer: SpoolObserver
  var summary: SpoolSummary
  private var metrics: LineLog?
  private var isMetricsOpen = false
  /// The last line of the metrics when they were opened: the one that may be of an input whose report was not written.
  private var lastLine: String?

  /// - Throws: `SessionError`.
  init(_ given: Settings, observer: SpoolObserver) throws(SessionError) {
    settings = Self.evaluationSettings(given)
    evaluation = try Evaluation(settings)
    // What does not fit without any input is the profile's fault, not the first input's.
    let (_, plan) = try evaluation.fitting(DataFacts(predictions: true)).choose()
    folders = try SpoolFolders(settings.spool)
    digest = try SpoolDigest(evaluation)
    stamp = SpoolStamp(model: evaluation.digest, settings: digest.sha256)
    self.observer = observer
    summary = SpoolSummary(settings, memory: try MemoryFacts(planned: plan.ramBytes, held: nil, settings.host))
  }

  /// A spool's inputs are files, and evaluated as a whole.
  static func evaluationSettings(_ given: Settings) -> Settings {
    var settings = given
    settings.data.source = .file
    settings.evaluation.samples = 0
    return settings
  }

  func run(progress: Progress) throws(SessionError) -> SpoolSummary {
    let lock = try lockResults()
    defer { withExtendedLifetime(lock) {} }
    for folder in [settings.spool.resultsPath, settings.spool.rejectedFolder] { Leftovers.remove(inFolder: folder) }
    try moveOrphanedLabels()
    let listing = SpoolListing()
    var last: FileName?
    while true {
      let names = try pending(listing, after: last)
      guard let end = names.last else { break }
      for (index, name) in names.enumerated() {
        try checkStop()
        progress.update("inputs", done: index, of: names.count)
        try process(name)
      }
      last = end
    }
    progress.clear()
    summary.memory = try MemoryFacts(
      planned: summary.memory.ramPlannedBytes, held: summary.memory.ramPeakBytes, settings.host)
    return summary
  }

  private func lockResults() throws(SessionError) -> FileLock {
    do { return try FileLock(folder: folders.results.path, waiting: settings.host.lockWait) } catch {
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
      let path = folders.inbox.path(of: name)
      switch Blame(error) {
      case .host: throw error
      case .nobody: summary.left += 1
      case .input:
        let place = try reject(name, because: error)
        summary.rejected += 1
        observer.tell(.rejected(input: path, error, place: place))
      }
    }
  }

  func status(_ name: FileName) throws(SessionError) -> FileStatus? {
    do { return try folders.inbox.status(name) } catch { throw .file(error) }
  }

  /// - Throws: `SessionError`, whose `Blame` says what it means.
  private func evaluate(_ name: FileName) throws(SessionError) {
    guard let seen = try status(name), seen.kind != .folder else { return }
    let path = folders.inbox.path(of: name)
    try checkName(name, path)
    guard seen.kind == .regular else { throw .samples(path: path, .file(.notRegular(path: path))) }
    let labelsName = Self.labelsName(of: name)
    let seenLabels: FileStatus?
    if let labelsName { seenLabels = try status(labelsName) } else { seenLabels = nil }
    if let seenLabels, seenLabels.kind != .regular {
      throw .samples(path: path, .file(.notRegular(path: folders.inbox.path(of: labelsName!))))
    }

    let reportName = name + ".json"
    let front = readFront(reportName)
    let stampText = stamp.text(seen, labels: seenLabels)
    if front?.stamp == stampText {
      summary.skipped += 1
      return try finish(name, labels: seenLabels == nil ? nil : labelsName)
    }
    let data = try sha256(name, path)
    let labels: String?
    if seenLabels != nil { labels = try sha256(labelsName!, path) } else { labels = nil }
    let inputDigest = stamp.digest(data: data, labels: labels)
    func isUnchanged() throws(SessionError) -> Bool {
      guard try status(name) == seen else { return false }
      guard let labelsName else { return true }
      return try status(labelsName) == seenLabels
    }
    if front?.digest == inputDigest {
      if !(try isUnchanged()) { throw .changed(path: path) }
      summary.skipped += 1
      if folders.keepsInputs { try restamp(reportName, stampText) }
      return try finish(name, labels: seenLabels == nil ? nil : labelsName)
    }

    let opened = try OpenedData(
      open(name, path), labels: seenLabels == nil ? nil : open(labelsName!, path), settings.data, predictions: true)
    let predictions = name + "." + settings.spool.format.rawValue
    let output: AtomicFile
    do { output = try AtomicFile(in: folders.results, name: predictions) } catch { throw .file(error) }
    let report = try evaluation.run(
      opened, output: output, path: folders.results.path(of: predictions), progress: .none
    ) { () throws(SessionError) in
      if !(try isUnchanged()) { throw .changed(path: path) }
    }
    if report.facts.memory.ramPlannedBytes > summary.memory.ramPlannedBytes { summary.memory = report.facts.memory }
    let written: String
    do { written = try SHA256.hex(of: InputFile(in: folders.results, name: predictions)) } catch { throw .file(error) }
    let record = SpoolRecord(
      input: name, status: seen, stamp: stampText, digest: inputDigest, data: data, labels: labels,
      predictions: predictions, predictionsSHA256: written, settings: digest, report: report)
    try addToMetrics(record.metricsLine)
    try write(record.reportText, as: reportName, in: folders.results)
    summary.evaluated += 1
    summary.samples += report.samples
    if let gate = report.gate, !gate.passed {
      summary.gatesMissed += 1
      observer.tell(.gateMissed(input: path, gate))
    }
    try finish(name, labels: seenLabels == nil ? nil : labelsName)
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

  private func open(_ name: FileName, _ path: String) throws(SessionError) -> InputFile {
    do { return try InputFile(in: folders.inbox, name: name) } catch {
      guard case .system(.open, _, let errno) = error else { throw .samples(path: path, .file(error)) }
      // Somebody took it away, or put a link in its place.
      if errno == ENOENT || errno == ELOOP { throw .changed(path: path) }
      // What is the file's own, not the system's: it would be refused for ever, and all inputs behind it.
      if errno == EACCES && folders.inbox.forbidsReading(name) { throw .samples(path: path, .forbidden) }
      throw .samples(path: path, .file(error))
    }
  }

  private func sha256(_ name: FileName, _ path: String) throws(SessionError) -> String {
    let file = try open(name, path)
    do { return try SHA256.hex(of: file) } catch { throw .samples(path: path, .file(error)) }
  }

  // MARK: Writing down

  private func addToMetrics(_ line: String) throws(SessionError) {
    do throws(FileError) {
      if !isMetricsOpen {
        let log = try LineLog(path: settings.spool.metricsFile)
        lastLine = log.lastLine.map { String(decoding: $0, as: UTF8.self) + "\n" }
        metrics = consume log
        isMetricsOpen = true
      }
      if line == lastLine {
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

  /// The report with another stamp in its place: the same results of the same digests.
  private func restamp(_ name: FileName, _ stamp: String) throws(SessionError) {
    do throws(FileError) {
      var bytes = try readFile(InputFile(in: folders.results, name: name), atMost: 1 << 20)
      let place = ReportFront.stampOffset..<ReportFront.stampOffset + SpoolStamp.digits
      guard bytes.count > place.upperBound else { return }
      bytes.replaceSubrange(place, with: stamp.utf8)
      try AtomicFile.write(bytes, to: AtomicFile(in: folders.results, name: name))
    } catch { throw .file(error) }
  }

  func write(_ text: String, as name: FileName, in folder: borrowing Folder) throws(SessionError) {
    do throws(FileError) {
      try AtomicFile.write(Array(text.utf8), to: AtomicFile(in: folder, name: name))
    } catch { throw .file(error) }
  }
}
