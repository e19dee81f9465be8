import Files

/// The part of JSON (RFC 8259) that a tensor file's header uses: objects, strings, arrays of unsigned integers. What
/// follows an object's opening brace is asked for entry by entry, so that nothing nests deeper than the caller's code.
struct JSONScanner {
  private var scanner: ByteScanner

  /// - Precondition: `range` lies within `bytes`.
  init(_ bytes: [UInt8], _ range: Range<Int>) { scanner = ByteScanner(bytes, range) }

  private func error(_ expected: String) -> TensorFileError { .syntax(atByte: scanner.position, expected: expected) }

  /// Passes blanks, then `character` if it comes next.
  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    scanner.skip(anyOf: " \t\n\r")
    return scanner.skip(character)
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(TensorFileError) {
    guard skip(character) else { throw error("\(character)") }
  }

  mutating func beginObject() throws(TensorFileError) { try expect("{") }

  /// The next key of an object and where it stands, its colon passed; nil, and the closing brace passed, after the
  /// last.
  mutating func nextKey(isFirst: Bool) throws(TensorFileError) -> (key: String, atByte: Int)? {
    if skip("}") { return nil }
    if !isFirst && !skip(",") { throw error(", or }") }
    let (key, offset) = try string()
    try expect(":")
    return (key, offset)
  }

  /// A string and where its opening quotation mark stands.
  mutating func string() throws(TensorFileError) -> (value: String, atByte: Int) {
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
      throw .syntax(atByte: start, expected: "a string in UTF-8")
    }
    return (value, start)
  }

  /// What follows a backslash, in UTF-8.
  private mutating func escaped() throws(TensorFileError) -> [UInt8] {
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
    default: throw .syntax(atByte: start, expected: "an escape")
    }
  }

  /// What follows `\u`: four hexadecimal digits, and for a high surrogate the low one too.
  private mutating func escapedScalar() throws(TensorFileError) -> Unicode.Scalar {
    let start = scanner.position
    var value = try hexadecimal()
    if (0xD800..<0xDC00).contains(value), scanner.skip("\\") {
      guard scanner.skip("u") else { throw error("\\u of a low surrogate") }
      let low = try hexadecimal()
      guard (0xDC00..<0xE000).contains(low) else { throw error("a low surrogate") }
      value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(value) else {
      throw .syntax(atByte: start, expected: "a Unicode scalar")
    }
    return scalar
  }

  private mutating func hexadecimal() throws(TensorFileError) -> UInt32 {
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
  mutating func integers() throws(TensorFileError) -> [Int] {
    try expect("[")
    var values: [Int] = []
    if skip("]") { return values }
    repeat { values.append(try integer()) } while skip(",")
    guard skip("]") else { throw error(", or ]") }
    return values
  }

  private mutating func integer() throws(TensorFileError) -> Int {
    scanner.skip(anyOf: " \t\n\r")
    let start = scanner.position
    switch scanner.integer() {
    case .missing: throw error("an unsigned integer")
    case .tooLarge: throw .syntax(atByte: start, expected: "an integer below 2^63")
    case .value(let value):
      guard scanner.bytes[start] != UInt8(ascii: "0") || scanner.position == start + 1 else {
        throw .syntax(atByte: start, expected: "an integer without leading zeros")
      }
      return value
    }
  }

  /// Passes the padding.
  mutating func endOfHeader() throws(TensorFileError) {
    scanner.skip(anyOf: " ")
    guard scanner.position == scanner.end else { throw error("spaces until the end of the header") }
  }
}
