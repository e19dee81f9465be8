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
    // A spool whose model was exchanged for one of another task has both kinds.
    let kinds = [shown.filter { !$0.isRegression }, shown.filter(\.isRegression)].filter { !$0.isEmpty }
    return kinds.map { $0[0].isRegression ? numbers($0) : classes($0) }.joined(separator: "\n")
  }

  private func classes(_ shown: [Entry]) -> String {
    var table = TextTable([.left, .left, .right, .left, .right, .right, .left, .left])
    table.add(["input", "time", "samples", "accuracy (95 % interval)", "confidence", "low", "a class", "gate"])
    for entry in shown { table.add(entry.cells) }
    let count = shown.map(\.predicted.count).max() ?? 0
    return table.text + "\n"
      + trend(
        [
          ("accuracy", shown.map(\.accuracy)), ("confidence", shown.map(\.confidence)), ("low", shown.map(\.lowShare)),
        ] + (0..<count).map { index in ("class \(index)", shown.map { $0.share(of: index) }) })
  }

  private func numbers(_ shown: [Entry]) -> String {
    var table = TextTable([.left, .left, .right, .left, .right, .left, .left])
    table.add(["input", "time", "samples", "RMSE (95 % interval)", "R²", "mean answers", "gate"])
    for entry in shown { table.add(entry.cells) }
    let count = shown.map(\.means.count).max() ?? 0
    return table.text + "\n"
      + trend(
        [("RMSE", shown.map(\.rmse)), ("R²", shown.map(\.r2))]
          + (0..<count).map { index in
            ("answer \(index)", shown.map { index < $0.means.count ? $0.means[index] : nil })
          })
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
  /// Of a row of the table.
  fileprivate var cells: [String] {
    let accuracy = (isRegression ? rmse : accuracy).map { fixedText($0, digits: 4) } ?? "-"
    let range = interval.map { " (\(fixedText($0.lower, digits: 4)) to \(fixedText($0.upper, digits: 4)))" } ?? ""
    let gate = passed.map { $0 ? "met" : "missed" } ?? "-"
    if isRegression {
      return [
        input, time ?? "-", groupedText(samples), accuracy + range, r2.map { fixedText($0, digits: 4) } ?? "-",
        means.map { fixedText($0, digits: 4) }.joined(separator: " "), gate,
      ]
    }
    let shares = predicted.indices.map { share(of: $0).map { fixedText(100 * $0, digits: 1) } ?? "-" }
    return [
      input, time ?? "-", groupedText(samples), accuracy + range, confidence.map { fixedText($0, digits: 4) } ?? "-",
      lowShare.map { fixedText(100 * $0, digits: 1) + " %" } ?? "-", shares.joined(separator: " ") + " %",
      gate,
    ]
  }
}
