import Files

/// Samples from an array file, NPY or IDX, plain or gzipped: one a row, from front to back, again from the front, or
/// one by its number.
///
/// - Elements of NPY are `<f4`, `<f8`, `<c8` or `<c16`; they become Double parts. An array of one dimension is a single
///   sample.
/// - Elements of IDX are bytes; a byte x becomes x/255. The first dimension counts samples; the others, of which there
///   is at least one, make a row.
/// - The size of a plain regular file is compared with its header at once. The end of a pipe or of compressed data is
///   only seen when it comes: `truncated`, `trailingBytes` or `damaged` then stands where the end was expected.
/// - After `begin`, nothing allocates or throws.
public struct ArrayStream: ~Copyable {
  /// The least memory that `begin` takes; more means fewer system calls.
  public static let smallestBuffer = ByteStream.smallestBuffer

  /// What makes a number of an element's bytes.
  private enum Element {
    case number(NPYType)
    /// IDX: x/255.
    case byte

    var bytes: Int {
      switch self {
      case .number(let type): type.bytes
      case .byte: 1
      }
    }

    var isComplex: Bool {
      switch self {
      case .number(let type): type.isComplex
      case .byte: false
      }
    }
  }

  /// The most dimensions of an IDX file: samples, and what a sample has.
  static let imageDimensions = 2...8

  public let rows: Int
  public let columns: Int
  /// Whether the array has one dimension.
  public let isFlat: Bool
  /// The number of the row that `nextRow` reads, from 0.
  public private(set) var row = 0
  private let element: Element
  private let dataOffset: Int
  private var stream: ByteStream
  /// A status after which nothing more is read.
  private var final: RowStatus?

  /// Opens a file, or the standard input for `-`, and reads the header.
  /// - Throws: `SampleError.file`, `.gzip`, `.npy`, `.idx`, `.type`.
  public init(path: String) throws(SampleError) {
    var stream = try ByteStream.open(path)
    try stream.lookAhead(1)
    try self.init(stream)
  }

  /// - Precondition: the first byte, if there is one, was looked at.
  init(_ opened: consuming ByteStream) throws(SampleError) {
    var stream = opened
    if stream.front.first == 0 {
      let header = try readIDXHeader(&stream, dimensions: Self.imageDimensions)
      if header.columns == 0 { throw .emptyRows }
      element = .byte
      isFlat = false
      rows = header.shape[0]
      columns = header.columns
      dataOffset = header.dataOffset
    } else {
      let header = try readNPYHeader(&stream, types: NPYType.samples)
      if header.shape.last == 0 { throw .emptyRows }
      element = .number(header.type)
      isFlat = header.shape.count == 1
      rows = isFlat ? 1 : header.shape[0]
      columns = header.shape.last!
      dataOffset = header.dataOffset
    }
    self.stream = stream
  }

  public var path: String { stream.file.path }
  /// Whether rows can be read again, and in any order: regular files only.
  public var canRewind: Bool { stream.canSeek }
  /// Memory for decompression, outside the arena.
  public var outsideBytes: Int { stream.outsideBytes }
  /// Whether numbers have imaginary parts.
  public var isComplex: Bool { element.isComplex }
  /// Whether every number is x/255 of a byte x.
  public var hasBytes: Bool {
    if case .byte = element { true } else { false }
  }

  /// Prepares for reading rows.
  /// - Parameters:
  ///   - columns: how many elements a row must have, at least 1.
  ///   - imaginary: whether `nextRow` is given room for imaginary parts. Real samples then get zeros.
  ///   - buffer: at least `smallestBuffer` bytes that outlive this value.
  /// - Throws: `SampleError.columns`, `.complex`.
  public mutating func begin(
    columns: Int, imaginary: Bool, buffer: UnsafeMutableRawBufferPointer
  ) throws(SampleError) {
    precondition(columns > 0, "a sample has at least one element")
    guard columns == self.columns else { throw .columns(given: self.columns, expected: columns) }
    guard imaginary || !element.isComplex else { throw .complex }
    stream.attach(buffer)
  }

  /// Reads the next row into `real` and, if given, `imaginary`, of `columns` elements each. Unless the status is `row`,
  /// their contents are not to be used.
  /// - Precondition: `begin` came before, and `imaginary` is given if it said so.
  public mutating func nextRow(
    real: UnsafeMutablePointer<Double>, imaginary: UnsafeMutablePointer<Double>?
  ) -> RowStatus {
    if let final { return final }
    let status = row < rows ? readRow(real, imaginary, bytesAhead: .max) : atEnd()
    row += 1
    if status.isFinal { final = status }
    return status
  }

  /// Starts again from the first row.
  /// - Precondition: `canRewind`.
  public mutating func rewind() {
    stream.seek(to: dataOffset)
    row = 0
    final = nil
  }

