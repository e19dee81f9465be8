import Evaluation
import Glibc

/// How a spool's inputs went, one after the other, a curve a quantity; several of many inputs share a column.
struct HistoryTrend {
  private let lines: [MetricsLine]
  private let isRegression, isUnicode: Bool

  /// Beside the longest name and two numbers in a line of 80.
  private static let width = 48

  init(_ lines: [MetricsLine], _ isRegression: Bool, isUnicode: Bool) {
    (self.lines, self.isRegression, self.isUnicode) = (lines, isRegression, isUnicode)
  }

  var isEmpty: Bool { lines.isEmpty }

  var text: String {
    var table = TextTable([.left, .left, .left])
    for (name, values) in curves { add(name, values, to: &table) { fixedText($0, digits: 4) } }
    // What matters of p is how many noughts it begins with.
    let drift = lines.map { line in line.driftP.map { log10(max($0, 1e-300)) } }
    add("drift p", drift, to: &table) { shortText(pow(10, $0)) }
    let models = lines.map(\.model)
    let isAnother = lines.indices.map { $0 > 0 && models[$0] != models[$0 - 1] }
    mark("model", isAnother, "*", "another model", to: &table)
    mark("gate", lines.map { $0.passed == false }, "x", "missed", to: &table)
    return table.text
  }

  private var curves: [(String, [Double?])] {
    func many(_ count: Int?, _ name: String, _ value: @escaping (MetricsLine, Int) -> Double?) -> [(String, [Double?])]
    {
      (0..<(count ?? 0)).map { index in ("\(name) \(index)", lines.map { value($0, index) }) }
    }
    if isRegression {
      return [("RMSE", lines.map(\.rmse)), (isUnicode ? "R²" : "R2", lines.map(\.r2))]
        + many(lines.map(\.means.count).max(), "answer") { $1 < $0.means.count ? $0.means[$1] : nil }
    }
    return [
      ("accuracy", lines.map(\.accuracy)), ("confidence", lines.map(\.confidence)), ("low", lines.map(\.lowShare)),
    ] + many(lines.map(\.predicted.count).max(), "class") { $0.share(of: $1) }
  }

  private func add(_ name: String, _ values: [Double?], to table: inout TextTable, _ number: (Double) -> String) {
    let finite = values.compactMap { $0 }
    guard let lowest = finite.min(), let highest = finite.max() else { return }
    let curve = sparkline(values.map { $0 ?? .nan }, width: Self.width, isUnicode: isUnicode)
    table.add([name, curve, "\(number(lowest)) to \(number(highest))"])
  }

  /// A line of marks below the curves, in their columns; none where nothing is marked.
  private func mark(_ name: String, _ isMarked: [Bool], _ mark: Character, _ meaning: String, to table: inout TextTable)
  {
    if !isMarked.contains(true) { return }
    let columns = min(Self.width, isMarked.count)
    let marks = (0..<columns).map { column in
      isMarked[column * isMarked.count / columns..<(column + 1) * isMarked.count / columns].contains(true) ? mark : " "
    }
    table.add([name, String(marks), "\(mark) \(meaning)"])
  }
}
