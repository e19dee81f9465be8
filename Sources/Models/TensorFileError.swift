import Files

/// Why bytes are no tensor file, or values cannot become one. Offsets count bytes from the start of the file.
public enum TensorFileError: Error, Equatable, Sendable {
  /// The file could not be read or written.
  case file(FileError)
  case fileTooLarge(given: Int, allowed: Int)
  /// Shorter than its 8 bytes of header length, or than the header that they announce.
  case truncated(given: Int, needed: Int)
  case headerTooLong(given: UInt64, allowed: Int)
  /// The header's length is not a multiple of 8.
  case headerUnaligned(given: Int)
  case syntax(atByte: Int, expected: String)
  /// A key, or the name of a tensor, stands twice in one object. Names that Unicode holds to be equal are. The offset
  /// is nil for what does not come from a file.
  case duplicate(key: String, atByte: Int?)
  /// A tensor is described by `dtype`, `shape` and `data_offsets`, and nothing else.
  case unknownKey(String, atByte: Int)
  case missingKey(String, tensor: String)
  case type(tensor: String, given: String)
  case rank(tensor: String, given: Int, allowed: Int)
  /// A negative dimension, or a product beyond the largest file.
  case shape(tensor: String, given: [Int])
  /// A hole, an overlap, another order than the header's, or a length that does not follow from type and shape.
  case offsets(tensor: String, given: [Int], expected: [Int])
  case payload(given: Int, expected: Int)
  /// The metadata have no `sha256`.
  case noDigest
  /// The digest is not written as 64 lower-case hexadecimal digits.
  case malformedDigest(atByte: Int)
  /// Something in the file has changed since it was written.
  case digestMismatch(given: String, computed: String)
  case notFinite(tensor: String, index: Int)
  /// As many values as the shape says are needed.
  case valueCount(tensor: String, given: Int, expected: Int)
  /// `__metadata__` is no name for a tensor, `sha256` none for an entry of the metadata: the file uses them itself.
  case reservedName(String)
}
