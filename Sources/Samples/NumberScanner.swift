import Glibc

/// The numbers of one line of text, separated by blanks, or by a comma with or without blanks around it.
///
/// A number is written `[+-] digits [. digits] [e [+-] digits]`, with a digit on at least one side of the point; or it
/// is `nan`, `inf` or `infinity` in any case, which is known but never accepted. Nothing else that C reads
/// (hexadecimal, say) is. Numbers beyond the range of Double become infinite, and are told as not finite.
///
/// The C library converts, so the result is the nearest Double; where a locale gives the point another meaning, the
/// number is refused, not misread.
struct NumberScanner {
  enum Step: Equatable {
    case number(Double)
    case notFinite
    /// At this byte of the line, from 0.
    case malformed(at: Int)
    case end
  }

  private let line: UnsafeBufferPointer<UInt8>
  private var position = 0
  private var isFirst = true

  /// - Precondition: the byte behind `line` can be read, and belongs to no number.
  init(_ line: UnsafeBufferPointer<UInt8>) { self.line = line }

  /// How many numbers there are, if there are only numbers.
  static func count(_ line: UnsafeBufferPointer<UInt8>) -> Int {
    var count = 0
    var isInside = false
    for byte in line {
      let isSeparator = isBlank(byte) || byte == UInt8(ascii: ",")
      if !isSeparator && !isInside { count += 1 }
      isInside = !isSeparator
    }
    return count
  }

  mutating func next() -> Step {
    skipBlanks()
    if !isFirst && position < line.count && line[position] == UInt8(ascii: ",") {
      position += 1
      skipBlanks()
      // A comma stands between two numbers.
      if position == line.count { return .malformed(at: position - 1) }
    }
    isFirst = false
    guard position < line.count else { return .end }
    let start = position
    skipSign()
    if isWord("nan") || isWord("infinity") || isWord("inf") {
      return isAtEnd ? .notFinite : .malformed(at: position)
    }
    let whole = skipDigits()
    var digits = whole
    if skip(".") { digits += skipDigits() }
    if digits == 0 { return .malformed(at: position) }
    if skip("e") || skip("E") {
      skipSign()
      if skipDigits() == 0 { return .malformed(at: position) }
    }
    guard isAtEnd else { return .malformed(at: position) }
    let text = UnsafeRawPointer(line.baseAddress! + start).assumingMemoryBound(to: CChar.self)
    var end: UnsafeMutablePointer<CChar>?
    let value = strtod(text, &end)
    guard let end, UnsafePointer(end) - text == position - start else { return .malformed(at: start) }
    return value.isFinite ? .number(value) : .notFinite
  }

  /// Whether the number ends here.
  private var isAtEnd: Bool {
    position == line.count || isBlank(line[position]) || line[position] == UInt8(ascii: ",")
  }

  private mutating func skipBlanks() {
    while position < line.count && isBlank(line[position]) { position += 1 }
  }

  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard position < line.count && line[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func skipSign() { if !skip("-") { _ = skip("+") } }

  private mutating func skipDigits() -> Int {
    let start = position
    while position < line.count && line[position] &- UInt8(ascii: "0") < 10 { position += 1 }
    return position - start
  }

  /// Passes a word, whatever its case.
  private mutating func isWord(_ word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    guard line.count - position >= count else { return false }
    for index in 0..<count where line[position + index] | 0x20 != word.utf8Start[index] { return false }
    position += count
    return true
  }
}

private func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
