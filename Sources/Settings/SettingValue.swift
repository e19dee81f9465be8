import Files

/// A value before it is known what it should be.
public enum SettingValue: Sendable, Equatable {
  /// From the command line or the environment: all kinds are written as plain text there.
  case text(String)
  // From a profile, typed by TOML.
  case string(String)
  case integer(Int)
  case number(Double)
  case boolean(Bool)
  case array([SettingValue])
  /// A table or a date, which no setting takes.
  case other(String)

  /// What was given, for messages.
  public var description: String {
    switch self {
    case .text(let value), .string(let value): JSON.string(value).text
    case .integer(let value): String(value)
    case .number(let value): JSON.numberText(value)
    case .boolean(let value): String(value)
    case .array(let elements): "[" + elements.map(\.description).joined(separator: ", ") + "]"
    case .other(let kind): "a " + kind
    }
  }

  var asString: String? {
    switch self {
    case .text(let value), .string(let value): value
    default: nil
    }
  }

  var asInteger: Int? {
    switch self {
    case .text(let value): Int(value)
    case .integer(let value): value
    default: nil
    }
  }

  /// Finite numbers only.
  var asNumber: Double? {
    let number: Double? =
      switch self {
      case .text(let value): Double(value)
      case .integer(let value): Double(value)
      case .number(let value): value
      default: nil
      }
    return number.flatMap { $0.isFinite ? $0 : nil }
  }

  var asBoolean: Bool? {
    switch self {
    case .text("true"), .boolean(true): true
    case .text("false"), .boolean(false): false
    default: nil
    }
  }

  /// On the command line, elements are separated by commas or semicolons; brackets around all, and quotation marks
  /// around one, may stand.
  var asArray: [SettingValue]? {
    switch self {
    case .array(let elements): elements
    case .text("[]"): []
    case .text(let value): Self.elements(value).map(SettingValue.text)
    default: nil
    }
  }

  private static func elements(_ text: String) -> [String] {
    var list = trimmed(text[...])
    if list.first == "[" && list.last == "]" { list = list.dropFirst().dropLast() }
    var quote: Character?
    return list.split(omittingEmptySubsequences: false) { character in
      if let open = quote {
        if character == open { quote = nil }
        return false
      }
      if character == "\"" || character == "'" { quote = character }
      return character == "," || character == ";"
    }.map { part in
      let element = trimmed(part)
      let isQuoted =
        element.count > 1 && element.first == element.last && (element.first == "\"" || element.first == "'")
      return String(isQuoted ? element.dropFirst().dropLast() : element)
    }
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var part = text.drop { $0 == " " }
    while part.last == " " { part.removeLast() }
    return part
  }
}
