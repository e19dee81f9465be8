import Files
import Models

extension CircuitPicture {
  private static let (step, row, left, top) = (34, 34, 44, 44)

  /// The same picture as a Scalable Vector Graphic of its own, without scripts or fonts of others.
  public func svg(title: String) -> String {
    let columns = panels.reduce(0) { $0 + Self.width(of: $1) }
    let width = Self.left + columns * Self.step + 70
    let height = Self.top + qubits * Self.row + (hasUnseen ? 26 : 4)
    var parts = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(width) \(height)\" width=\"\(width)\" "
        + "height=\"\(height)\" font-family=\"sans-serif\" font-size=\"13\">",
      "<title>\(title.escapedForXML)</title>",
      "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>",
    ]
    let end = Self.left + columns * Self.step
    for qubit in 0..<qubits {
      let y = Self.y(qubit)
      parts.append("<text x=\"6\" y=\"\(y + 4)\">q\(qubit)</text>")
      parts.append("<path d=\"M\(Self.left - 10) \(y)H\(end)\" stroke=\"#555\"/>")
      if !endings[qubit].isEmpty { parts.append("<text x=\"\(end + 6)\" y=\"\(y + 4)\">\(endings[qubit])</text>") }
    }
    var x = Self.left
    for panel in panels {
      parts.append("<text x=\"\(x)\" y=\"18\" fill=\"#555\">\(panel.title)</text>")
      for (index, column) in panel.columns.enumerated() {
        parts += Self.elements(column, x: x + index * Self.step + Self.step / 2)
      }
      x += Self.width(of: panel) * Self.step
    }
    if hasUnseen {
      parts.append(
        "<text x=\"\(Self.left)\" y=\"\(height - 8)\" fill=\"#555\" font-size=\"11\">pale: outside the light cone"
          + "</text>")
    }
    return parts.joined(separator: "\n") + "\n</svg>\n"
  }

  /// Columns of a panel and of its title, which has about 7 units a letter.
  private static func width(of panel: Panel) -> Int { max(panel.columns.count, (7 * panel.title.count + 40) / step) }

  private static func y(_ qubit: Int) -> Int { top + qubit * row }

  private static func elements(_ column: Column, x: Int) -> [String] {
    switch column {
    case .rotations(let seen):
      return seen.enumerated().map { qubit, isSeen in
        group(isSeen) {
          "<rect x=\"\(x - 11)\" y=\"\(y(qubit) - 11)\" width=\"22\" height=\"22\" rx=\"3\" fill=\"#cfe2f3\" "
            + "stroke=\"#1f4e79\"/><text x=\"\(x)\" y=\"\(y(qubit) + 4)\" text-anchor=\"middle\">R</text>"
        }
      }
    case .pairs(let pairs):
      return pairs.map { pair in
        group(pair.isSeen) {
          "<path d=\"M\(x) \(y(pair.span.lowerBound))V\(y(pair.span.upperBound))\" stroke=\"#7f3f00\"/>"
            + end(pair, isFirst: true, x: x) + end(pair, isFirst: false, x: x)
        }
      }
    }
  }

  private static func end(_ pair: Pair, isFirst: Bool, x: Int) -> String {
    let y = y(isFirst ? pair.first : pair.second)
    switch pair.kind {
    case .cx where !isFirst:
      return "<circle cx=\"\(x)\" cy=\"\(y)\" r=\"8\" fill=\"white\" stroke=\"#7f3f00\"/>"
        + "<path d=\"M\(x - 8) \(y)h16M\(x) \(y - 8)v16\" stroke=\"#7f3f00\"/>"
    case .cx, .cz: return "<circle cx=\"\(x)\" cy=\"\(y)\" r=\"4\" fill=\"#7f3f00\"/>"
    default: return "<path d=\"M\(x - 8) \(y)l8 -8l8 8l-8 8z\" fill=\"#f9cb9c\" stroke=\"#7f3f00\"/>"
    }
  }

  private static func group(_ isSeen: Bool, _ content: () -> String) -> String {
    isSeen ? content() : "<g opacity=\"0.25\">" + content() + "</g>"
  }
}

extension String {
  fileprivate var escapedForXML: String {
    var result = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "&": result += "&amp;"
      // No document may have these.
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
