import Glibc

/// Paths as texts. To the system a path is bytes, UTF-8 or not: a byte that belongs to no UTF-8 stands in the text as
/// one of the last 256 scalars of Unicode, which are nobody's. Every path has a text of its own, and gets it back.
extension String {
  private static let firstScalar: UInt32 = 0x10FF00

  /// The text of a path's bytes.
  public init(path bytes: some Sequence<UInt8>) {
    let bytes = Array(bytes)
    if let text = String(validating: bytes, as: UTF8.self), !text.unicodeScalars.contains(where: Self.isByte) {
      self = text
      return
    }
    var text = String.UnicodeScalarView()
    var rest = bytes[...]
    while let first = rest.first {
      let length = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
      let scalars = String(validating: rest.prefix(length), as: UTF8.self)?.unicodeScalars
      if let scalar = scalars?.first, scalars?.count == 1, !Self.isByte(scalar) {
        text.append(scalar)
        rest = rest.dropFirst(length)
      } else {
        text.append(Unicode.Scalar(Self.firstScalar + UInt32(first))!)
        rest = rest.dropFirst()
      }
    }
    self = String(text)
  }

  /// The bytes of a path's text.
  public var pathBytes: [UInt8] {
    if !unicodeScalars.contains(where: Self.isByte) { return Array(utf8) }
    return unicodeScalars.flatMap { scalar in
      Self.isByte(scalar) ? [UInt8(scalar.value - Self.firstScalar)] : Array(String(scalar).utf8)
    }
  }

  /// For calls to the system.
  public func withPath<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
    (pathBytes + [0]).withUnsafeBytes { body($0.baseAddress!.assumingMemoryBound(to: CChar.self)) }
  }

  /// On one line, as messages show it: what is not printed stands as `\xNN`, byte by byte.
  public var printed: String {
    if !unicodeScalars.contains(where: { Self.isByte($0) || !isPrinted($0) }) { return self }
    var text = ""
    for scalar in unicodeScalars {
      if !Self.isByte(scalar) && isPrinted(scalar) {
        text.unicodeScalars.append(scalar)
      } else {
        for byte in String(scalar).pathBytes { text += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16) }
      }
    }
    return text
  }

  private static func isByte(_ scalar: Unicode.Scalar) -> Bool { scalar.value >= firstScalar }
}

/// What changes a line, its direction, or nothing that can be seen, is not.
func isPrinted(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.properties.generalCategory {
  case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
  default: true
  }
}
