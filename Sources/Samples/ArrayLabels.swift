/// Labels of an array file: NPY of integers, `(n,)` or `(n, 1)`, or IDX of one dimension.
final class ArrayLabels: LabelSource {
  let count: Int
  private let type: NPYType
  private let isIDX: Bool
  private var stream: ByteStream

  /// - Precondition: the first byte was looked at.
  init(_ opened: consuming ByteStream) throws(SampleError) {
    var stream = opened
    isIDX = stream.front.first == 0
    if isIDX {
      type = .uint8
      count = try readIDXHeader(&stream, dimensions: 1...1).shape[0]
    } else {
      let header = try readNPYHeader(&stream, types: NPYType.labels)
      guard header.shape.count == 1 || header.shape[1] == 1 else { throw .shape(given: header.shape) }
      (type, count) = (header.type, header.shape[0])
    }
    self.stream = stream
  }

  var outsideBytes: Int { stream.outsideBytes }
  var isBoolean: Bool { type == .bool }

  /// Reads all of them.
  func visit(_ body: (_ index: Int, _ label: Int) throws(SampleError) -> Void) throws(SampleError) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 16)
    defer { buffer.deallocate() }
    stream.attach(buffer)
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
      try body(index, integer(UnsafeRawBufferPointer(available)))
      index += 1
      stream.consume(type.bytes)
    }
    let status: FillStatus = stream.available.isEmpty ? stream.fill() : .read(stream.available.count)
    switch status {
    case .end: return
    case .read:
      throw isIDX ? .idx(.trailingBytes(atByte: stream.position)) : .npy(.trailingBytes(atByte: stream.position))
    case .failed, .damaged: throw stream.error(status)
    }
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
