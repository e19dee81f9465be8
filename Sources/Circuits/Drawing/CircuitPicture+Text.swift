/// What a terminal can show.
public struct TextCanvas: Sendable {
  /// Characters of a line.
  public let columns: Int
  /// Whether it shows characters beyond ASCII.
  public let isUnicode: Bool
  /// Whether it dims what is marked so; else other symbols stand for it.
  public let dims: Bool

  public init(columns: Int = 80, isUnicode: Bool, dims: Bool) {
    self.columns = columns
    self.isUnicode = isUnicode
    self.dims = dims
  }

  fileprivate func symbol(_ unicode: String, _ ascii: String) -> String { isUnicode ? unicode : ascii }

  fileprivate var wire: String { symbol("─", "-") }

  fileprivate func rotation(isSeen: Bool) -> String { isSeen || dims ? "R" : "r" }

  fileprivate func end(_ pair: CircuitPicture.Pair, isFirst: Bool) -> String {
    let isOther = !pair.isSeen && !dims
    switch pair.kind {
    case .cx where !isFirst: return isOther ? symbol("◇", "x") : symbol("⊕", "X")
    case .cx, .cz: return isOther ? symbol("○", "o") : symbol("●", "@")
    default: return isOther ? symbol("◇", "c") : symbol("◆", "C")
    }
  }

  fileprivate func dimmed(_ text: String, unless isSeen: Bool) -> String {
    dims && !isSeen ? "\u{1B}[2m" + text + "\u{1B}[22m" : text
  }
}

extension CircuitPicture {
  /// Lines of at most `canvas.columns` characters; what does not fit goes on below.
  public func text(_ canvas: TextCanvas) -> String {
    let labels = (0..<qubits).map { "q\($0)" }
    let labelWidth = labels.map(\.count).max()! + 1
    // A column is three characters; an ending and a blank follow the last.
    let room = max(1, (canvas.columns - labelWidth - (endings.map(\.count).max()! + 1)) / 3)
    var blocks: [[Cell]] = [[]]
    for panel in panels {
      let cells = cells(of: panel)
      // A panel begins a new line rather than be torn, if it fits there.
      if !blocks[blocks.count - 1].isEmpty && blocks[blocks.count - 1].count + cells.count > room {
        blocks.append([])
      }
      for cell in cells {
        if blocks[blocks.count - 1].count == room { blocks.append([]) }
        blocks[blocks.count - 1].append(cell)
      }
    }
    var lines: [String] = []
    for (index, block) in blocks.enumerated() {
      let blank = String(repeating: " ", count: labelWidth)
      lines.append(blank + block.map(\.title).joined())
      for qubit in 0..<qubits {
        let label = labels[qubit] + String(repeating: " ", count: labelWidth - labels[qubit].count)
        let ending = index == blocks.count - 1 ? " " + endings[qubit] : ""
        lines.append(label + block.map { onWire(qubit, $0.column, canvas) }.joined() + ending)
        if qubit + 1 < qubits { lines.append(blank + block.map { below(qubit, $0.column, canvas) }.joined()) }
      }
      if index < blocks.count - 1 { lines.append("") }
    }
    return (lines.map(\.withoutBlanksAtEnd) + legend(canvas)).joined(separator: "\n") + "\n"
  }

  private struct Cell {
    /// nil: nothing but wires.
    let column: Column?
    /// Three characters of the line above.
    let title: String
  }

  private func cells(of panel: Panel) -> [Cell] {
    let title = panel.title + " "
    let count = max(panel.columns.count, (title.count + 2) / 3)
    let padded = title + String(repeating: " ", count: 3 * count - min(title.count, 3 * count))
    return (0..<count).map { index in
      Cell(
        column: index < panel.columns.count ? panel.columns[index] : nil,
        title: String(padded.dropFirst(3 * index).prefix(3)))
    }
  }

  private func onWire(_ qubit: Int, _ column: Column?, _ canvas: TextCanvas) -> String {
    let wire = canvas.wire
    switch column {
    case .rotations(let seen):
      return wire + canvas.dimmed(canvas.rotation(isSeen: seen[qubit]), unless: seen[qubit]) + wire
    case .pairs(let pairs):
      guard let pair = pairs.first(where: { $0.span.contains(qubit) }) else { return wire + wire + wire }
      let symbol =
        pair.first == qubit
        ? canvas.end(pair, isFirst: true)
        : pair.second == qubit ? canvas.end(pair, isFirst: false) : canvas.symbol("┼", "+")
      return wire + canvas.dimmed(symbol, unless: pair.isSeen) + wire
    case nil: return wire + wire + wire
    }
  }

  /// The line between a qubit and the next.
  private func below(_ qubit: Int, _ column: Column?, _ canvas: TextCanvas) -> String {
    guard case .pairs(let pairs) = column,
      let pair = pairs.first(where: { $0.span.contains(qubit) && $0.span.contains(qubit + 1) })
    else { return "   " }
    return " " + canvas.dimmed(canvas.symbol("│", "|"), unless: pair.isSeen) + " "
  }

  private func legend(_ canvas: TextCanvas) -> [String] {
    var lines = [
      "\(canvas.rotation(isSeen: true)): RX, RY, RZ"
        + (hasCouplings
          ? "; \(canvas.symbol("◆", "C")): RXX, RYY, RZZ"
          : "; at the right, what is read out")
    ]
    if hasUnseen {
      lines.append(
        canvas.dims
          ? "dimmed: outside the light cone, so without influence on any answer"
          : "\(canvas.symbol("r, ○, ◇", "r, o, x")): outside the light cone, so without influence on any answer")
    }
    return [""] + lines
  }
}

extension String {
  fileprivate var withoutBlanksAtEnd: String {
    String(self[..<(lastIndex { $0 != " " }.map(index(after:)) ?? startIndex)])
  }
}
