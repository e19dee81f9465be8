import Files

/// Class labels from a file or a pipe, plain or gzipped: NPY of integers, `(n,)` or `(n, 1)`, or IDX of one dimension.
/// Read whole, before the seal.
public struct LabelFile: ~Copyable {
  public let type: NPYType
  public let count: Int
  /// Memory for decompression, outside the arena.
  public var outsideBytes: Int { stream.outsideBytes }
  private let isIDX: Bool
  private var stream: ByteStream

  /// Opens a file, or the standard input for `-`, and reads the header.
  /// - Throws: `SampleError.file`, `.gzip`, `.npy`, `.idx`, `.type`, `.shape`.
  public init(path: String) throws(SampleError) {
    var stream = try ByteStream.open(path)
    try stream.lookAhead(1)
    let (isIDX, type, count): (Bool, NPYType, Int)
    isIDX = stream.front.first == 0
    if isIDX {
      let header = try readIDXHeader(&stream, dimensions: 1...1)
      type = .uint8
      count = header.shape[0]
    } else {
      let header = try readNPYHeader(&stream, types: NPYType.labels)
      guard header.shape.count == 1 || header.shape[1] == 1 else { throw .shape(given: header.shape) }
      type = header.type
      count = header.shape[0]
    }
    self.isIDX = isIDX
    self.type = type
    self.count = count
    self.stream = stream
  }

  /// Reads all labels.
  /// - Parameter labels: memory for as many labels as there are samples.
  /// - Throws: `SampleError.labelCount` when the file has another number, `.label` when one is not in 0..<classes (not
  ///   in 0..<2 for truth values), `.npy` or `.idx` when the content ends early or late, `.gzip`, `.file`.
  public consuming func read(into labels: UnsafeMutableBufferPointer<Int32>, classes: Int) throws(SampleError) {
    precondition(classes > 0 && classes <= Int(Int32.max), "labels are for at least one class")
    guard count == labels.count else { throw .labelCount(given: count, expected: labels.count) }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 16)
    defer { buffer.deallocate() }
    stream.attach(buffer, replaysFront: false)
    let limit = type == .bool ? min(classes, 2) : classes
    var index = 0
    while index < count {
      let available = stream.available
      if available.count < type.bytes {
        let status = stream.fill()
        if case .read = status { continue }
        guard status == .end else { throw stream.error(status) }
        let end = stream.position + available.count
        let needed = stream.position + (count - index) * type.bytes
        throw isIDX ? .idx(.truncated(given: end, needed: needed)) : .npy(.truncated(given: end, needed: needed))
      }
      let value = integer(UnsafeRawBufferPointer(available))
      guard 0 <= value && value < limit else { throw .label(given: value, classes: limit, index: index) }
      labels[index] = Int32(value)
      index += 1
      stream.consume(type.bytes)
    }
    if stream.available.isEmpty {
      let status = stream.fill()
      if status == .end { return }
      guard case .read = status else { throw stream.error(status) }
    }
    throw isIDX
      ? .idx(.trailingBytes(atByte: stream.position)) : .npy(.trailingBytes(atByte: stream.position))
  }

  /// The first integer of `bytes`, clamped to what Int holds.
  private func integer(_ bytes: UnsafeRawBufferPointer) -> Int {
    func load<Integer: FixedWidthInteger & BitwiseCopyable>(_: Integer.Type) -> Int {
      Int(clamping: Integer(littleEndian: bytes.loadUnaligned(as: Integer.self)))
    }
    return switch type {
    case .int8: load(Int8.self)
    case .uint8, .bool: load(UInt8.self)
    case .int16: load(Int16.self)
    case .uint16: load(UInt16.self)
    case .int32: load(Int32.self)
    case .uint32: load(UInt32.self)
    case .int64: load(Int64.self)
    case .uint64: load(UInt64.self)
    case .float32, .float64, .complex64, .complex128: preconditionFailure("the header was checked for integers")
    }
  }
}
