/// The few Python literals of an NPY header: strings without escapes, `True` and `False`, tuples of integers.
struct PythonScanner {
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

  private func error(_ expected: String) -> NPYError { .syntax(atByte: position, expected: expected) }

  private mutating func skipSpaces() {
    while next == UInt8(ascii: " ") { position += 1 }
  }

  /// Passes spaces, then `character` if it comes next.
  mutating func skip(_ character: Unicode.Scalar) -> Bool {
    skipSpaces()
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  mutating func expect(_ character: Unicode.Scalar) throws(NPYError) {
    guard skip(character) else { throw error("\(character)") }
  }

  /// A string in single or double quotation marks, and where it begins.
  mutating func string() throws(NPYError) -> (value: String, atByte: Int) {
    guard skip("'") || skip("\"") else { throw error("a quoted string") }
    let mark = bytes[position - 1]
    let start = position
    while let byte = next, byte != mark {
      guard (0x20..<0x7F).contains(byte), byte != UInt8(ascii: "\\") else { throw error("plain ASCII") }
      position += 1
    }
    guard next == mark else { throw error("a quotation mark") }
    position += 1
    return (String(decoding: bytes[start..<position - 1], as: UTF8.self), start - 1)
  }

  mutating func boolean() throws(NPYError) -> (value: Bool, atByte: Int) {
    skipSpaces()
    for (word, value) in [("True", true), ("False", false)]
    where bytes[position..<end].starts(with: Array(word.utf8)) {
      position += word.utf8.count
      return (value, position - word.utf8.count)
    }
    throw error("True or False")
  }

  /// A tuple of integers, and where it begins. `(3)` is an integer in Python, not a tuple, and refused.
  mutating func tuple() throws(NPYError) -> (value: [Int], atByte: Int) {
    try expect("(")
    let start = position - 1
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
    skipSpaces()
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
    return value
  }

  /// Passes the padding.
  mutating func endOfHeader() throws(NPYError) {
    skipSpaces()
    guard position == end - 1, next == UInt8(ascii: "\n") else { throw error("spaces, then a newline at the end") }
  }
}
