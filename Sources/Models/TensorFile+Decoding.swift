import Files

extension TensorFile {
  /// Reads a file's bytes. Nothing of a size that the file claims is touched before the claim is checked against the
  /// bytes that are there.
  /// - Parameter rule: of files that others wrote, `optional`.
  /// - Throws: `TensorFileError`, also for every byte that was changed since the file was written.
  public init(decoding bytes: [UInt8], digest rule: DigestRule = .required) throws(TensorFileError) {
    guard bytes.count <= Self.largestFileBytes else {
      throw .fileTooLarge(given: bytes.count, allowed: Self.largestFileBytes)
    }
    let payloadStart = try Self.payloadStart(bytes, size: bytes.count)
    let reader = try Self.header(bytes[..<payloadStart], size: bytes.count)
    let layouts = reader.tensors
    let digest: String
    if rule == .optional && reader.digestOffset == nil {
      digest = SHA256.hex(of: bytes)
    } else {
      digest = try Self.checkedDigest(bytes, payloadStart: payloadStart, at: reader.digestOffset)
    }

    var tensors: [Tensor] = []
    for layout in layouts {
      let tensor = layout.tensor(in: bytes, payloadStart: payloadStart)
      if let index = tensor.firstNotFinite { throw .notFinite(tensor: tensor.name, index: index) }
      tensors.append(tensor)
    }
    var metadata = reader.metadata
    metadata[Self.digestKey] = nil
    self.init(metadata: metadata, tensors: tensors, digest: digest)
  }

  /// The digest that a file says, which is that of its bytes.
  private static func checkedDigest(
    _ bytes: [UInt8], payloadStart: Int, at offset: Int?
  ) throws(TensorFileError) -> String {
    let (digest, front) = try digest(in: bytes[..<payloadStart], at: offset)
    var hasher = front
    bytes.withUnsafeBytes { hasher.update(UnsafeRawBufferPointer(rebasing: $0[payloadStart...])) }
    let computed = hasher.hex
    guard digest == computed else { throw .digestMismatch(given: digest, computed: computed) }
    return digest
  }

  /// Where the payload begins in a file of `size` bytes, by its first 8.
  private static func payloadStart(_ bytes: [UInt8], size: Int) throws(TensorFileError) -> Int {
    guard bytes.count >= 8 else { throw .truncated(given: bytes.count, needed: 8) }
    let claimed = bytes.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
    guard claimed <= UInt64(largestHeaderBytes) else {
      throw .headerTooLong(given: claimed, allowed: largestHeaderBytes)
    }
    guard claimed % 8 == 0 else { throw .headerUnaligned(given: Int(claimed)) }
    guard size >= 8 + Int(claimed) else { throw .truncated(given: size, needed: 8 + Int(claimed)) }
    return 8 + Int(claimed)
  }

  /// The header at the end of a file's front, checked against the file's size.
  private static func header(_ front: ArraySlice<UInt8>, size: Int) throws(TensorFileError) -> HeaderReader {
    var reader = HeaderReader(Array(front), 8..<front.count)
    try reader.read()
    let payloadEnd = reader.tensors.last?.bytes.upperBound ?? 0
    guard size - front.count == payloadEnd else {
      throw .payload(given: size - front.count, expected: payloadEnd)
    }
    return reader
  }

  /// What a regular file's front says of the rest, before that is read.
  static func checkFront(of file: borrowing InputFile, size: Int) throws(TensorFileError) {
    let start = try payloadStart(TensorStream.front(file, min(size, 8)), size: size)
    _ = try header(TensorStream.front(file, start)[...], size: size)
  }

  /// Point 7 of the format: the digest that a file's front, up to its payload, says, and a hasher that has taken in
  /// this front with zeros in the digest's place.
  static func digest(
    in header: ArraySlice<UInt8>, at offset: Int?
  ) throws(TensorFileError) -> (given: String, hasher: SHA256) {
    guard let offset else { throw .noDigest }
    let digits = header[offset...].prefix(digestDigits)
    let isHex = digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (0x61...0x66).contains($0) }
    // An escape in the string would be a backslash here; a shorter string its closing quotation mark.
    guard isHex, digits.endIndex < header.endIndex, header[digits.endIndex] == UInt8(ascii: "\"") else {
      throw .malformedDigest(atByte: offset)
    }
    var hasher = SHA256()
    header[..<offset].withUnsafeBytes { hasher.update($0) }
    var zeros = zeroDigest
    zeros.withUTF8 { hasher.update(UnsafeRawBufferPointer($0)) }
    header[digits.endIndex...].withUnsafeBytes { hasher.update($0) }
    return (String(decoding: digits, as: UTF8.self), hasher)
  }
}

/// What the header says of one tensor, checked.
struct TensorLayout {
  /// Of tensors that follow one another in this order.
  static func inOrder(_ tensors: [Tensor]) -> [TensorLayout] {
    var begin = 0
    return tensors.map { tensor in
      defer { begin += tensor.values.bytes }
      return TensorLayout(
        name: tensor.name, type: tensor.values.elementType, shape: tensor.shape,
        bytes: begin..<begin + tensor.values.bytes)
    }
  }

  enum ElementType: String {
    case float32 = "F32"
    case float64 = "F64"
    case int64 = "I64"

    var bytes: Int { self == .float32 ? 4 : 8 }
  }

  let name: String
  let type: ElementType
  let shape: [Int]
  /// In the payload.
  let bytes: Range<Int>

  /// - Precondition: the payload holds `bytes`.
  func tensor(in file: [UInt8], payloadStart: Int) -> Tensor {
    let count = bytes.count / type.bytes
    let values = file.withUnsafeBytes { file -> Tensor.Values in
      let payload = UnsafeRawBufferPointer(rebasing: file[(payloadStart + bytes.lowerBound)...].prefix(bytes.count))
      func word<Word: FixedWidthInteger & BitwiseCopyable>(_ index: Int, _: Word.Type) -> Word {
        Word(littleEndian: payload.loadUnaligned(fromByteOffset: index * type.bytes, as: Word.self))
      }
      switch type {
      case .float32: return .float32((0..<count).map { Double(Float(bitPattern: word($0, UInt32.self))) })
      case .float64: return .float64((0..<count).map { Double(bitPattern: word($0, UInt64.self)) })
      case .int64: return .int64((0..<count).map { word($0, Int64.self) })
      }
    }
    return Tensor(name: name, shape: shape, values: values)
  }
}
