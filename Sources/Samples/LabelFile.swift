import Files

/// Class labels from an NPY file of integers, `(n,)` or `(n, 1)`, or from a pipe. Read whole, before the seal.
public struct LabelFile: ~Copyable {
  public let type: NPYType
  public let count: Int
  private var stream: ByteStream

  /// Opens a file, or the standard input for `-`, and reads the header.
  /// - Throws: `SampleError.file`, `.npy`, `.type`, `.shape`.
  public init(path: String) throws(SampleError) {
    var stream: ByteStream
    do { stream = try ByteStream(path: path) } catch { throw .file(error) }
    let header = try readHeader(&stream, types: NPYType.labels)
    guard header.shape.count == 1 || header.shape[1] == 1 else { throw .shape(given: header.shape) }
    self.type = header.type
    self.count = header.shape[0]
    self.stream = stream
  }

  /// Reads all labels.
  /// - Parameter labels: memory for as many labels as there are samples.
  /// - Throws: `SampleError.labelCount` when the file has another number, `.label` when one is not in 0..<classes (not
  ///   in 0..<2 for truth values), `.npy` when a pipe ends early or late, `.file`.
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
        switch stream.fill() {
        case .read: continue
        case .end:
          let end = stream.position + available.count
          throw .npy(.truncated(given: end, needed: end - available.count + (count - index) * type.bytes))
        case .failed(let errno): throw .file(.system(.read, path: stream.file.path, errno: errno))
        }
      }
      let value = integer(UnsafeRawBufferPointer(available))
      guard 0 <= value && value < limit else { throw .label(given: value, classes: limit, index: index) }
      labels[index] = Int32(value)
      index += 1
      stream.consume(type.bytes)
    }
    if stream.available.isEmpty, stream.fill() == .end { return }
    throw .npy(.trailingBytes(atByte: stream.position))
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
