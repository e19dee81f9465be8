import Files

/// What a whole JSON text needs beyond a tensor file's header.
extension JSONScanner {
  /// Passes blanks; the byte that a value begins with, nil at the end.
  public mutating func peek() -> UInt8? {
    scanner.skip(anyOf: " \t\n\r")
    return scanner.next
  }

  public mutating func beginArray() throws(TensorFileError) { try expect("[") }

  /// Whether another element of an array follows; its comma, or the array's closing bracket, is passed.
  public mutating func hasElement(isFirst: Bool) throws(TensorFileError) -> Bool {
    if skip("]") { return false }
    if !isFirst && !skip(",") { throw error(", or ]") }
    return true
  }

  /// Passes `true`, `false` or `null`, whichever is given.
  public mutating func word(_ word: StaticString) throws(TensorFileError) {
    for byte in UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount) {
      guard scanner.next == byte else { throw error("\(word)") }
      scanner.advance()
    }
  }

  /// A number's characters, in JSON's grammar.
  public mutating func number() throws(TensorFileError) -> String {
    scanner.skip(anyOf: " \t\n\r")
    let start = scanner.position
    _ = scanner.skip("-")
    let first = scanner.position
    try digits()
    if scanner.bytes[first] == UInt8(ascii: "0") && scanner.position > first + 1 {
      throw .syntax(atByte: first, expected: "a number without leading zeros")
    }
    if scanner.skip(".") { try digits() }
    if scanner.skip("e") || scanner.skip("E") {
      _ = scanner.skip("-") || scanner.skip("+")
      try digits()
    }
    return String(decoding: scanner.bytes[start..<scanner.position], as: UTF8.self)
  }

  private mutating func digits() throws(TensorFileError) {
    if case .missing = scanner.integer() { throw error("a digit") }
  }

  /// - Throws: `TensorFileError.syntax` unless blanks alone follow.
  public mutating func end() throws(TensorFileError) {
    if peek() != nil { throw error("the end") }
  }
}
