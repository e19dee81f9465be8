/// The part of JSON (RFC 8259) that a tensor file's header uses: objects, strings, arrays of unsigned integers. What
/// follows an object's opening brace is asked for entry by entry, so that nothing nests deeper than the caller's code.
struct JSONScanner {
  private let bytes: [UInt8]
  private let end: Int
  private var position: Int

  /// - Precondition: `range` lies within `bytes`.
  init(_ bytes: [UInt8], _ range: Range<Int>) {
    self.bytes = bytes
    self.position = range.lowerBound
    self.end = range.upperBound
  }

  private var next: UInt8? { position < end ? bytes[position] : nil }

  private mutating func skipBlanks() {
    while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { position += 1 }
  }

  private func error(_ expected: String) -> TensorFileError { .syntax(atByte: position, expected: expected) }

  /// Passes blanks, then `character` if it comes next.
  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    skipBlanks()
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(TensorFileError) {
    guard skip(character) else { throw error("\(character)") }
  }

  mutating func beginObject() throws(TensorFileError) { try expect("{") }

  /// The next key of an object and where it stands, its colon passed; nil, and the closing brace passed, after the last.
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
    let start = position - 1
    var content: [UInt8] = []
    while let byte = next, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { throw error("an escaped control character") }
      position += 1
      if byte == UInt8(ascii: "\\") { content += try escaped() } else { content.append(byte) }
    }
    guard next != nil else { throw error("\"") }
    position += 1
    guard let value = String(validating: content, as: UTF8.self) else {
      throw .syntax(atByte: start, expected: "a string in UTF-8")
    }
    return (value, start)
  }

  /// What follows a backslash, in UTF-8.
  private mutating func escaped() throws(TensorFileError) -> [UInt8] {
    guard let byte = next else { throw error("an escape") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"): return Array(String(try escapedScalar()).utf8)
    default:
      position -= 1
      throw error("an escape")
    }
  }

  /// What follows `\u`: four hexadecimal digits, and for a high surrogate the low one too.
  private mutating func escapedScalar() throws(TensorFileError) -> Unicode.Scalar {
    let start = position
    var value = try hexadecimal()
    if (0xD800..<0xDC00).contains(value), next == UInt8(ascii: "\\") {
      position += 1
      guard next == UInt8(ascii: "u") else { throw error("\\u of a low surrogate") }
      position += 1
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
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw error("a hexadecimal digit")
      }
      value = value << 4 | UInt32(digit)
      position += 1
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
    skipBlanks()
    let start = position
    var value = 0
    while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
      let (tenfold, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, sumOverflow) = tenfold.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
      guard !overflow, !sumOverflow else { throw .syntax(atByte: start, expected: "an integer below 2^63") }
      value = sum
      position += 1
    }
    guard position > start else { throw error("an unsigned integer") }
    guard bytes[start] != UInt8(ascii: "0") || position == start + 1 else {
      throw .syntax(atByte: start, expected: "an integer without leading zeros")
    }
    return value
  }

  /// Passes the padding.
  mutating func endOfHeader() throws(TensorFileError) {
    while next == UInt8(ascii: " ") { position += 1 }
    guard position == end else { throw error("spaces until the end of the header") }
  }
}
