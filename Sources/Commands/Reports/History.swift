import Files

/// The metrics of a spool's inputs, in the order in which they were evaluated.
package struct History {
  private let entries: [Entry]

  struct Entry {
    /// The line itself, a tenth of what it is as JSON.
    let line: [UInt8]
    let input: String
    let time: String?
    let samples: Int
    let accuracy: Double?
    let interval: (lower: Double, upper: Double)?
    let confidence: Double?
    let lowConfidence: Int
    let predicted: [Int]
    let passed: Bool?
  }

  /// A last line without an end, which a run may be writing now, is passed over.
  /// - Parameter last: so many of them are kept, however long the file is.
  /// - Throws: `CommandError.session`, `.metrics`.
  package init(path: String, last: Int) throws(CommandError) {
    var entries: [Entry] = []
    var (line, isSound) = (0, true)
    do {
      try forEachLine(of: InputFile(path: path), atMost: LineLog.longestLine) { bytes in
        line += 1
        guard let entry = Entry(Array(bytes)) else {
          isSound = false
          return false
        }
        entries.append(entry)
        if entries.count - last >= last { entries.removeFirst(entries.count - last) }
        return true
      }
    } catch { throw .session(.samples(path: path, .file(error))) }
    if !isSound { throw .metrics(path: path, line: line) }
    self.entries = entries.suffix(last)
  }

  package var json: JSON { .array(entries.compactMap { JSON($0.line) }) }

  package var text: String {
    let shown = entries
    if shown.isEmpty { return "no input was evaluated yet\n" }
    var table = TextTable([.left, .left, .right, .left, .right, .right, .left, .left])
    table.add(["input", "time", "samples", "accuracy (95 % interval)", "confidence", "low", "a class", "gate"])
    for entry in shown { table.add(entry.cells) }
    var trend = TextTable([.left, .left, .left])
    let width = 60
    func add(_ name: String, _ values: [Double?]) {
      let finite = values.compactMap { $0 }
      guard let lowest = finite.min(), let highest = finite.max() else { return }
      trend.add([
        name, sparkline(values.map { $0 ?? .nan }, width: width),
        "\(fixedText(lowest, digits: 4)) to \(fixedText(highest, digits: 4))",
      ])
    }
    add("accuracy", shown.map(\.accuracy))
    add("confidence", shown.map(\.confidence))
    add("low", shown.map(\.lowShare))
    for index in 0..<(shown.map(\.predicted.count).max() ?? 0) {
      add("class \(index)", shown.map { $0.share(of: index) })
    }
    return table.text + "\n" + trend.text
  }
}

extension History.Entry {
  /// nil where the line is none of a spool's metrics.
  init?(_ line: [UInt8]) {
    guard let json = JSON(line), let input = json["input"]?.asString, let samples = json["samples"]?.asInteger,
      samples >= 0,
      let predicted = json["predicted"]?.asArray?.map(\.asInteger), !predicted.contains(nil),
      let low = json["low_confidence"]?.asInteger
    else { return nil }
    self.line = line
    self.input = input
    self.samples = samples
    self.predicted = predicted.compactMap { $0 }
    time = json["time"]?.asString
    accuracy = json["accuracy"]?.asNumber
    let ends = json["accuracy_interval"]?.asArray?.compactMap(\.asNumber) ?? []
    interval = ends.count == 2 ? (ends[0], ends[1]) : nil
    confidence = json["mean_confidence"]?.asNumber
    lowConfidence = low
    passed = json["gate"]?["passed"]?.asBoolean
  }

  var lowShare: Double? { samples > 0 ? Double(lowConfidence) / Double(samples) : nil }

  func share(of index: Int) -> Double? {
    samples > 0 && index < predicted.count ? Double(predicted[index]) / Double(samples) : nil
  }

  var cells: [String] {
    let accuracy = accuracy.map { fixedText($0, digits: 4) } ?? "-"
    let range = interval.map { " (\(fixedText($0.lower, digits: 4)) to \(fixedText($0.upper, digits: 4)))" } ?? ""
    let shares = predicted.indices.map { share(of: $0).map { fixedText(100 * $0, digits: 1) } ?? "-" }
    return [
      input, time ?? "-", groupedText(samples), accuracy + range, confidence.map { fixedText($0, digits: 4) } ?? "-",
      lowShare.map { fixedText(100 * $0, digits: 1) + " %" } ?? "-", shares.joined(separator: " ") + " %",
      passed.map { $0 ? "met" : "missed" } ?? "-",
    ]
  }
}
