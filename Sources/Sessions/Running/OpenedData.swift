import Samples

/// The data's files, opened before planning, which asks them for their sizes.
struct OpenedData: ~Copyable {
  var stream: SampleStream?
  var labels: LabelFile?
  let facts: DataFacts

  /// - Throws: `SessionError.samples`, or `.setting` when no file is named.
  init(_ settings: Settings) throws(SessionError) {
    var facts = DataFacts()
    facts.predictions = !settings.evaluation.predictionsPath.isEmpty
    if settings.data.source == .spinChain {
      stream = nil
      labels = nil
      self.facts = facts
      return
    }
    let path = settings.data.path
    if path.isEmpty { throw .setting(name: "data.path", given: "nothing", allowed: "a file, or - for standard input") }
    if path == "-" && settings.data.labelsPath == "-" {
      throw .setting(name: "data.labels", given: "-", allowed: "a file: standard input is read for the samples")
    }
    let opened: SampleStream
    do { opened = try SampleStream(path: path) } catch { throw .samples(path: path, error) }
    facts.columns = opened.columns
    facts.outsideBytes = opened.outsideBytes
    let rows = opened.rows
    stream = consume opened
    if settings.data.labelsPath.isEmpty {
      labels = nil
    } else {
      let file: LabelFile
      do { file = try LabelFile(path: settings.data.labelsPath) } catch {
        throw .samples(path: settings.data.labelsPath, error)
      }
      facts.labels = file.count
      facts.outsideBytes += file.outsideBytes
      if let rows, rows != file.count {
        throw .samples(path: settings.data.labelsPath, .labelCount(given: file.count, expected: rows))
      }
      labels = consume file
    }
    self.facts = facts
  }
}
