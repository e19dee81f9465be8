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
  public init(path: String) throws(SampleError) { try self.init(ByteStream.open(path)) }

  /// The same for a file that is open.
  /// - Throws: as above.
  public init(_ file: consuming InputFile) throws(SampleError) { try self.init(ByteStream.open(file)) }

  private init(_ opened: consuming ByteStream) throws(SampleError) {
    var stream = opened
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
  /// - Parameters:
  ///   - labels: memory for as many labels as there are samples.
  ///   - selected: the classes to keep: a label becomes its position in this list, −1 where it is not in it. Empty:
  ///     labels stay as they are.
  /// - Throws: `SampleError.labelCount` when the file has another number, and what `count` throws.
  public consuming func read(
    into labels: UnsafeMutableBufferPointer<Int32>, classes: Int, selected: [Int] = []
  ) throws(SampleError) {
    guard count == labels.count else { throw .labelCount(given: count, expected: labels.count) }
    _ = try pass(into: labels, classes: classes, selected: selected)
  }

  /// How many labels are of the selected classes; of any, if none is selected.
  /// - Throws: `SampleError.label` when one is not in 0..<classes (not in 0..<2 for truth values) and nothing is
  ///   selected,
  ///   `.classAbsent` when no label is of a selected class, `.npy` or `.idx` when the content ends early or late,
  ///   `.gzip`,
  ///   `.file`.
  public consuming func count(classes: Int, selected: [Int] = []) throws(SampleError) -> Int {
    try pass(into: nil, classes: classes, selected: selected)
  }

  private mutating func pass(
    into labels: UnsafeMutableBufferPointer<Int32>?, classes: Int, selected: [Int]
  ) throws(SampleError) -> Int {
    precondition(classes > 0 && classes <= Int(Int32.max), "labels are for at least one class")
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 16)
    defer { buffer.deallocate() }
    stream.attach(buffer, replaysFront: false)
    let limit = type == .bool ? min(classes, 2) : classes
    var found = [Int](repeating: 0, count: selected.count)
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
      if selected.isEmpty {
        guard 0 <= value && value < limit else { throw .label(given: value, classes: limit, index: index) }
        labels?[index] = Int32(value)
      } else {
        let position = selected.firstIndex(of: value)
        if let position { found[position] += 1 }
        labels?[index] = Int32(position ?? -1)
      }
      index += 1
      stream.consume(type.bytes)
    }
    if stream.available.isEmpty {
      let status = stream.fill()
      guard status == .end else {
        guard case .read = status else { throw stream.error(status) }
        throw trailing
      }
    } else {
      throw trailing
    }
    if let absent = found.firstIndex(of: 0) { throw .classAbsent(selected[absent]) }
    return selected.isEmpty ? count : found.reduce(0, +)
  }

  private var trailing: SampleError {
    isIDX
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
