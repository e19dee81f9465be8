import Files
import Samples
import Settings

/// The data's files, opened before planning, which asks them for their sizes.
package struct OpenedData: ~Copyable {
  package var stream: SampleStream?
  package var labels: LabelFile?
  /// As messages name the label file; empty: there is none.
  package let labelsPath: String
  package let facts: DataFacts
  /// Whether the samples can be read more than once.
  package let canRewind: Bool

  /// The files of an evaluation.
  /// - Throws: `SessionError.samples`, or `.setting` when no file is named.
  package init(_ settings: Settings) throws(SessionError) {
    if settings.data.source == .spinChain {
      self.init(predictions: !settings.evaluation.predictionsPath.isEmpty)
      return
    }
    try self.init(
      path: settings.data.path, setting: "data.path", labelsPath: settings.data.labelsPath,
      predictions: !settings.evaluation.predictionsPath.isEmpty)
  }

  /// Ground states need no file.
  private init(predictions: Bool) {
    stream = nil
    labels = nil
    labelsPath = ""
    facts = DataFacts(predictions: predictions)
    canRewind = false
  }

  /// - Parameters:
  ///   - setting: the setting that names the file, for the message when it does not.
  ///   - labelsPath: empty: there are none.
  package init(path: String, setting: String, labelsPath: String, predictions: Bool = false)
    throws(SessionError)
  {
    if path.isEmpty { throw .setting(name: setting, given: "nothing", allowed: "a file, or - for standard input") }
    if path == "-" && labelsPath == "-" {
      throw .setting(name: "data.labels", given: "-", allowed: "a file: standard input is read for the samples")
    }
    let stream: SampleStream
    do { stream = try SampleStream(path: path) } catch { throw .samples(path: path, error) }
    let labels: LabelFile?
    do { labels = labelsPath.isEmpty ? nil : try LabelFile(path: labelsPath) } catch {
      throw .samples(path: labelsPath, error)
    }
    try self.init(stream, labels, labelsPath: labelsPath, predictions: predictions)
  }

  /// The same for files that are open.
  /// - Throws: `SessionError.samples`.
  package init(_ file: consuming InputFile, labels labelFile: consuming InputFile?, predictions: Bool)
    throws(SessionError)
  {
    let path = file.path
    let stream: SampleStream
    do { stream = try SampleStream(file) } catch { throw .samples(path: path, error) }
    guard let labelFile else {
      try self.init(stream, nil, labelsPath: "", predictions: predictions)
      return
    }
    let labelsPath = labelFile.path
    let labels: LabelFile
    do { labels = try LabelFile(labelFile) } catch { throw .samples(path: labelsPath, error) }
    try self.init(stream, labels, labelsPath: labelsPath, predictions: predictions)
  }

  private init(
    _ opened: consuming SampleStream, _ openedLabels: consuming LabelFile?, labelsPath: String, predictions: Bool
  ) throws(SessionError) {
    self.labelsPath = labelsPath
    var facts = DataFacts()
    facts.predictions = predictions
    facts.columns = opened.columns
    facts.hasBytes = opened.hasBytes
    facts.isComplex = opened.isComplex
    facts.outsideBytes = opened.outsideBytes
    let rows = opened.rows
    canRewind = opened.canRewind
    stream = consume opened
    if let file = consume openedLabels {
      facts.labels = file.count
      facts.outsideBytes += file.outsideBytes
      if let rows, rows != file.count {
        throw .samples(path: labelsPath, .labelCount(given: file.count, expected: rows))
      }
      labels = consume file
    } else {
      labels = nil
    }
    self.facts = facts
  }

  /// Reads the labels into memory for as many as the file has.
  package mutating func readLabels(
    into buffer: UnsafeMutableBufferPointer<Int32>, classes: Int, selected: [Int]
  ) throws(SessionError) {
    guard let labels = labels.take() else { return }
    do { try labels.read(into: buffer, classes: classes, selected: selected) } catch {
      throw .samples(path: labelsPath, error)
    }
  }
}

extension DataSettings {
  /// - Parameter areInData: whether labels come with the data.
  /// - Throws: `SessionError.setting` for more selected classes than logits, or without labels to select by.
  package func checkClasses(logits: Int, areInData: Bool = false) throws(SessionError) {
    if source == .file && !classes.isEmpty && labelsPath.isEmpty && !areInData {
      throw .setting(
        name: "data.labels", given: "nothing", allowed: "a file: data.classes selects by label")
    }
    if classes.count > logits {
      throw .setting(
        name: "data.classes", given: "\(classes.count) classes",
        allowed: "at most \(logits), one a logit")
    }
  }
}
