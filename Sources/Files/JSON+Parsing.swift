import Glibc

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

/// Values of any kind from a scanner's tokens; nil for what is none.
private struct JSONParser {
  private var tokens: JSONScanner

  init(_ text: [UInt8]) { tokens = JSONScanner(text, 0..<text.count) }

  var isAtEnd: Bool {
    mutating get {
      tokens.skipBlanks()
      return tokens.scanner.next == nil
    }
  }

  private mutating func skip(word: String) -> Bool {
    guard tokens.scanner.bytes[tokens.scanner.position..<tokens.scanner.end].starts(with: word.utf8) else {
      return false
    }
    tokens.scanner.advance(word.utf8.count)
    return true
  }

  mutating func value(depth: Int) -> JSON? {
    tokens.skipBlanks()
    guard depth > 0, let byte = tokens.scanner.next else { return nil }
    switch byte {
    case UInt8(ascii: "{"): return object(depth)
    case UInt8(ascii: "["): return array(depth)
    case UInt8(ascii: "\""): return (try? tokens.string()).map { .string($0.value) }
    case UInt8(ascii: "t"): return skip(word: "true") ? .boolean(true) : nil
    case UInt8(ascii: "f"): return skip(word: "false") ? .boolean(false) : nil
    case UInt8(ascii: "n"): return skip(word: "null") ? .null : nil
    default: return number()
    }
  }

  private mutating func object(_ depth: Int) -> JSON? {
    var members: [(String, JSON)] = []
    do {
      try tokens.beginObject()
      while let (key, _) = try tokens.nextKey(isFirst: members.isEmpty) {
        guard let value = value(depth: depth - 1) else { return nil }
        members.append((key, value))
      }
      return .object(members)
    } catch { return nil }
  }

  private mutating func array(_ depth: Int) -> JSON? {
    guard tokens.skip("[") else { return nil }
    var elements: [JSON] = []
    if tokens.skip("]") { return .array(elements) }
    repeat {
      guard let element = value(depth: depth - 1) else { return nil }
      elements.append(element)
    } while tokens.skip(",")
    return tokens.skip("]") ? .array(elements) : nil
  }

  private mutating func number() -> JSON? {
    let start = tokens.scanner.position
    _ = tokens.scanner.skip("-")
    let isZero = tokens.scanner.next == UInt8(ascii: "0")
    let first = tokens.scanner.position
    guard tokens.scanner.integer() != .missing, !isZero || tokens.scanner.position == first + 1 else { return nil }
    var isWhole = true
    if tokens.scanner.skip(".") {
      isWhole = false
      guard tokens.scanner.integer() != .missing else { return nil }
    }
    if tokens.scanner.skip("e") || tokens.scanner.skip("E") {
      isWhole = false
      if !tokens.scanner.skip("-") { _ = tokens.scanner.skip("+") }
      guard tokens.scanner.integer() != .missing else { return nil }
    }
    let text = String(decoding: tokens.scanner.bytes[start..<tokens.scanner.position], as: UTF8.self)
    if isWhole, let value = Int(text) { return .integer(value) }
    guard let value = Double(text), value.isFinite else { return nil }
    return .number(value)
  }
}
