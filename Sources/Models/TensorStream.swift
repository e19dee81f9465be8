import Files

/// A tensor file that is too large to be held twice: its header is read at once, and the values of one that has a
/// single F64 tensor, or of one that was verified before, go straight to where they are needed. The format is that of
/// `TensorFile`, and so are the checks.
public struct TensorStream: ~Copyable {
  /// Everything in the metadata but the digest.
  public let metadata: [String: String]
  /// In the order of the file.
  public let tensors: [(name: String, type: String, shape: [Int])]
  /// What the file says; `read` compares it.
  public let digest: String
  private let file: InputFile
  private let payloadStart: Int
  private let payloadBytes: Int
  /// Has taken in the header, with zeros for the digest.
  private var hasher: SHA256

  /// Opens a regular file and reads its header.
  /// - Parameter limit: bytes of the largest file that is taken.
  /// - Throws: `TensorFileError`.
  public init(path: String, atMost limit: Int = TensorFile.largestFileBytes) throws(TensorFileError) {
    // Opening a FIFO would wait for somebody.
    if fileExists(path) && !isRegularFile(path) { throw .file(.notRegular(path: path)) }
    let file: InputFile
    do { file = try InputFile(path: path) } catch { throw .file(error) }
    if path == "-" { throw .file(.notRegular(path: path)) }
    try self.init(file, atMost: limit)
  }

  /// The same for a file that is open.
  public init(_ file: consuming InputFile, atMost limit: Int) throws(TensorFileError) {
    guard let size = file.size else { throw .file(.notRegular(path: file.path)) }
    guard size <= limit else { throw .fileTooLarge(given: size, allowed: limit) }
    var header = try Self.front(file, 8)
    let claimed = header.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
    guard claimed <= UInt64(TensorFile.largestHeaderBytes) else {
      throw .headerTooLong(given: claimed, allowed: TensorFile.largestHeaderBytes)
    }
    guard claimed % 8 == 0 else { throw .headerUnaligned(given: Int(claimed)) }
    header = try Self.front(file, 8 + Int(claimed))

    var reader = HeaderReader(header, 8..<header.count, largestBytes: limit)
    try reader.read()
    let payloadBytes = reader.tensors.last?.bytes.upperBound ?? 0
    guard size - header.count == payloadBytes else {
      throw .payload(given: size - header.count, expected: payloadBytes)
    }
    (digest, hasher) = try TensorFile.digest(in: header[...], at: reader.digestOffset)
    var metadata = reader.metadata
    metadata[TensorFile.digestKey] = nil
    self.metadata = metadata
    tensors = reader.tensors.map { ($0.name, $0.type.rawValue, $0.shape) }
    payloadStart = header.count
    self.payloadBytes = payloadBytes
    self.file = file
  }

  static func front(_ file: borrowing InputFile, _ count: Int) throws(TensorFileError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let (read, status) = bytes.withUnsafeMutableBytes { fill($0, file, at: 0) }
    if case .failed(let errno) = status { throw .file(.system(.read, path: file.path, errno: errno)) }
    guard read == count else { throw .truncated(given: read, needed: count) }
    return bytes
  }

