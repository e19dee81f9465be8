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
    let widths = alignments.indices.map { column in rows.map { $0.isEmpty ? 0 : $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = row.indices.map { column in
        let blanks = String(repeating: " ", count: widths[column] - row[column].count)
        return alignments[column] == .right ? blanks + row[column] : row[column] + blanks
      }
      let line = cells.joined(separator: "  ")
      return line[..<(line.lastIndex { $0 != " " }.map(line.index(after:)) ?? line.startIndex)] + "\n"
    }.joined()
  }
}
