import CSupport

/// A JSON value (RFC 8259) and its text.
///
/// - Numbers are written in the fewest of 15 to 17 digits that read back as the same value; NaN and the infinities,
///   which JSON does not have, become `null`.
/// - In strings only `"`, `\` and the control characters are escaped; everything else stands as UTF-8.
/// - The members of an object keep their order. Keys are the caller's to keep unique.
public indirect enum JSON: Sendable {
  case null
  case boolean(Bool)
  case integer(Int)
  /// Beyond 2^53 some readers lose digits.
  case unsigned(UInt64)
  case number(Double)
  case string(String)
  case array([JSON])
  /// An array too; many numbers take no more than their own bytes.
  case numbers([Double])
  case object([(String, JSON)])

  /// On one line, without a line break at the end.
  public var text: String {
    var text = ""
    write(to: &text) { _ in }
    return text
  }

  /// Passes the text on in pieces, so that a long one is never there as a whole.
  public func write<Failure: Error>(_ pass: (String) throws(Failure) -> Void) throws(Failure) {
    var text = ""
    try write(to: &text) { text throws(Failure) in
      if text.utf8.count < 1 << 14 { return }
      try pass(text)
      text.removeAll(keepingCapacity: true)
    }
    try pass(text)
  }

  /// - Parameter grown: gets the text after each element of an array, and may take it.
  private func write<Failure: Error>(
    to text: inout String, _ grown: (inout String) throws(Failure) -> Void
  ) throws(Failure) {
    switch self {
    case .null: text += "null"
    case .boolean(let value): text += value ? "true" : "false"
    case .integer(let value): text += String(value)
    case .unsigned(let value): text += String(value)
    case .number(let value): text += JSON.numberOrNull(value)
    case .string(let value): writeQuoted(value, to: &text)
    case .array(let elements):
      text += "["
      for (index, element) in elements.enumerated() {
        if index > 0 { text += ", " }
        try element.write(to: &text, grown)
        try grown(&text)
      }
      text += "]"
    case .numbers(let values):
      text += "["
      for (index, value) in values.enumerated() {
        text += (index > 0 ? ", " : "") + JSON.numberOrNull(value)
        try grown(&text)
      }
      text += "]"
    case .object(let members):
      text += "{"
      for (index, member) in members.enumerated() {
        if index > 0 { text += ", " }
        writeQuoted(member.0, to: &text)
        text += ": "
        try member.1.write(to: &text, grown)
      }
      text += "}"
    }
  }
}

extension JSON {
  /// The shortest of 15 to 17 digits that reads back as `value`.
  public static func numberText(_ value: Double) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { buffer in
      let length = qkd_format_shortest(buffer.baseAddress, buffer.count, value)
      return String(decoding: UnsafeRawBufferPointer(buffer)[..<Int(length)], as: UTF8.self)
    }
  }

  private static func numberOrNull(_ value: Double) -> String { value.isFinite ? numberText(value) : "null" }

  /// `null` for nil.
  public static func optional(_ value: Int?) -> JSON { value.map(JSON.integer) ?? .null }
  public static func optional(_ value: Double?) -> JSON { value.map(JSON.number) ?? .null }
  public static func optional(_ value: String?) -> JSON { value.map(JSON.string) ?? .null }
}

private func writeQuoted(_ value: String, to text: inout String) {
  text += "\""
  for scalar in value.unicodeScalars {
    switch scalar {
    case "\"": text += "\\\""
    case "\\": text += "\\\\"
    case "\n": text += "\\n"
    case "\r": text += "\\r"
    case "\t": text += "\\t"
    case "\u{0}"..."\u{1F}":
      let digits = String(scalar.value, radix: 16)
      text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: text.unicodeScalars.append(scalar)
    }
  }
  text += "\""
}