  /// - Returns: how many bytes there were, at most as many as asked for, and how the last read ended.
  private static func fill(
    _ bytes: UnsafeMutableRawBufferPointer, _ file: borrowing InputFile, at offset: Int
  ) -> (count: Int, last: ReadStatus) {
    var count = 0
    while count < bytes.count {
      let status = file.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[count...]), at: offset + count)
      guard case .read(let more) = status else { return (count, status) }
      count += more
    }
    return (count, .end)
  }

  /// Reads all of the payload and compares the digest.
  /// - Throws: `TensorFileError.file`, `.truncated`, `.digestMismatch`.
  public borrowing func verify() throws(TensorFileError) {
    var hasher = hasher
    var piece = [UInt8](repeating: 0, count: 64 << 10)
    var offset = payloadStart
    let end = payloadStart + payloadBytes
    while offset < end {
      let wanted = min(piece.count, end - offset)
      let (count, status) = piece.withUnsafeMutableBytes {
        Self.fill(UnsafeMutableRawBufferPointer(rebasing: $0[..<wanted]), file, at: offset)
      }
      if case .failed(let errno) = status { throw .file(.system(.read, path: file.path, errno: errno)) }
      guard count == wanted else { throw .truncated(given: offset + count, needed: end) }
      piece.withUnsafeBytes { hasher.update(UnsafeRawBufferPointer(rebasing: $0[..<wanted])) }
      offset += wanted
    }
    let computed = hasher.hex
    guard digest == computed else { throw .digestMismatch(given: digest, computed: computed) }
  }

  /// Reads bytes of the payload of a file that was verified.
  /// - Parameter offset: from the payload's start.
  /// - Precondition: they lie within the payload.
  /// - Throws: `TensorFileError.file`, `.truncated`.
  public borrowing func read(into bytes: UnsafeMutableRawBufferPointer, at offset: Int) throws(TensorFileError) {
    precondition(offset >= 0 && offset + bytes.count <= payloadBytes, "beyond the payload")
    if bytes.isEmpty { return }
    let (count, status) = Self.fill(bytes, file, at: payloadStart + offset)
    if case .failed(let errno) = status { throw .file(.system(.read, path: file.path, errno: errno)) }
    guard count == bytes.count else {
      throw .truncated(given: payloadStart + offset + count, needed: payloadStart + offset + bytes.count)
    }
  }

  /// Reads all values, row-major. Nothing of them is to be used unless this returns.
  /// - Parameter values: as many as the shape says.
  /// - Precondition: there is one tensor, of F64.
  /// - Throws: `TensorFileError.file`, `.truncated`, `.digestMismatch`, `.notFinite`.
  public consuming func read(into values: UnsafeMutableBufferPointer<Double>) throws(TensorFileError) {
    let tensor = tensors[0]
    precondition(tensors.count == 1 && tensor.type == TensorLayout.ElementType.float64.rawValue, "other tensors")
    precondition(values.count == tensor.shape.reduce(1, *), "room for another shape")
    let bytes = UnsafeMutableRawBufferPointer(values)
    let (count, status) = Self.fill(bytes, file, at: payloadStart)
    if case .failed(let errno) = status { throw .file(.system(.read, path: file.path, errno: errno)) }
    guard count == bytes.count else {
      throw .truncated(given: payloadStart + count, needed: payloadStart + bytes.count)
    }
    hasher.update(UnsafeRawBufferPointer(bytes))
    let computed = hasher.hex
    guard digest == computed else { throw .digestMismatch(given: digest, computed: computed) }
    for index in values.indices {
      values[index] = Double(bitPattern: UInt64(littleEndian: values[index].bitPattern))
      if !values[index].isFinite { throw .notFinite(tensor: tensor.name, index: index) }
    }
  }
}

extension TensorFile {
  /// Writes a file of one F64 tensor without holding it: the same bytes as `encode`.
  /// - Parameter values: row-major, as many as the shape says.
  /// - Returns: the digest.
  /// - Throws: `TensorFileError`, before anything is written, but `.file` of a failed write.
  public static func write(
    metadata: [String: String], name: String, shape: [Int], values: UnsafeBufferPointer<Double>,
    to file: inout AtomicFile
  ) throws(TensorFileError) -> String {
    precondition(values.count == shape.reduce(1, *), "values of another shape")
    if let index = values.firstIndex(where: { !$0.isFinite }) { throw .notFinite(tensor: name, index: index) }
    let layout = TensorLayout(name: name, type: .float64, shape: shape, bytes: 0..<8 * values.count)
    let undigested = try checkedHeader(metadata: metadata, layouts: [layout])
    var hasher = SHA256()
    undigested.withUnsafeBytes { hasher.update($0) }
    forEachPiece(of: values) { hasher.update($0) }
    let digest = hasher.hex
    let status = header(metadata: metadata, layouts: [layout], digest: digest).withUnsafeBytes { file.append($0) }
    if case .failed(let errno) = status { throw .file(.system(.write, path: file.path, errno: errno)) }
    var failure: Int32?
    forEachPiece(of: values) { piece in
      if case .failed(let errno) = file.append(piece) { failure = failure ?? errno }
    }
    if let failure { throw .file(.system(.write, path: file.path, errno: failure)) }
    return digest
  }

  /// The bytes of the values, little-endian, in pieces.
  private static func forEachPiece(
    of values: UnsafeBufferPointer<Double>, _ body: (UnsafeRawBufferPointer) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 512) { piece in
      var start = 0
      while start < values.count {
        let count = min(piece.count, values.count - start)
        for i in 0..<count { piece[i] = values[start + i].bitPattern.littleEndian }
        body(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(piece)[..<(8 * count)]))
        start += count
      }
    }
  }
}
