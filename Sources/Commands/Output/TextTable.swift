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
    var widths = [Int](repeating: 0, count: alignments.count)
    var counts: [Int] = []
    var bytes = 0
    for row in rows {
      for column in row.indices {
        let count = characters(row[column])
        counts.append(count)
        widths[column] = max(widths[column], count)
        bytes += row[column].utf8.count
      }
    }
    bytes += rows.count * widths.reduce(1) { $0 + $1 + 2 }
    // A run prints such a table even where it takes a millisecond, so its bytes are put in place once.
    return String(unsafeUninitializedCapacity: bytes) { text in
      var (end, cell) = (0, 0)
      for row in rows {
        // Owed until something follows: none end a line.
        var blanks = 0
        let start = end
        for column in row.indices {
          let free = widths[column] - counts[cell]
          cell += 1
          if column > 0 { blanks += 2 }
          if alignments[column] == .right { blanks += free }
          if !row[column].isEmpty {
            for place in end..<end + blanks { text[place] = UInt8(ascii: " ") }
            end += blanks
            blanks = 0
            for byte in row[column].utf8 {
              text[end] = byte
              end += 1
            }
          }
          if alignments[column] == .left { blanks += free }
        }
        while end > start && text[end - 1] == UInt8(ascii: " ") { end -= 1 }
        text[end] = UInt8(ascii: "\n")
        end += 1
      }
      return end
    }
  }
}

/// As many as a reader sees. Nearly all cells hold nothing but scalars below U+0300 and the dashes and quotation marks
/// of U+2010 to U+2027 (E2 80 90 to E2 80 A7), each of which is one: there they need not be put together.
private func characters(_ cell: String) -> Int {
  let isASCII = cell.utf8.withContiguousStorageIfAvailable { bytes in
    bytes.reduce(into: UInt8(0)) { $0 |= $1 == 0x0D ? 0x80 : $1 } < 0x80
  }
  if isASCII == true { return cell.utf8.count }
  var (scalars, ofMark) = (0, 0)
  for byte in cell.utf8 {
    switch (ofMark, byte) {
    case (0, 0x0D): return cell.count
    case (0, ..<0x80), (0, 0xC0..<0xCC): scalars += 1
    case (0, ..<0xC0): break
    case (0, 0xE2): (scalars, ofMark) = (scalars + 1, 1)
    case (1, 0x80): ofMark = 2
    case (2, 0x90...0xA7): ofMark = 0
    default: return cell.count
    }
  }
  return scalars
}
