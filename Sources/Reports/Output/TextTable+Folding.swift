extension TextTable {
  /// The rows in at most so many columns where cells allow it: one that is wider goes on in further lines, which begin
  /// with two blanks, and whose cells stand in columns of their own.
  func text(within width: Int) -> String {
    let widths = alignments.indices.map { column in
      rows.map { $0.cells.isEmpty ? 0 : $0.cells[column].count }.max() ?? 0
    }
    var lines: [Range<Int>] = []
    var (start, used) = (0, 0)
    for (column, cell) in widths.enumerated() {
      let more = column == 0 ? cell : used + 2 + cell
      if more > width && column > start {
        lines.append(start..<column)
        (start, used) = (column, 2 + cell)
      } else {
        used = more
      }
    }
    lines.append(start..<alignments.count)
    var folded = ""
    for row in rows {
      if row.cells.isEmpty { folded += (row.across ?? "") + "\n" }
      for columns in lines where !row.cells.isEmpty {
        let part = TextTable(Array(alignments[columns])).line(Array(row.cells[columns]), Array(widths[columns]))
        if columns.lowerBound == 0 { folded += part + "\n" } else if !part.isEmpty { folded += "  " + part + "\n" }
      }
    }
    return folded
  }
}
