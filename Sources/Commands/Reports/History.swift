import Files

/// The metrics of a spool's inputs, in the order in which they were evaluated.
package struct History {
  /// More is not read: about a million inputs.
  static let largestBytes = 1 << 29

  private let entries: [Entry]

  struct Entry {
    let json: JSON
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
  /// - Throws: `CommandError.session`, `.metrics`.
  package init(path: String) throws(CommandError) {
    let bytes: [UInt8]
    do { bytes = try readFile(path, atMost: Self.largestBytes) } catch {
      throw .session(.samples(path: path, .file(error)))
    }
    var entries: [Entry] = []
    var start = 0
    while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
      guard let json = JSON(Array(bytes[start..<end])), let entry = Entry(json) else {
        throw .metrics(path: path, line: entries.count + 1)
      }
      entries.append(entry)
      start = end + 1
    }
    self.entries = entries
  }

  package func json(last: Int) -> JSON { .array(entries.suffix(last).map(\.json)) }

  package func text(last: Int) -> String {
    let shown = entries.suffix(last)
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
  /// nil where the object is none of a spool's metrics.
  init?(_ json: JSON) {
    guard let input = json["input"]?.asString, let samples = json["samples"]?.asInteger, samples >= 0,
      let predicted = json["predicted"]?.asArray?.map(\.asInteger), !predicted.contains(nil),
      let low = json["low_confidence"]?.asInteger
    else { return nil }
    self.json = json
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
