/// The line on which each key of a TOML document stands. The TOML library tells lines for errors of syntax only, so
/// this follows the document's statements: section headers, keys with dots and quotes, and values as far as is needed
/// to find their end.
///
/// It expects a document that a TOML parser has accepted; on others it still ends, with lines that mean nothing. Keys
/// inside an inline table are not followed: they stand on their table's line.
///
/// It also finds what toml++ 3.4 answers with a failed assertion, so that the parser never sees such a document: a
/// section header that begins with what begins no key (its pull request 301), characters beyond ASCII outside strings
/// and comments (a line separator in an array), brackets that do not match (`[}`), and dates (`1979-05-27T"`), which no
/// setting takes.
struct ProfileLines {
  /// More parts of a key, or more brackets around a value, are no setting's: readers of TOML nest as deep as the text.
  static let deepest = 16

  private var lines: [[String]: Int] = [:]
  /// Values as they are written, but for those in inline tables.
  private var values: [[String]: String] = [:]
  private let bytes: [UInt8]
  private var position = 0
  private var line = 1
  private var lineStart = 0
  /// The first of these; line and column (in bytes) count from 1.
  private(set) var fault: (line: Int, column: Int, message: String)?

  init(_ text: String) {
    bytes = Array(text.utf8)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    var section: [String] = []
    while skipBlank() {
      if peek == UInt8(ascii: "[") {
        advance()
        if peek == UInt8(ascii: "[") { advance() }
        while peek == 0x20 || peek == 0x09 { advance() }
        if let byte = peek, !beginsKeyOrEndsHeader(byte) { note(fault: "a section's name is expected after [") }
        section = key()
        note(section)
        skipToEndOfLine()
      } else {
        let path = section + key()
        note(path)
        let value = skipValue()
        if values[path] == nil { values[path] = value }
        note(largeInteger: value)
      }
    }
  }

  /// The line of a key or, failing that, of the innermost table around it that has one; lines count from 1.
  func line(of path: [String]) -> Int {
    for count in stride(from: path.count, through: 1, by: -1) {
      if let line = lines[Array(path[..<count])] { return line }
    }
    return 1
  }

  private mutating func note(_ path: [String]) {
    if lines[path] == nil { lines[path] = line }
  }

  /// How a key's value is written; nil where that is not known.
  func value(of path: [String]) -> String? { values[path] }

  private mutating func note(largeInteger value: String) {
    let digits = value.hasPrefix("+") ? value.dropFirst() : value[...]
    if !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), Int(digits) == nil {
      note(fault: "integers of TOML end at 2^63 - 1; write a larger seed in quotes")
    }
  }

  private mutating func note(fault message: String) {
    if fault == nil { fault = (line, position - lineStart + 1, message) }
  }

  /// Outside strings and comments.
  private mutating func checkBare(_ byte: UInt8) {
    if byte >= 0x80 { note(fault: "characters beyond ASCII may stand in strings and comments only") }
  }

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func advance() {
    if peek == UInt8(ascii: "\n") {
      line += 1
      lineStart = position + 1
    }
    position += 1
  }

  private func beginsKeyOrEndsHeader(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "\""),
      UInt8(ascii: "'"), UInt8(ascii: "]"):
      true
    default: false
    }
  }

  /// Blanks, line ends and comments. - Returns: false at the end of the document.
  private mutating func skipBlank() -> Bool {
    while let byte = peek {
      if byte == UInt8(ascii: "#") {
        skipToEndOfLine()
      } else if byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
        advance()
      } else {
        return true
      }
    }
    return false
  }

  private mutating func skipToEndOfLine() {
    while let byte = peek, byte != UInt8(ascii: "\n") { position += 1 }
  }

  /// Parts joined by dots, up to the `=` or `]` after them.
  private mutating func key() -> [String] {
    var parts: [String] = []
    var part: [UInt8] = []
    while let byte = peek, byte != UInt8(ascii: "="), byte != UInt8(ascii: "]"), byte != UInt8(ascii: "\n") {
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        let start = position + 1
        skipString()
        part += bytes[min(start, position)..<max(start, position - 1)]
      } else {
        if byte == UInt8(ascii: ".") {
          parts.append(String(decoding: part, as: UTF8.self))
          if parts.count > Self.deepest { note(fault: "a key of so many parts is no setting's") }
          part = []
        } else if byte != 0x20 && byte != 0x09 {
          part.append(byte)
        }
        checkBare(byte)
        advance()
      }
    }
    return parts + [String(decoding: part, as: UTF8.self)]
  }

  /// From the `=` to the end of the value's last line.
  /// - Returns: the value, without comment and blanks around it.
  private mutating func skipValue() -> String {
    var begin = position
    if peek == UInt8(ascii: "=") { begin += 1 }
    var end = begin
    // What would close the arrays and inline tables that are open.
    var closing: [UInt8] = []
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "'"):
        skipString()
        end = position
      case UInt8(ascii: "#"): skipToEndOfLine()
      case UInt8(ascii: "\n") where closing.isEmpty: return text(begin, end)
      default:
        if byte == UInt8(ascii: "[") { closing.append(UInt8(ascii: "]")) }
        if byte == UInt8(ascii: "{") { closing.append(UInt8(ascii: "}")) }
        if closing.count > Self.deepest { note(fault: "so many brackets inside one another are no setting's") }
        if byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}"), closing.popLast() != byte {
          note(fault: "this bracket closes none that is open")
        }
        // A document may begin with what should follow a key.
        let before = position > 0 ? bytes[position - 1] : 0
        let followsDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(before)
        if followsDigit && (byte == UInt8(ascii: "-") || byte == UInt8(ascii: ":")) {
          note(fault: "dates and times are no setting's value; write text in quotes")
        }
        checkBare(byte)
        advance()
        if ![0x20, 0x09, 0x0A, 0x0D].contains(byte) { end = position }
      }
    }
    return text(begin, end)
  }

  private func text(_ begin: Int, _ end: Int) -> String {
    guard begin < end, end <= bytes.count else { return "" }
    return String(decoding: bytes[begin..<end].drop { $0 == 0x20 || $0 == 0x09 }, as: UTF8.self)
  }

  /// A string of either quote, of one line or of several, with both its ends.
  private mutating func skipString() {
    let quote = bytes[position]
    let isLong = position + 2 < bytes.count && bytes[position + 1] == quote && bytes[position + 2] == quote
    position += isLong ? 3 : 1
    while let byte = peek {
      if byte == UInt8(ascii: "\\") && quote == UInt8(ascii: "\"") {
        advance()
        advance()
      } else if byte != quote {
        advance()
      } else if !isLong {
        position += 1
        return
      } else if bytes[position...].prefix(3).elementsEqual([quote, quote, quote]) {
        position += 3
        // Up to two quotes may stand right before the three that end the string.
        while peek == quote { position += 1 }
        return
      } else {
        position += 1
      }
    }
  }
}
