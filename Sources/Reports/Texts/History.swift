import Evaluation
import Files

/// The metrics of a spool's inputs, in the order in which they were evaluated.
package struct History {
  package let entries: [Entry]

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

  /// - Parameters:
  ///   - columns: what a line may take.
  ///   - isUnicode: whether curves are drawn with blocks; else with ASCII.
  package func text(columns: Int = 80, isUnicode: Bool = true) -> String {
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
      let trend = HistoryTrend(lines.filter { $0.event == nil }, isRegression, isUnicode: isUnicode)
      return table(lines, isRegression, isUnicode).text(within: columns) + (trend.isEmpty ? "" : "\n" + trend.text)
    }.joined(separator: "\n")
  }

  private func table(_ lines: [Entry], _ isRegression: Bool, _ isUnicode: Bool) -> TextTable {
    var table = TextTable(
      [.left, .left, .right, .left, .left, .left]
        + (isRegression ? [.right, .right, .left] : [.right, .right, .right, .left]))
    table.add(
      ["input", "time", "samples", (isRegression ? "RMSE" : "accuracy") + " (95 % interval)", "model", "gate"]
        + (isRegression
          ? [isUnicode ? "R²" : "R2", "drift p", "mean answers"] : ["confidence", "low", "drift p", "a class"]))
    var last: String?
    for line in lines {
      let isAnother = last != nil && line.model != last
      let model = (line.model.map { String($0.prefix(8)) } ?? "-") + (isAnother ? " *" : "")
      table.add(line.front + [model, line.passed.map { $0 ? "met" : "missed" } ?? "-"] + line.rest(isRegression))
      last = line.model ?? last
    }
    return table
  }
}

extension MetricsLine {
  /// What was evaluated, and how well.
  fileprivate var front: [String] {
    let score = (isRegression ? rmse : accuracy).map { fixedText($0, digits: 4) } ?? "-"
    let range = interval.map { " (\(fixedText($0.lower, digits: 4)) to \(fixedText($0.upper, digits: 4)))" } ?? ""
    return [
      event.map { "(\($0.rawValue))" } ?? input, time ?? "-", event == .rollback ? "-" : groupedText(samples),
      score + range,
    ]
  }

  /// What the answers were like.
  fileprivate func rest(_ isRegression: Bool) -> [String] {
    let drift = driftP.map(shortText) ?? "-"
    let ratio = r2.map { fixedText($0, digits: 4) } ?? "-"
    if event != nil { return isRegression ? [ratio, drift, "-"] : ["-", "-", drift, "-"] }
    if isRegression { return [ratio, drift, means.map { fixedText($0, digits: 4) }.joined(separator: " ")] }
    let shares = predicted.indices.map { share(of: $0).map { fixedText(100 * $0, digits: 1) } ?? "-" }
    return [
      confidence.map { fixedText($0, digits: 4) } ?? "-", lowShare.map { fixedText(100 * $0, digits: 1) + " %" } ?? "-",
      drift, shares.joined(separator: " ") + " %",
    ]
  }
}
