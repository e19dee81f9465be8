/// Rows of text in aligned columns.
public struct TextTable {
  public enum Alignment: Sendable { case left, right }

  private static let (width, narrowest) = (80, 20)

  let alignments: [Alignment]
  private(set) var rows: [(cells: [String], across: String?)] = []

  public init(_ alignments: [Alignment]) { self.alignments = alignments }

  /// - Precondition: one cell a column; a row without cells is a blank line.
  public mutating func add(_ cells: [String]) {
    precondition(cells.isEmpty || cells.count == alignments.count, "a cell for each column")
    rows.append((cells, nil))
  }

  /// A text across all columns, folded to lines of 80 characters, the later ones two blanks further in.
  public mutating func add(line text: String) {
    let indent = String(repeating: " ", count: text.prefix { $0 == " " }.count)
    let lines = String(text.dropFirst(indent.count)).folded(to: Self.width - indent.count - 2)
    for (index, line) in lines.split(separator: "\n").enumerated() {
      rows.append(([], indent + (index == 0 ? "" : "  ") + line))
    }
  }

  /// Two blanks between columns, none at the end of a line, a line break after each row. Texts of the last column are
  /// folded so that lines have 80 characters at most, where there is room for it and words allow it.
  public var text: String {
    let widths = alignments.indices.map { column in
      rows.map { $0.cells.isEmpty ? 0 : $0.cells[column].count }.max() ?? 0
    }
    let start = widths.dropLast().reduce(0) { $0 + $1 + 2 }
    let folds = alignments.last == .left && start <= Self.width - Self.narrowest
    return rows.flatMap { row -> [String] in
      if let text = row.across { return [text] }
      return (folds ? folded(row.cells, to: Self.width - start) : [row.cells]).map { line($0, widths) }
    }.map { $0 + "\n" }.joined()
  }

  func line(_ cells: [String], _ widths: [Int]) -> String {
    let line = cells.indices.map { column in
      let blanks = String(repeating: " ", count: max(0, widths[column] - cells[column].count))
      return alignments[column] == .right ? blanks + cells[column] : cells[column] + blanks
    }.joined(separator: "  ")
    return String(line[..<(line.lastIndex { $0 != " " }.map(line.index(after:)) ?? line.startIndex)])
  }

  /// The row with the lines of its last cell, which the other columns are empty beside.
  private func folded(_ row: [String], to width: Int) -> [[String]] {
    guard let last = row.last, last.count > width else { return [row] }
    return last.folded(to: width).split(separator: "\n").enumerated().map { index, line in
      (index == 0 ? Array(row.dropLast()) : Array(repeating: "", count: row.count - 1)) + [String(line)]
    }
  }
}
