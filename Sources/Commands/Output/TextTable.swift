/// Rows of text in aligned columns.
public struct TextTable {
  public enum Alignment: Sendable { case left, right }

  private let alignments: [Alignment]
  private var rows: [[String]] = []

  public init(_ alignments: [Alignment]) { self.alignments = alignments }

  /// - Precondition: one cell a column; a row without cells is a blank line.
  public mutating func add(_ cells: [String]) {
    precondition(cells.isEmpty || cells.count == alignments.count, "a cell for each column")
    rows.append(cells)
  }

  /// Two blanks between columns, none at the end of a line, a line break after each row.
  public var text: String {
    let widths = alignments.indices.map { column in
      rows.lazy.filter { !$0.isEmpty }.map { $0[column].count }.max() ?? 0
    }
    var text = ""
    for row in rows {
      var line = ""
      for (column, cell) in row.enumerated() {
        let blanks = String(repeating: " ", count: widths[column] - cell.count)
        line += (column > 0 ? "  " : "") + (alignments[column] == .left ? cell + blanks : blanks + cell)
      }
      while line.last == " " { line.removeLast() }
      text += line + "\n"
    }
    return text
  }
}
