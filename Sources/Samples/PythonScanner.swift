import Files

/// The few Python literals of an NPY header: strings without escapes, `True` and `False`, tuples of integers.
struct PythonScanner {
  private var scanner: ByteScanner

  /// - Precondition: `range` lies within `bytes`.
  init(_ bytes: [UInt8], _ range: Range<Int>) { scanner = ByteScanner(bytes, range) }

  private func error(_ expected: String) -> NPYError { .syntax(atByte: scanner.position, expected: expected) }

  /// Passes spaces, then `character` if it comes next.
  mutating func skip(_ character: Unicode.Scalar) -> Bool {
    scanner.skip(anyOf: " ")
    return scanner.skip(character)
  }

  mutating func expect(_ character: Unicode.Scalar) throws(NPYError) {
    guard skip(character) else { throw error("\(character)") }
  }

  /// A string in single or double quotation marks, and where it begins.
  mutating func string() throws(NPYError) -> (value: String, atByte: Int) {
    guard skip("'") || skip("\"") else { throw error("a quoted string") }
    let start = scanner.position
    let mark = scanner.bytes[start - 1]
    while let byte = scanner.next, byte != mark {
      guard (0x20..<0x7F).contains(byte), byte != UInt8(ascii: "\\") else { throw error("plain ASCII") }
      scanner.advance()
    }
    guard scanner.next == mark else { throw error("a quotation mark") }
    scanner.advance()
    return (String(decoding: scanner.bytes[start..<scanner.position - 1], as: UTF8.self), start - 1)
  }

  /// Where a list begins, if one comes next; none is read.
  mutating func list() -> Int? { skip("[") ? scanner.position - 1 : nil }

  mutating func boolean() throws(NPYError) -> (value: Bool, atByte: Int) {
    scanner.skip(anyOf: " ")
    let start = scanner.position
    for (word, value) in [("True", true), ("False", false)]
    where scanner.bytes[start..<scanner.end].starts(with: word.utf8) {
      scanner.advance(word.utf8.count)
      return (value, start)
    }
    throw error("True or False")
  }

  /// A tuple of integers, and where it begins. `(3)` is an integer in Python, not a tuple, and refused.
  mutating func tuple() throws(NPYError) -> (value: [Int], atByte: Int) {
    try expect("(")
    let start = scanner.position - 1
    var values: [Int] = []
    var endsWithComma = false
    while !skip(")") {
      values.append(try integer())
      endsWithComma = skip(",")
      if !endsWithComma {
        try expect(")")
        break
      }
    }
    guard values.count != 1 || endsWithComma else { throw .syntax(atByte: start, expected: "a tuple") }
    return (values, start)
  }

  private mutating func integer() throws(NPYError) -> Int {
    scanner.skip(anyOf: " ")
    let start = scanner.position
    switch scanner.integer() {
    case .missing: throw error("an unsigned integer")
    case .tooLarge: throw .syntax(atByte: start, expected: "an integer below 2^63")
    case .value(let value): return value
    }
  }

  /// Passes the padding.
  mutating func endOfHeader() throws(NPYError) {
    scanner.skip(anyOf: " ")
    guard scanner.position == scanner.end - 1, scanner.skip("\n") else {
      throw error("spaces, then a newline at the end")
    }
  }
}