  /// Reads one row by its number, without changing which one `nextRow` reads. Reads no more than this row.
  /// A gzipped file is read from its beginning for it, twice.
  /// - Precondition: `canRewind`, and as for `nextRow`; `0 <= index < rows`.
  public mutating func row(
    at index: Int, real: UnsafeMutablePointer<Double>, imaginary: UnsafeMutablePointer<Double>?
  ) -> RowStatus {
    precondition(0 <= index && index < rows, "a row that is not there")
    let position = stream.position
    defer { stream.seek(to: position) }
    let bytes = columns * element.bytes
    stream.seek(to: dataOffset + index * bytes)
    return readRow(real, imaginary, bytesAhead: bytes)
  }

  private mutating func readRow(
    _ real: UnsafeMutablePointer<Double>, _ imaginary: UnsafeMutablePointer<Double>?, bytesAhead: Int
  ) -> RowStatus {
    precondition(stream.isAttached, "begin() was not called")
    var column = 0
    var bytesAhead = bytesAhead
    var notFinite: Int?
    while column < columns {
      let available = stream.available
      let count = min(available.count / element.bytes, columns - column)
      if count == 0 {
        switch stream.fill(atMost: bytesAhead) {
        case .read(let read): bytesAhead -= read
        case .end: return .truncated(atByte: stream.position + available.count)
        case .failed(let errno): return .failed(errno: errno)
        case .damaged(let damage, let byte): return .damaged(damage, atByte: byte)
        }
      } else {
        let bad = convert(UnsafeRawBufferPointer(available), count, real + column, imaginary.map { $0 + column })
        if notFinite == nil, let bad { notFinite = column + bad }
        stream.consume(count * element.bytes)
        column += count
      }
    }
    return notFinite.map { .notFinite(column: $0) } ?? .row
  }

  /// Converts `count` elements; the index of the first that is not finite.
  private func convert(
    _ bytes: UnsafeRawBufferPointer, _ count: Int, _ real: UnsafeMutablePointer<Double>,
    _ imaginary: UnsafeMutablePointer<Double>?
  ) -> Int? {
    // Without checks, and as vectors: a batch's numbers would take as long as the circuit. `bytes` holds all elements.
    let start = bytes.baseAddress!
    func single(_ index: Int) -> Double {
      Double(Float(bitPattern: UInt32(littleEndian: start.loadUnaligned(fromByteOffset: 4 &* index, as: UInt32.self))))
    }
    func double(_ index: Int) -> Double {
      Double(bitPattern: UInt64(littleEndian: start.loadUnaligned(fromByteOffset: 8 &* index, as: UInt64.self)))
    }
    guard case .number(let type) = element else {
      for index in 0..<count { real[index] = Double(bytes[index]) / 255 }
      imaginary?.update(repeating: 0, count: count)
      return nil
    }
    var index = 0
    switch type {
    case .float32:
      #if _endian(little)
        while index &+ 4 <= count {
          let four = SIMD4<Double>(start.loadUnaligned(fromByteOffset: 4 &* index, as: SIMD4<Float>.self))
          UnsafeMutableRawPointer(real + index).storeBytes(of: four, as: SIMD4<Double>.self)
          index &+= 4
        }
      #endif
      while index < count {
        real[index] = single(index)
        index &+= 1
      }
    case .float64:
      while index < count {
        real[index] = double(index)
        index &+= 1
      }
    case .complex64:
      let imaginary = imaginary!
      while index < count {
        real[index] = single(2 &* index)
        imaginary[index] = single(2 &* index &+ 1)
        index &+= 1
      }
    case .complex128:
      let imaginary = imaginary!
      while index < count {
        real[index] = double(2 &* index)
        imaginary[index] = double(2 &* index &+ 1)
        index &+= 1
      }
    case .int8, .uint8, .int16, .uint16, .int32, .uint32, .int64, .uint64, .bool:
      preconditionFailure("the header was checked for a floating-point type")
    }
    if let imaginary, !type.isComplex { imaginary.update(repeating: 0, count: count) }
    if isFinite(real, count) && imaginary.map({ isFinite($0, count) }) ?? true { return nil }
    return (0..<count).first { !real[$0].isFinite || !(imaginary?[$0].isFinite ?? true) }
  }

  /// Whether all are.
  private func isFinite(_ numbers: UnsafePointer<Double>, _ count: Int) -> Bool {
    let exponent = UInt64(0x7FF) << 52
    var carries: UInt64 = 0
    var index = 0
    while index < count {
      // What is not finite has an exponent of ones alone: one more carries into the sign's place.
      carries |= (numbers[index].bitPattern & exponent) &+ (1 << 52)
      index &+= 1
    }
    return carries >> 63 == 0
  }

  /// After the last row nothing may follow.
  private mutating func atEnd() -> RowStatus {
    if stream.available.isEmpty {
      switch stream.fill() {
      case .end: return .end
      case .failed(let errno): return .failed(errno: errno)
      case .damaged(let damage, let byte): return .damaged(damage, atByte: byte)
      case .read: break
      }
    }
    return .trailingBytes(atByte: stream.position)
  }
}
