/// The front of a tensor file, all before the payload, whose values change while names and shapes stay: it is made
/// once, and written again and again with another digest. The format is that of `TensorFile`, with more spaces behind
/// the header's object, so that its length can be planned before its last digits are known; the file may be larger, and
/// nobody looks whether values are finite.
public struct TensorFront: Sendable {
  public struct Entry: Sendable, Equatable {
    public let name: String
    /// I64, else F64. One dimension.
    public let isInteger: Bool
    public let count: Int

    public init(name: String, isInteger: Bool = false, count: Int) {
      self.name = name
      self.isInteger = isInteger
      self.count = count
    }
  }

  /// With zeros for the digest's 64 digits.
  public let bytes: [UInt8]
  /// Where the first of the digits stands.
  public let digestOffset: Int

  /// - Parameter length: of all bytes; a multiple of 8.
  /// - Throws: `TensorFileError.headerTooLong` where that is too little, or too much for a reader; `.reservedName`.
  public init(metadata: [String: String], entries: [Entry], length: Int) throws(TensorFileError) {
    precondition(length % 8 == 0, "a front is a multiple of 8 bytes")
    if metadata[TensorFile.digestKey] != nil { throw .reservedName(TensorFile.digestKey) }
    var begin = 0
    var layouts: [TensorLayout] = []
    for entry in entries {
      layouts.append(
        TensorLayout(
          name: entry.name, type: entry.isInteger ? .int64 : .float64, shape: [entry.count],
          bytes: begin..<begin + 8 * entry.count))
      begin += 8 * entry.count
    }
    var bytes = TensorFile.header(metadata: metadata, layouts: layouts, digest: TensorFile.zeroDigest)
    guard bytes.count <= length, length - 8 <= TensorFile.largestHeaderBytes else {
      throw .headerTooLong(
        given: UInt64(max(bytes.count, length) - 8), allowed: min(length - 8, TensorFile.largestHeaderBytes))
    }
    bytes += repeatElement(UInt8(ascii: " "), count: length - bytes.count)
    withUnsafeBytes(of: UInt64(length - 8).littleEndian) { size in
      for i in 0..<8 { bytes[i] = size[i] }
    }
    var reader = HeaderReader(bytes, 8..<bytes.count, largestBytes: .max)
    try reader.read()
    guard let offset = reader.digestOffset else { throw .noDigest }
    self.bytes = bytes
    digestOffset = offset
  }

  /// How long the metadata's text is, about: the rest of a front takes some hundred bytes, and some hundred a dozen
  /// tensors.
  public static func textBytes(of metadata: [String: String]) -> Int {
    metadata.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count + 6 }
  }
}
