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
  case object([(String, JSON)])

  /// On one line, without a line break at the end.
  public var text: String {
    var text = ""
    write(to: &text)
    return text
  }

  private func write(to text: inout String) {
    switch self {
    case .null: text += "null"
    case .boolean(let value): text += value ? "true" : "false"
    case .integer(let value): text += String(value)
    case .unsigned(let value): text += String(value)
    case .number(let value): text += value.isFinite ? JSON.numberText(value) : "null"
    case .string(let value): writeQuoted(value, to: &text)
    case .array(let elements):
      text += "["
      for (index, element) in elements.enumerated() {
        if index > 0 { text += ", " }
        element.write(to: &text)
      }
      text += "]"
    case .object(let members):
      text += "{"
      for (index, member) in members.enumerated() {
        if index > 0 { text += ", " }
        writeQuoted(member.0, to: &text)
        text += ": "
        member.1.write(to: &text)
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
