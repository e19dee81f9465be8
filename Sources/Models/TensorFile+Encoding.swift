extension TensorFile {
  /// The file's bytes: the same for the same content.
  ///
  /// A file that was decoded from other bytes than these (Python's order of the metadata, say) is written in our order,
  /// with the digest of the bytes written.
  public func encode() -> [UInt8] {
    let layouts = TensorLayout.inOrder(tensors)
    var bytes = Self.header(metadata: metadata, layouts: layouts, digest: Self.zeroDigest)
    Self.append(tensors, to: &bytes)
    let digested = Self.header(metadata: metadata, layouts: layouts, digest: SHA256.hex(of: bytes))
    bytes.replaceSubrange(digested.indices, with: digested)
    return bytes
  }

  /// The header with zeros for the digest.
  /// - Throws: `TensorFileError` where header or file become too large.
  static func checkedHeader(
    metadata: [String: String], layouts: [TensorLayout]
  ) throws(TensorFileError) -> [UInt8] {
    if metadata[digestKey] != nil { throw .reservedName(digestKey) }
    let undigested = header(metadata: metadata, layouts: layouts, digest: zeroDigest)
    guard undigested.count - 8 <= largestHeaderBytes else {
      throw .headerTooLong(given: UInt64(undigested.count - 8), allowed: largestHeaderBytes)
    }
    let fileBytes = undigested.count + (layouts.last?.bytes.upperBound ?? 0)
    guard fileBytes <= largestFileBytes else { throw .fileTooLarge(given: fileBytes, allowed: largestFileBytes) }
    return undigested
  }

  /// Points 1, 2 and 4 of the format.
  static func header(metadata: [String: String], layouts: [TensorLayout], digest: String) -> [UInt8] {
    var text = "{\(json(metadataKey)):{"
    var entries = metadata
    entries[digestKey] = digest
    text += entries.byKey.map { "\(json($0.key)):\(json($0.value))" }.joined(separator: ",")
    text += "}"
    for layout in layouts {
      let shape = layout.shape.map(String.init).joined(separator: ",")
      text += ",\(json(layout.name)):{\"dtype\":\"\(layout.type.rawValue)\",\"shape\":[\(shape)],"
      text += "\"data_offsets\":[\(layout.bytes.lowerBound),\(layout.bytes.upperBound)]}"
    }
    text += "}"
    var header = Array(text.utf8)
    header += repeatElement(UInt8(ascii: " "), count: (8 - header.count % 8) % 8)
    return withUnsafeBytes(of: UInt64(header.count).littleEndian, Array.init) + header
  }

  /// Point 3 of the format. Large models are there once: what a run holds at its end is planned.
  static func append(_ tensors: [Tensor], to bytes: inout [UInt8]) {
    bytes.reserveCapacity(bytes.count + tensors.reduce(0) { $0 + $1.values.bytes })
    for tensor in tensors {
      switch tensor.values {
      case .float32(let values): for value in values { bytes.append(littleEndian: Float(value).bitPattern) }
      case .float64(let values): for value in values { bytes.append(littleEndian: value.bitPattern) }
      case .int64(let values): for value in values { bytes.append(littleEndian: UInt64(bitPattern: value)) }
      }
    }
  }

  /// A JSON string.
  private static func json(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\u{0}"..<"\u{20}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

extension [UInt8] {
  fileprivate mutating func append<Word: FixedWidthInteger>(littleEndian word: Word) {
    Swift.withUnsafeBytes(of: word.littleEndian) { append(contentsOf: $0) }
  }
}

extension [String: String] {
  /// In the order of the keys' UTF-8 bytes, in which files and reports have them.
  public var byKey: [(key: String, value: String)] {
    sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
  }
}
