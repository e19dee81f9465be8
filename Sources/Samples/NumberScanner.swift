import Glibc

/// The numbers of one line of text, separated by blanks, or by a comma with or without blanks around it; never by both
/// in one file. Quotation marks may stand around a number.
///
/// A number is written `[+-] digits [. digits] [e [+-] digits]`, with a digit on at least one side of the point; or it
/// is `nan`, `inf` or `infinity` in any case, which is known but never accepted. Nothing else that C reads
/// (hexadecimal, say) is. Numbers beyond the range of Double become infinite, and are told as not finite. With an
/// imaginary part a number is `a+bi` or `bi`, with `j` for `i` as Python writes it, and parentheses around it or not.
///
/// The C library converts, so the result is the nearest Double; where a locale gives the point another meaning, the
/// number is refused, not misread.
struct NumberScanner {
  enum Step: Equatable {
    case number(Double, imaginary: Double)
    case notFinite
    case fault(TextFault, at: Int)
    case end
  }

  let line: UnsafeBufferPointer<UInt8>
  var position = 0
  /// Whether commas separate the numbers; nil: no line has told so far.
  private(set) var usesCommas: Bool?
  /// Whether a number may have an imaginary part.
  private let allowsComplex: Bool
  private(set) var hasComplex = false
  /// Whether nothing may stand between two commas.
  private let allowsEmpty: Bool
  private var isFirst = true

  /// - Precondition: the byte behind `line` can be read, and belongs to no number.
  init(_ line: UnsafeBufferPointer<UInt8>, usesCommas: Bool?, allowsComplex: Bool, allowsEmpty: Bool = false) {
    self.line = line
    self.usesCommas = usesCommas
    self.allowsComplex = allowsComplex
    self.allowsEmpty = allowsEmpty
  }

  mutating func next() -> Step {
    if let step = beginField() { return step }
    let isQuoted = skip("\"")
    let step = number(closing: isQuoted)
    if case .fault = step { return step }
    if isQuoted && !skip("\"") || !isAtEnd { return .fault(.quote, at: position) }
    return step
  }

  /// Passes what separates fields; nil where one begins.
  mutating func beginField() -> Step? {
    skipBlanks()
    if isFirst {
      isFirst = false
      return position < line.count ? nil : .end
    }
    let isComma = position < line.count && line[position] == UInt8(ascii: ",")
    guard isComma || position < line.count else { return .end }
    if usesCommas != isComma {
      if usesCommas != nil { return .fault(.separator, at: position) }
      usesCommas = isComma
    }
    if isComma {
      position += 1
      skipBlanks()
      // A comma stands between two numbers.
      if position == line.count && !allowsEmpty { return .fault(.number, at: position - 1) }
    }
    return nil
  }

  /// - Parameter closing: whether a quotation mark ends the field.
  private mutating func number(closing: Bool) -> Step {
    let start = position
    if passNumber() && ends(closing) { return finite(value(from: start), 0, at: start) }
    let unit = position < line.count ? line[position] : 0
    let isComplex =
      switch unit {
      case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "i"), UInt8(ascii: "j"): true
      default: false
      }
    if (isComplex && position > start) || line[start...].first == UInt8(ascii: "(") {
      position = start
      return complexNumber(closing: closing)
    }
    return .fault(unit == UInt8(ascii: ";") && position > start ? .semicolon : .number, at: position)
  }

  private mutating func complexNumber(closing: Bool) -> Step {
    let start = position
    let isOpen = skip("(")
    var begin = position
    guard passNumber() else { return .fault(.number, at: position) }
    var (real, imaginary): (Double?, Double?) = (value(from: begin), 0)
    if skip("i") || skip("j") {
      (real, imaginary) = (0, real)
    } else if !isOpen || position < line.count && line[position] != UInt8(ascii: ")") {
      begin = position
      guard skip("+") || skip("-"), position < line.count, line[position] != UInt8(ascii: "+"),
        line[position] != UInt8(ascii: "-")
      else { return .fault(.number, at: position) }
      guard passNumber() else { return .fault(.number, at: position) }
      imaginary = value(from: begin)
      guard skip("i") || skip("j") else { return .fault(.number, at: position) }
    }
    guard !isOpen || skip(")"), ends(closing) else { return .fault(.number, at: position) }
    guard allowsComplex else { return .fault(.complex, at: start) }
    hasComplex = true
    return finite(real, imaginary, at: start)
  }

  private func finite(_ real: Double?, _ imaginary: Double?, at start: Int) -> Step {
    guard let real, let imaginary else { return .fault(.number, at: start) }
    return real.isFinite && imaginary.isFinite ? .number(real, imaginary: imaginary) : .notFinite
  }

  /// Passes a number or a word for one; false, and the place of what is none, where there is none.
  private mutating func passNumber() -> Bool {
    skipSign()
    if isWord("nan") || isWord("infinity") || isWord("inf") { return true }
    var digits = skipDigits()
    if skip(".") { digits += skipDigits() }
    if digits == 0 { return false }
    if skip("e") || skip("E") {
      skipSign()
      if skipDigits() == 0 { return false }
    }
    return true
  }

  /// The number that was passed, as the C library reads it; nil where it reads less or more.
  private func value(from start: Int) -> Double? {
    let text = UnsafeRawPointer(line.baseAddress! + start).assumingMemoryBound(to: CChar.self)
    var end: UnsafeMutablePointer<CChar>?
    let value = strtod(text, &end)
    guard let end, UnsafePointer(end) - text == position - start else { return nil }
    return value
  }

  /// Whether the field ends here.
  var isAtEnd: Bool {
    position == line.count || isBlank(line[position]) || line[position] == UInt8(ascii: ",")
  }

  private func ends(_ closing: Bool) -> Bool {
    closing ? position < line.count && line[position] == UInt8(ascii: "\"") : isAtEnd
  }

  mutating func skipBlanks() {
    while position < line.count && isBlank(line[position]) { position += 1 }
  }

  mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard position < line.count && line[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  mutating func skipSign() { if !skip("-") { _ = skip("+") } }

  mutating func skipDigits() -> Int {
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

func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
