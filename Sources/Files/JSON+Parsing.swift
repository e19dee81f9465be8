#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension JSON {
  /// Deeper is no report of ours, and would be a way to exhaust the stack.
  private static let deepest = 32

  /// Reads one value with nothing but blanks around it (RFC 8259); nil for anything else, for values that nest deeper
  /// than 32, and for numbers that no Double is near. A number without point and exponent becomes `.integer` where it
  /// is one.
  public init?(_ text: [UInt8]) {
    var parser = JSONParser(text)
    guard let value = parser.value(depth: JSON.deepest), parser.isAtEnd else { return nil }
    self = value
  }

  /// A member of an object, the first of its name.
  public subscript(_ key: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.0 == key }?.1
  }

  public var asString: String? { if case .string(let value) = self { value } else { nil } }
  public var asInteger: Int? { if case .integer(let value) = self { value } else { nil } }
  public var asBoolean: Bool? { if case .boolean(let value) = self { value } else { nil } }
  public var asArray: [JSON]? { if case .array(let value) = self { value } else { nil } }
  public var asNumber: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }
}

/// A place in a JSON text.
private struct JSONParser {
  private var scanner: ByteScanner

  init(_ text: [UInt8]) { scanner = ByteScanner(text, 0..<text.count) }

  var isAtEnd: Bool {
    mutating get {
      skipBlanks()
      return scanner.next == nil
    }
  }

  private mutating func skipBlanks() { scanner.skip(anyOf: " \t\n\r") }

  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    skipBlanks()
    return scanner.skip(character)
  }

  private mutating func skip(word: String) -> Bool {
    guard scanner.bytes[scanner.position..<scanner.end].starts(with: word.utf8) else { return false }
    scanner.advance(word.utf8.count)
    return true
  }

  mutating func value(depth: Int) -> JSON? {
    skipBlanks()
    guard depth > 0, let byte = scanner.next else { return nil }
    switch byte {
    case UInt8(ascii: "{"): return object(depth)
    case UInt8(ascii: "["): return array(depth)
    case UInt8(ascii: "\""): return string().map(JSON.string)
    case UInt8(ascii: "t"): return skip(word: "true") ? .boolean(true) : nil
    case UInt8(ascii: "f"): return skip(word: "false") ? .boolean(false) : nil
    case UInt8(ascii: "n"): return skip(word: "null") ? .null : nil
    default: return number()
    }
  }

  private mutating func object(_ depth: Int) -> JSON? {
    guard skip("{") else { return nil }
    var members: [(String, JSON)] = []
    if skip("}") { return .object(members) }
    repeat {
      skipBlanks()
      guard let key = string(), skip(":"), let value = value(depth: depth - 1) else { return nil }
      members.append((key, value))
    } while skip(",")
    return skip("}") ? .object(members) : nil
  }

  private mutating func array(_ depth: Int) -> JSON? {
    guard skip("[") else { return nil }
    var elements: [JSON] = []
    if skip("]") { return .array(elements) }
    repeat {
      guard let element = value(depth: depth - 1) else { return nil }
      elements.append(element)
    } while skip(",")
    return skip("]") ? .array(elements) : nil
  }

  private mutating func number() -> JSON? {
    let start = scanner.position
    _ = scanner.skip("-")
    let isZero = scanner.next == UInt8(ascii: "0")
    let first = scanner.position
    guard scanner.integer() != .missing, !isZero || scanner.position == first + 1 else { return nil }
    var isWhole = true
    if scanner.skip(".") {
      isWhole = false
      guard scanner.integer() != .missing else { return nil }
    }
    if scanner.skip("e") || scanner.skip("E") {
      isWhole = false
      if !scanner.skip("-") { _ = scanner.skip("+") }
      guard scanner.integer() != .missing else { return nil }
    }
    let text = String(decoding: scanner.bytes[start..<scanner.position], as: UTF8.self)
    if isWhole, let value = Int(text) { return .integer(value) }
    guard let value = Double(text), value.isFinite else { return nil }
    return .number(value)
  }

  private mutating func string() -> String? {
    guard scanner.skip("\"") else { return nil }
    var content: [UInt8] = []
    while let byte = scanner.next, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { return nil }
      scanner.advance()
      if byte != UInt8(ascii: "\\") {
        content.append(byte)
      } else if let escaped = escaped() {
        content += escaped
      } else {
        return nil
      }
    }
    guard scanner.skip("\"") else { return nil }
    return String(validating: content, as: UTF8.self)
  }

  private mutating func escaped() -> [UInt8]? {
    guard let byte = scanner.next else { return nil }
    scanner.advance()
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"):
      guard var value = hexadecimal() else { return nil }
      if (0xD800..<0xDC00).contains(value) {
        guard skip(word: "\\u"), let low = hexadecimal(), (0xDC00..<0xE000).contains(low) else { return nil }
        value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
      }
      return Unicode.Scalar(value).map { Array(String($0).utf8) }
    default: return nil
    }
  }

  private mutating func hexadecimal() -> UInt32? {
    guard scanner.end - scanner.position >= 4 else { return nil }
    let digits = scanner.bytes[scanner.position..<scanner.position + 4]
    guard digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
    scanner.advance(4)
    return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
  }
}
