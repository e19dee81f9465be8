import Files
import Models
import Samples
import Settings

/// The data's files, opened before planning, which asks them for their sizes.
package struct OpenedData: ~Copyable {
  package var stream: SampleStream?
  package var labels: LabelFile?
  /// Of a regression.
  package var targets: TargetFile?
  /// As messages name the file of labels or targets; empty: there is none.
  package let labelsPath: String
  /// The name of the column of labels; nil: there is none.
  package let labelName: String?
  package let facts: DataFacts
  /// Whether the samples can be read more than once.
  package let canRewind: Bool

  /// The files of an evaluation.
  /// - Parameter outputs: of a regression; nil: of classes.
  /// - Throws: `SessionError.samples`, or `.setting` when no file is named.
  package init(_ settings: Settings, outputs: Int?) throws(SessionError) {
    if settings.data.source == .spinChain {
      self.init(predictions: !settings.evaluation.predictionsPath.isEmpty)
      return
    }
    try self.init(
      path: settings.data.path, setting: "data.path",
      labelsPath: settings.data.answers(isRegression: outputs != nil).path,
      settings.data, outputs: outputs, predictions: !settings.evaluation.predictionsPath.isEmpty)
  }

  /// Ground states need no file.
  private init(predictions: Bool) {
    stream = nil
    labels = nil
    targets = nil
    labelsPath = ""
    labelName = nil
    facts = DataFacts(predictions: predictions)
    canRewind = false
  }

  /// - Parameters:
  ///   - setting: the setting that names the file, for the message when it does not.
  ///   - labelsPath: of labels or targets; empty: there are none.
  ///   - data: what is said of texts.
  ///   - outputs: of a regression; nil: of classes.
  package init(
    path: String, setting: String, labelsPath: String, _ data: DataSettings, outputs: Int?, predictions: Bool = false
  ) throws(SessionError) {
    if path.isEmpty { throw .setting(name: setting, given: "nothing", allowed: "a file, or - for standard input") }
    if path == "-" && labelsPath == "-" {
      throw .setting(
        name: data.answers(isRegression: outputs != nil).setting, given: "-",
        allowed: "a file: standard input is read for the samples")
    }
    let stream: SampleStream
    do { stream = try SampleStream(path: path, data.text) } catch { throw .samples(path: path, error) }
    try Self.check(stream, labelsPath: labelsPath, data)
    if let outputs {
      let targets: TargetFile?
      do { targets = labelsPath.isEmpty ? nil : try TargetFile(path: labelsPath, outputs: outputs) } catch {
        throw .samples(path: labelsPath, error)
      }
      try self.init(stream, nil, targets, labelsPath: labelsPath, data, predictions: predictions)
      return
    }
    let labels: LabelFile?
    do { labels = labelsPath.isEmpty ? nil : try LabelFile(path: labelsPath) } catch {
      throw .samples(path: labelsPath, error)
    }
    try self.init(stream, labels, nil, labelsPath: labelsPath, data, predictions: predictions)
  }

  /// The same for files that are open.
  /// - Throws: `SessionError.samples`.
  package init(
    _ file: consuming InputFile, labels labelFile: consuming InputFile?, _ data: DataSettings, outputs: Int?,
    predictions: Bool
  ) throws(SessionError) {
    let path = file.path
    let stream: SampleStream
    do { stream = try SampleStream(file, data.text) } catch { throw .samples(path: path, error) }
    try Self.check(stream, labelsPath: labelFile?.path ?? "", data)
    guard let labelFile else {
      try self.init(stream, nil, nil, labelsPath: "", data, predictions: predictions)
      return
    }
    let labelsPath = labelFile.path
    if let outputs {
      let targets: TargetFile
      do { targets = try TargetFile(labelFile, outputs: outputs) } catch { throw .samples(path: labelsPath, error) }
      try self.init(stream, nil, targets, labelsPath: labelsPath, data, predictions: predictions)
      return
    }
    let labels: LabelFile
    do { labels = try LabelFile(labelFile) } catch { throw .samples(path: labelsPath, error) }
    try self.init(stream, labels, nil, labelsPath: labelsPath, data, predictions: predictions)
  }

  private init(
    _ opened: consuming SampleStream, _ openedLabels: consuming LabelFile?, _ targets: TargetFile?, labelsPath: String,
    _ data: DataSettings, predictions: Bool
  ) throws(SessionError) {
    if let rows = opened.rows {
      if let given = targets?.count, given != rows {
        throw .samples(path: labelsPath, .targetCount(given: given, expected: rows))
      }
      if let given = openedLabels?.count, given != rows {
        throw .samples(path: labelsPath, .labelCount(given: given, expected: rows))
      }
    }
    self.init(matching: opened, openedLabels, targets, labelsPath: labelsPath, data, predictions: predictions)
  }

  /// Throws nothing: what a half-made value holds is not for Swift 6.2 to give back.
  private init(
    matching opened: consuming SampleStream, _ openedLabels: consuming LabelFile?, _ targets: TargetFile?,
    labelsPath: String, _ data: DataSettings, predictions: Bool
  ) {
    labelName = opened.labelName
    self.labelsPath = labelsPath
    var facts = DataFacts()
    facts.predictions = predictions
    facts.columns = opened.columns
    facts.fields = opened.fields
    facts.pads = data.text.pads
    facts.hasBytes = opened.hasBytes
    facts.isComplex = opened.isComplex
    facts.outsideBytes = opened.outsideBytes
    canRewind = opened.canRewind
    stream = consume opened
    if let targets {
      facts.targets = targets.count
      facts.outsideBytes += targets.outsideBytes
    }
    self.targets = targets
    if let file = consume openedLabels {
      facts.labels = file.count
      facts.outsideBytes += file.outsideBytes
      labels = consume file
    } else {
      labels = nil
    }
    self.facts = facts
  }

  /// What can be told before a row is read.
  private static func check(
    _ stream: borrowing SampleStream, labelsPath: String, _ data: DataSettings
  ) throws(SessionError) {
    if stream.rows == 0 { throw .samples(path: stream.path, .empty) }
    // An array has no labels beside its samples.
    if stream.fields == nil && labelsPath.isEmpty && !data.classes.isEmpty {
      throw .samples(path: stream.path, .unlabelled(row: 0))
    }
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

extension OpenedData {
  /// Reads the targets into memory for as many as the file has.
  package mutating func readTargets(into buffer: UnsafeMutableBufferPointer<Double>) throws(SessionError) {
    guard let file = targets.take() else { return }
    do { try file.read(into: buffer, largest: Model.largestTarget) } catch {
      throw .samples(path: labelsPath, error)
    }
  }
}

extension DataSettings {
  /// Where the file's labels or targets stand, and the setting that names it.
  package func answers(isRegression: Bool) -> (path: String, setting: String) {
    isRegression ? (targetsPath, "data.targets") : (labelsPath, "data.labels")
  }

  /// The same of the file to test on.
  package func testAnswers(isRegression: Bool) -> (path: String, setting: String) {
    isRegression ? (testTargetsPath, "data.test-targets") : (testLabelsPath, "data.test-labels")
  }

  /// - Throws: `SessionError.setting` for more selected classes than logits.
  package func checkClasses(logits: Int) throws(SessionError) {
    if classes.count > logits {
      throw .setting(
        name: "data.classes", given: "\(classes.count) classes",
        allowed: "at most \(logits), one a logit")
    }
  }
}
