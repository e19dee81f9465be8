import Files

/// Models and checkpoints on disk: named tensors and text, in a strict subset of safetensors, sealed by a digest.
///
/// The format:
///
/// 1. Bytes 0–7: the length N of the header, unsigned, little-endian. N ≤ 65 536, and a multiple of 8.
/// 2. Bytes 8–(8+N−1): the header, one JSON object in UTF-8, then spaces. The payload so begins at a multiple of 8.
/// 3. The rest: the payload, the values of all tensors, row-major, little-endian, with nothing before, between or after
///    them. The file has at most 64 MiB.
/// 4. The header's key `__metadata__` has an object of strings: the conventions of the model and whatever else its
///    writer wants to say. Every other key is the name of a tensor, its value an object with exactly these three:
///    - `dtype`: `"F32"`, `"F64"` or `"I64"`;
///    - `shape`: at most 8 unsigned integers, outermost dimension first, `[]` for a single number;
///    - `data_offsets`: where the tensor's values begin and end, in bytes from the start of the payload. Tensors follow
///      one another in the order of the header: each begins where the one before it ends, the first at 0, and the last
///      ends with the file.
/// 5. JSON is read strictly: no key twice in one object, no number with a sign, a fraction, an exponent or a leading
///    zero, nothing but spaces after the object. Blanks between tokens are read but never written.
/// 6. No value is NaN or infinite.
/// 7. The metadata's entry `sha256` is the SHA-256 of *the whole file with the 64 digits of this entry replaced by 64
///    times `0`*, in lower-case hexadecimal, written without escapes. So every byte of the file is covered, header,
///    lengths and blanks included: a file of which any byte was changed, added or cut is refused. A file without the
///    entry is refused too: who wants no protection against accidents can still compute it. It does not protect from
///    somebody who means harm, who can compute it as well.
/// 8. Written files are a function of their content: `__metadata__` first, its keys in the order of their UTF-8 bytes,
///    then the tensors in the order in which they were given, no blanks but the padding.
///
/// Python reads such a file with `safetensors.numpy.load_file(path)`, and writes one with
/// ```
/// raw = safetensors.numpy.save(tensors, metadata={…, "sha256": "0" * 64})
/// open(path, "wb").write(raw.replace(b"0" * 64, hashlib.sha256(raw).hexdigest().encode(), 1))
/// ```
/// provided that no other metadata hold 64 zeros in a row.
public struct TensorFile: Equatable, Sendable {
  public static let largestFileBytes = 64 << 20
  public static let largestHeaderBytes = 64 << 10
  public static let largestRank = 8

  /// Everything in the metadata but the digest.
  public let metadata: [String: String]
  /// In the order of the file.
  public let tensors: [Tensor]
  /// The entry `sha256` (point 7). One digest stands for one file, byte by byte.
  public let digest: String

  /// Whether a file has to carry the entry `sha256`.
  public enum DigestRule: Sendable {
    /// Files of ours do.
    case required
    /// Files of others need not: their digest is the SHA-256 of their bytes. An entry that is there must fit.
    case optional
  }

  /// A file that can be written.
  /// - Throws: `TensorFileError` when a name is reserved or used twice, a shape is impossible or does not fit its
  ///   values, a value is not finite, or the header or the file becomes too large.
  public init(metadata: [String: String], tensors: [Tensor]) throws(TensorFileError) {
    var names: Set<String> = []
    for tensor in tensors {
      if tensor.name == Self.metadataKey { throw .reservedName(tensor.name) }
      if !names.insert(tensor.name).inserted { throw .duplicate(key: tensor.name, atByte: nil) }
      if tensor.shape.count > Self.largestRank {
        throw .rank(tensor: tensor.name, given: tensor.shape.count, allowed: Self.largestRank)
      }
      guard let count = elementCount(tensor.shape) else { throw .shape(tensor: tensor.name, given: tensor.shape) }
      guard tensor.values.count == count else {
        throw .valueCount(tensor: tensor.name, given: tensor.values.count, expected: count)
      }
      if let index = tensor.firstNotFinite { throw .notFinite(tensor: tensor.name, index: index) }
    }
    var undigested = try Self.checkedHeader(metadata: metadata, layouts: TensorLayout.inOrder(tensors))
    Self.append(tensors, to: &undigested)
    self.init(metadata: metadata, tensors: tensors, digest: SHA256.hex(of: undigested))
  }

  init(metadata: [String: String], tensors: [Tensor], digest: String) {
    self.metadata = metadata
    self.tensors = tensors
    self.digest = digest
  }

  /// The tensor of this name, byte by byte.
  public subscript(name: String) -> Tensor? { tensors.first { $0.name.utf8.elementsEqual(name.utf8) } }

  /// The header of a regular file is checked before the rest is read.
  /// - Parameter limit: of the file, bytes; never more than `largestFileBytes`.
  /// - Throws: `TensorFileError.file` when the file cannot be read, otherwise what decoding throws.
  public static func read(path: String, atMost limit: Int = largestFileBytes) throws(TensorFileError) -> TensorFile {
    let bytes: [UInt8]
    do {
      let file = try InputFile(path: path)
      if let size = file.size {
        if size > min(limit, largestFileBytes) {
          throw TensorFileError.fileTooLarge(given: size, allowed: min(limit, largestFileBytes))
        }
        try checkFront(of: file, size: size)
      }
      bytes = try readFile(file, atMost: min(limit, largestFileBytes))
    } catch {
      if case FileError.tooLarge(_, let given, let allowed) = error {
        throw .fileTooLarge(given: given, allowed: allowed)
      }
      if let error = error as? FileError { throw .file(error) }
      guard let error = error as? TensorFileError else { preconditionFailure("\(error)") }
      throw error
    }
    return try TensorFile(decoding: bytes)
  }

  /// Writes the file atomically.
  /// - Throws: `TensorFileError.file`.
  public func write(path: String) throws(TensorFileError) {
    let bytes = encode()
    do {
      var file = try AtomicFile(path: path)
      _ = bytes.withUnsafeBytes { file.append($0) }
      try file.commit()
    } catch {
      throw .file(error)
    }
  }

  static let metadataKey = "__metadata__"
  static let digestKey = "sha256"
  static let digestDigits = 64
  static let zeroDigest = String(repeating: "0", count: digestDigits)
}
