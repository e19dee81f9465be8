/// A line of text before it is known what it holds: what looking for a line of names needs. Allocates.
enum TextLine {
  /// Without byte order mark, comment, and blanks at both ends.
  static func content(_ line: ArraySlice<UInt8>, isFirst: Bool) -> ArraySlice<UInt8> {
    var content = line
    if isFirst, content.starts(with: [0xEF, 0xBB, 0xBF]) { content = content.dropFirst(3) }
    content = content.drop(while: isBlank)
    let end = content.firstIndex(of: UInt8(ascii: "#")) ?? content.endIndex
    content = content[..<end]
    while let last = content.last, isBlank(last) || last == 0x0D { content.removeLast() }
    return content
  }

  /// What stands between separators outside quotation marks; several blanks are one separator.
  static func fields(_ line: ArraySlice<UInt8>, separator: UInt8) -> [ArraySlice<UInt8>] {
    var isQuoted = false
    return line.split(omittingEmptySubsequences: separator == 0x20) { byte in
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      return !isQuoted && (byte == separator || separator == 0x20 && byte == 0x09)
    }
  }

  /// A field without blanks and quotation marks around it; nil for what is no text.
  static func name(_ field: ArraySlice<UInt8>) -> String? {
    var bytes = field.drop(while: isBlank)
    while let last = bytes.last, isBlank(last) { bytes.removeLast() }
    guard var text = String(validating: bytes, as: UTF8.self),
      !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
    else { return nil }
    if text.hasPrefix("\"") {
      guard text.count > 1, text.hasSuffix("\"") else { return nil }
      text = String(text.dropFirst().dropLast())
      let parts = text.split(separator: "\"\"", omittingEmptySubsequences: false)
      text = parts.joined(separator: "\"")
    }
    return text
  }

  /// Whether none could be a number, a mistaken one either: each has a letter that no number has. Columns without
  /// names, as pandas writes its index, aside.
  static func areNames(_ names: [String]) -> Bool {
    let given = names.filter { !$0.isEmpty }
    return !given.isEmpty
      && given.allSatisfy { name in
        name.contains { $0 == "_" || $0.isLetter && !"eEiIjJ".contains($0) } && !isNumber(name)
      }
  }

  /// Whether a line can be no line of names, however it goes on: it begins with a number, but not with 0 and 1, or as
  /// JSON.
  static func namesNothing(_ line: ArraySlice<UInt8>, isFirst: Bool) -> Bool {
    let content = content(line, isFirst: isFirst)
    if let first = content.first, first == UInt8(ascii: "{") || first == UInt8(ascii: "[") { return true }
    let fields = content.split(maxSplits: 2) { isBlank($0) || $0 == UInt8(ascii: ",") }
    return zip(fields, ["0", "1"]).contains { field, name in
      field.endIndex < line.endIndex && !field.elementsEqual(name.utf8)
        && isNumber(String(decoding: field, as: UTF8.self))
    }
  }

  static func isNumber(_ name: String) -> Bool {
    var bytes = Array(name.utf8)
    bytes.append(0)
    return bytes.withUnsafeBufferPointer { bytes in
      var scanner = NumberScanner(.init(rebasing: bytes.dropLast()), usesCommas: nil, allowsComplex: true)
      switch scanner.next() {
      case .number, .notFinite: return true
      case .fault, .end: return false
      }
    }
  }
}
