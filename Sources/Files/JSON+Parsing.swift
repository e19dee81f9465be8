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

  /// Reads one object without ever holding its large arrays: their elements are passed on one by one, and an empty
  /// array stands for them in the result.
  /// - Parameter body: gets an array's name, an element's place, and the element.
  /// - Returns: nil as the other one, and for what is no object. Elements may have been passed on by then.
  public static func object<Failure>(
    _ text: [UInt8], passing arrays: Set<String>, to body: (String, Int, JSON) throws(Failure) -> Void
  ) throws(Failure) -> JSON? {
    var parser = JSONParser(text)
    guard let value = try parser.object(depth: JSON.deepest, passing: arrays, to: body), parser.isAtEnd else {
      return nil
    }
    return value
  }

  /// A member of an object, the first of its name.
  public subscript(_ key: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.0 == key }?.1
  }

  public var asString: String? { if case .string(let value) = self { value } else { nil } }
  public var asInteger: Int? { if case .integer(let value) = self { value } else { nil } }
  public var asBoolean: Bool? { if case .boolean(let value) = self { value } else { nil } }
  public var asArray: [JSON]? {
    switch self {
    case .array(let value): value
    case .numbers(let values): values.map(JSON.number)
    default: nil
    }
  }
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

  mutating func object<Failure>(
    depth: Int, passing arrays: Set<String>, to body: (String, Int, JSON) throws(Failure) -> Void
  ) throws(Failure) -> JSON? {
    tokens.skipBlanks()
    guard (try? tokens.beginObject()) != nil else { return nil }
    var members: [(String, JSON)] = []
    while true {
      let key: (key: String, atByte: Int)?
      do { key = try tokens.nextKey(isFirst: members.isEmpty) } catch { return nil }
      guard let next = key else { return .object(members) }
      tokens.skipBlanks()
      guard arrays.contains(next.key), tokens.scanner.next == UInt8(ascii: "[") else {
        guard let value = value(depth: depth - 1) else { return nil }
        members.append((next.key, value))
        continue
      }
      guard try elements(depth: depth - 1, { (place, element) throws(Failure) in try body(next.key, place, element) })
      else { return nil }
      members.append((next.key, .array([])))
    }
  }

  private mutating func elements<Failure>(
    depth: Int, _ body: (Int, JSON) throws(Failure) -> Void
  ) throws(Failure) -> Bool {
    guard tokens.skip("[") else { return false }
    if tokens.skip("]") { return true }
    var place = 0
    repeat {
      guard let element = value(depth: depth - 1) else { return false }
      try body(place, element)
      place += 1
    } while tokens.skip(",")
    return tokens.skip("]")
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
