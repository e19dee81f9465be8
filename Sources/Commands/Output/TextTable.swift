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
    let counts = rows.map { $0.map(characters) }
    var widths = [Int](repeating: 0, count: alignments.count)
    for row in counts {
      for column in row.indices { widths[column] = max(widths[column], row[column]) }
    }
    let blank = UInt8(ascii: " ")
    var text: [UInt8] = []
    for row in rows.indices {
      let start = text.count
      for column in rows[row].indices {
        let blanks = repeatElement(blank, count: widths[column] - counts[row][column])
        if column > 0 { text += [blank, blank] }
        if alignments[column] == .right { text += blanks }
        text += rows[row][column].utf8
        if alignments[column] == .left { text += blanks }
      }
      while text.count > start && text.last == blank { text.removeLast() }
      text.append(UInt8(ascii: "\n"))
    }
    return String(decoding: text, as: UTF8.self)
  }
}

/// As many as a reader sees. Most cells are ASCII, where that is the number of bytes.
private func characters(_ cell: String) -> Int {
  cell.utf8.allSatisfy { $0 < 0x80 && $0 != 0x0D } ? cell.utf8.count : cell.count
}
