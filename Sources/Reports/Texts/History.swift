import Evaluation
import Files

/// The metrics of a spool's inputs, in the order in which they were evaluated.
package struct History {
  private let entries: [Entry]

  package typealias Entry = MetricsLine

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
    // A spool whose model was exchanged for one of another task has both kinds. What became of the model stands among
    // the inputs of each.
    let inputs = shown.filter { $0.event == nil }
    let kinds =
      inputs.isEmpty
      ? [shown.contains(where: \.isRegression)] : [false, true].filter { inputs.map(\.isRegression).contains($0) }
    return kinds.map { isRegression in
      let lines = shown.filter { $0.event != nil || $0.isRegression == isRegression }
      let trend = lines.filter { $0.event == nil }
      return table(lines, isRegression) + (trend.isEmpty ? "" : "\n" + (isRegression ? numbers(trend) : classes(trend)))
    }.joined(separator: "\n")
  }

  private func table(_ lines: [Entry], _ isRegression: Bool) -> String {
    var table = TextTable(
      isRegression
        ? [.left, .left, .right, .left, .right, .left, .left, .left]
        : [.left, .left, .right, .left, .right, .right, .left, .left, .left])
    table.add(
      ["input", "time", "samples"]
        + (isRegression
          ? ["RMSE (95 % interval)", "R²", "mean answers"]
          : ["accuracy (95 % interval)", "confidence", "low", "a class"]) + ["model", "gate"])
    var last: String?
    for line in lines {
      let isAnother = last != nil && line.model != last
      let model = (line.model.map { String($0.prefix(8)) } ?? "-") + (isAnother ? " *" : "")
      table.add(line.cells(isRegression) + [model, line.passed.map { $0 ? "met" : "missed" } ?? "-"])
      last = line.model ?? last
    }
    return table.text
  }

  private func classes(_ shown: [Entry]) -> String {
    let count = shown.map(\.predicted.count).max() ?? 0
    return trend(
      [
        ("accuracy", shown.map(\.accuracy)), ("confidence", shown.map(\.confidence)), ("low", shown.map(\.lowShare)),
      ] + (0..<count).map { index in ("class \(index)", shown.map { $0.share(of: index) }) })
  }

  private func numbers(_ shown: [Entry]) -> String {
    let count = shown.map(\.means.count).max() ?? 0
    return trend(
      [("RMSE", shown.map(\.rmse)), ("R²", shown.map(\.r2))]
        + (0..<count).map { index in ("answer \(index)", shown.map { index < $0.means.count ? $0.means[index] : nil }) }
    )
  }

  private func trend(_ lines: [(name: String, values: [Double?])]) -> String {
    var trend = TextTable([.left, .left, .left])
    let width = 60
    for (name, values) in lines {
      let finite = values.compactMap { $0 }
      guard let lowest = finite.min(), let highest = finite.max() else { continue }
      trend.add([
        name, sparkline(values.map { $0 ?? .nan }, width: width),
        "\(fixedText(lowest, digits: 4)) to \(fixedText(highest, digits: 4))",
      ])
    }
    return trend.text
  }
}

extension MetricsLine {
  /// Of a row of the table, without model and gate.
  fileprivate func cells(_ isRegression: Bool) -> [String] {
    let accuracy = (isRegression ? rmse : accuracy).map { fixedText($0, digits: 4) } ?? "-"
    let range = interval.map { " (\(fixedText($0.lower, digits: 4)) to \(fixedText($0.upper, digits: 4)))" } ?? ""
    let score = [time ?? "-", event == .rollback ? "-" : groupedText(samples), accuracy + range]
    if let event {
      return ["(\(event.rawValue))"] + score + (isRegression ? [r2Text, "-"] : ["-", "-", "-"])
    }
    if isRegression {
      return [input] + score + [r2Text, means.map { fixedText($0, digits: 4) }.joined(separator: " ")]
    }
    let shares = predicted.indices.map { share(of: $0).map { fixedText(100 * $0, digits: 1) } ?? "-" }
    return [input] + score + [
      confidence.map { fixedText($0, digits: 4) } ?? "-", lowShare.map { fixedText(100 * $0, digits: 1) + " %" } ?? "-",
      shares.joined(separator: " ") + " %",
    ]
  }

  private var r2Text: String { r2.map { fixedText($0, digits: 4) } ?? "-" }
}
