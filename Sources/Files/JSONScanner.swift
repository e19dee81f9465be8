/// Why a text is not the JSON that was asked for.
public struct JSONSyntaxError: Error, Equatable, Sendable {
  /// Bytes from the start of the text.
  public let atByte: Int
  public let expected: String
}

/// JSON (RFC 8259), token by token. What follows an object's opening brace is asked for entry by entry, so that nothing
/// nests deeper than the caller's code.
public struct JSONScanner {
  var scanner: ByteScanner

  /// - Precondition: `range` lies within `bytes`.
  public init(_ bytes: [UInt8], _ range: Range<Int>) { scanner = ByteScanner(bytes, range) }

  private func error(_ expected: String, at position: Int? = nil) -> JSONSyntaxError {
    JSONSyntaxError(atByte: position ?? scanner.position, expected: expected)
  }

  mutating func skipBlanks() { scanner.skip(anyOf: " \t\n\r") }

  /// Passes blanks, then `character` if it comes next.
  mutating func skip(_ character: Unicode.Scalar) -> Bool {
    skipBlanks()
    return scanner.skip(character)
  }

  mutating func expect(_ character: Unicode.Scalar) throws(JSONSyntaxError) {
    guard skip(character) else { throw error("\(character)") }
  }

  public mutating func beginObject() throws(JSONSyntaxError) { try expect("{") }

  /// The next key of an object and where it stands, its colon passed; nil, and the closing brace passed, after the
  /// last.
  public mutating func nextKey(isFirst: Bool) throws(JSONSyntaxError) -> (key: String, atByte: Int)? {
    if skip("}") { return nil }
    if !isFirst && !skip(",") { throw error(", or }") }
    let (key, offset) = try string()
    try expect(":")
    return (key, offset)
  }

  /// A string and where its opening quotation mark stands.
  public mutating func string() throws(JSONSyntaxError) -> (value: String, atByte: Int) {
    try expect("\"")
    let start = scanner.position - 1
    var content: [UInt8] = []
    while let byte = scanner.next, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { throw error("an escaped control character") }
      scanner.advance()
      if byte == UInt8(ascii: "\\") { content += try escaped() } else { content.append(byte) }
    }
    guard scanner.next != nil else { throw error("\"") }
    scanner.advance()
    // Nearly all are ASCII, which needs no validation.
    if content.allSatisfy({ $0 < 0x80 }) { return (String(decoding: content, as: UTF8.self), start) }
    guard let value = String(validating: content, as: UTF8.self) else {
      throw error("a string in UTF-8", at: start)
    }
    return (value, start)
  }

  /// What follows a backslash, in UTF-8.
  private mutating func escaped() throws(JSONSyntaxError) -> [UInt8] {
    guard let byte = scanner.next else { throw error("an escape") }
    let start = scanner.position
    scanner.advance()
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"): return Array(String(try escapedScalar()).utf8)
    default: throw error("an escape", at: start)
    }
  }

  /// What follows `\u`: four hexadecimal digits, and for a high surrogate the low one too.
  private mutating func escapedScalar() throws(JSONSyntaxError) -> Unicode.Scalar {
    let start = scanner.position
    var value = try hexadecimal()
    if (0xD800..<0xDC00).contains(value), scanner.skip("\\") {
      guard scanner.skip("u") else { throw error("\\u of a low surrogate") }
      let low = try hexadecimal()
      guard (0xDC00..<0xE000).contains(low) else { throw error("a low surrogate") }
      value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(value) else {
      throw error("a Unicode scalar", at: start)
    }
    return scalar
  }

  private mutating func hexadecimal() throws(JSONSyntaxError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = scanner.next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw error("a hexadecimal digit")
      }
      value = value << 4 | UInt32(digit)
      scanner.advance()
    }
    return value
  }

  /// An array of unsigned integers.
  public mutating func integers() throws(JSONSyntaxError) -> [Int] {
    try expect("[")
    var values: [Int] = []
    if skip("]") { return values }
    repeat { values.append(try integer()) } while skip(",")
    guard skip("]") else { throw error(", or ]") }
    return values
  }

  private mutating func integer() throws(JSONSyntaxError) -> Int {
    skipBlanks()
    let start = scanner.position
    switch scanner.integer() {
    case .missing: throw error("an unsigned integer")
    case .tooLarge: throw error("an integer below 2^63", at: start)
    case .value(let value):
      guard scanner.bytes[start] != UInt8(ascii: "0") || scanner.position == start + 1 else {
        throw error("an integer without leading zeros", at: start)
      }
      return value
    }
  }

  /// Passes the padding.
  public mutating func endOfHeader() throws(JSONSyntaxError) {
    scanner.skip(anyOf: " ")
    guard scanner.position == scanner.end else { throw error("spaces until the end of the header") }
  }
}
