import Students

extension JSON {
  /// Deeper texts are refused: nothing that is written here nests half as deep.
  private static let deepest = 32

  /// Reads a whole text (RFC 8259). Whole numbers become `integer`, or `unsigned` where that alone holds them; all
  /// others `number`. What `text` writes reads back as the same value, and is written again as the same text.
  /// - Throws: `TensorFileError.syntax`; keys that stand twice in an object are among what is refused.
  public init(reading bytes: [UInt8]) throws(TensorFileError) {
    var scanner = JSONScanner(bytes, bytes.indices)
    self = try Self.value(&scanner, depth: 0)
    try scanner.end()
  }

  private static func value(_ scanner: inout JSONScanner, depth: Int) throws(TensorFileError) -> JSON {
    guard depth < deepest else { throw .syntax(atByte: 0, expected: "at most \(deepest) levels") }
    switch scanner.peek() {
    case UInt8(ascii: "{"): return try object(&scanner, depth: depth)
    case UInt8(ascii: "["):
      try scanner.beginArray()
      var elements: [JSON] = []
      while try scanner.hasElement(isFirst: elements.isEmpty) {
        elements.append(try value(&scanner, depth: depth + 1))
      }
      return .array(elements)
    case UInt8(ascii: "\""): return .string(try scanner.string().value)
    case UInt8(ascii: "t"):
      try scanner.word("true")
      return .boolean(true)
    case UInt8(ascii: "f"):
      try scanner.word("false")
      return .boolean(false)
    case UInt8(ascii: "n"):
      try scanner.word("null")
      return .null
    default:
      let text = try scanner.number()
      if text == "-0" { return .number(-0.0) }
      return Int(text).map(JSON.integer) ?? UInt64(text).map(JSON.unsigned) ?? .number(Double(text) ?? .nan)
    }
  }

  private static func object(_ scanner: inout JSONScanner, depth: Int) throws(TensorFileError) -> JSON {
    try scanner.beginObject()
    var members: [(String, JSON)] = []
    var names: Set<String> = []
    while let (key, place) = try scanner.nextKey(isFirst: members.isEmpty) {
      guard names.insert(key).inserted else { throw .duplicate(key: key, atByte: place) }
      members.append((key, try value(&scanner, depth: depth + 1)))
    }
    return .object(members)
  }
}

extension JSON {
  /// A member of an object; nil for others, and where there is none of the name.
  subscript(_ name: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.0 == name }?.1
  }

  var asString: String? { if case .string(let value) = self { value } else { nil } }
  var asInteger: Int? { if case .integer(let value) = self { value } else { nil } }
  var asArray: [JSON]? { if case .array(let elements) = self { elements } else { nil } }

  /// Whole numbers too: 1 is what 1.0 is written as.
  var asNumber: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value) where value.isFinite: value
    default: nil
    }
  }

  var asNumbers: [Double]? {
    guard let numbers = asArray?.map(\.asNumber), !numbers.contains(nil) else { return nil }
    return numbers.compactMap(\.self)
  }
}
