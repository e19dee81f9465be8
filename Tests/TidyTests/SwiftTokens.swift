/// A token of Swift source: a word (with its `@` or `#`), or one character of punctuation.
struct SwiftToken: Equatable {
  let text: Substring
  let line: Int

  var isWord: Bool { text.first.map { $0.isLetter || $0 == "_" || $0 == "@" || $0 == "#" || $0 == "`" } ?? false }
}

/// The tokens of a source without comments and string literals. An interpolation that holds string literals leaves its
/// own words behind; nothing here minds.
func swiftTokens(_ source: String) -> [SwiftToken] {
  var found: [SwiftToken] = []
  var rest = Substring(source)
  var line = 1
  while let first = rest.first {
    if first == "\n" {
      line += 1
      rest.removeFirst()
    } else if first.isWhitespace {
      rest.removeFirst()
    } else if rest.hasPrefix("//") {
      rest = rest.drop { $0 != "\n" }
    } else if rest.hasPrefix("/*") {
      line += skipBlockComment(&rest)
    } else if let delimiter = ["\"\"\"", "\""].first(where: { rest.hasPrefix($0) }) {
      line += skipString(&rest, delimiter)
    } else if first.isLetter || first.isNumber || "_@#`".contains(first) {
      let tail = rest.dropFirst().drop { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "`" }
      found.append(SwiftToken(text: rest[..<tail.startIndex], line: line))
      rest = tail
    } else {
      found.append(SwiftToken(text: rest.prefix(1), line: line))
      rest.removeFirst()
    }
  }
  return found
}

/// - Returns: the line ends passed over, here and below.
private func skipBlockComment(_ rest: inout Substring) -> Int {
  var depth = 0
  var lines = 0
  repeat {
    if rest.hasPrefix("/*") || rest.hasPrefix("*/") {
      depth += rest.hasPrefix("/*") ? 1 : -1
      rest.removeFirst(2)
    } else {
      if rest.removeFirst() == "\n" { lines += 1 }
    }
  } while depth > 0 && !rest.isEmpty
  return lines
}

private func skipString(_ rest: inout Substring, _ delimiter: String) -> Int {
  var lines = 0
  rest.removeFirst(delimiter.count)
  while !rest.isEmpty && !rest.hasPrefix(delimiter) {
    if rest.first == "\\" { rest.removeFirst() }
    if !rest.isEmpty && rest.removeFirst() == "\n" { lines += 1 }
  }
  rest.removeFirst(min(delimiter.count, rest.count))
  return lines
}
