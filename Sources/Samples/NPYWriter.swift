import Files

/// Writes rows of numbers as an NPY file of two dimensions, version 1.0, which appears when it is complete. The number
/// of rows need not be known before: the header has a fixed size and is written again at the end.
///
/// Nothing allocates between opening and the end of `commit`, nor throws before it.
public struct NPYWriter: ~Copyable {
  /// What the file's elements are.
  public enum Element: Sendable {
    /// Rounded to single precision.
    case float32
    case float64
    /// Real and imaginary part, each a number that is appended.
    case complex128

    fileprivate var numbers: Int { self == .complex128 ? 2 : 1 }
  }

  /// Bytes of the headers that are written here.
  public static let headerBytes = 128
  /// The least memory that a writer takes.
  public static let smallestBuffer = headerBytes

  public let columns: Int
  private let element: Element
  private let announcedRows: Int?
  private var file: BufferedFile
  private var numbers = 0

  /// - Parameters:
  ///   - rows: how many rows will be written, if known: then `commit` checks it.
  ///   - buffer: at least `smallestBuffer` bytes that outlive this value.
  /// - Throws: `SampleError.file`.
  public init(
    path: String, element: Element, columns: Int, rows: Int? = nil, buffer: UnsafeMutableRawBufferPointer
  ) throws(SampleError) {
    let file: AtomicFile
    do { file = try AtomicFile(path: path) } catch { throw .file(error) }
    self.init(file, element: element, columns: columns, rows: rows, buffer: buffer)
  }

  /// The same for a file that is open.
  public init(
    _ opened: consuming AtomicFile, element: Element, columns: Int, rows: Int? = nil,
    buffer: UnsafeMutableRawBufferPointer
  ) {
    precondition(columns > 0 && (rows ?? 0) >= 0, "a row has at least one element")
    precondition(buffer.count >= Self.smallestBuffer, "the buffer is too small")
    file = BufferedFile(opened, buffer: buffer)
    self.columns = columns
    self.element = element
    self.announcedRows = rows
    // A failed write is told by the next one, and by commit() in any case.
    _ = file.append(atMost: Self.headerBytes) { room in
      Self.writeHeader(element, rows: rows ?? 0, columns: columns, into: room)
    }
  }

  /// Appends the elements that come next, a row or any part of one.
  public mutating func append(_ values: UnsafeBufferPointer<Double>) -> WriteStatus {
    for value in values {
      let status = append(value)
      if status != .written { return status }
    }
    return .written
  }

  /// Appends the number that comes next.
  public mutating func append(_ value: Double) -> WriteStatus {
    numbers += 1
    return switch element {
    case .float32: append(Float(value).bitPattern)
    case .float64, .complex128: append(value.bitPattern)
    }
  }

  private mutating func append<Word: FixedWidthInteger & BitwiseCopyable>(_ word: Word) -> WriteStatus {
    file.append(atMost: MemoryLayout<Word>.size) { room in
      room.storeBytes(of: word.littleEndian, as: Word.self)
      return MemoryLayout<Word>.size
    }
  }

  /// Completes the header and makes the file appear.
  /// - Precondition: the last row is complete.
  /// - Throws: `SampleError.rows` when another number was announced, `.file`. The file then does not appear.
  public consuming func commit() throws(SampleError) {
    precondition(numbers % (columns * element.numbers) == 0, "the last row is not complete")
    let rows = numbers / (columns * element.numbers)
    if let announcedRows, announcedRows != rows { throw .rows(given: rows, expected: announcedRows) }
    if announcedRows == nil {
      withUnsafeTemporaryAllocation(byteCount: Self.headerBytes, alignment: 1) { room in
        _ = Self.writeHeader(element, rows: rows, columns: columns, into: room)
        _ = file.overwrite(UnsafeRawBufferPointer(room), at: 0)
      }
    }
    do { try file.commit() } catch { throw .file(error) }
  }

  /// Removes what was written; an older file of the name stays.
  public consuming func abandon() {}

  private static func writeHeader(
    _ element: Element, rows: Int, columns: Int, into room: UnsafeMutableRawBufferPointer
  ) -> Int {
    var cursor = TextCursor(room)
    cursor.put(byte: NPYHeader.magic[0])
    cursor.put("NUMPY\u{1}\u{0}")
    cursor.put(byte: UInt8(headerBytes - 10))
    cursor.put(byte: 0)
    cursor.put("{'descr': '")
    switch element {
    case .float32: cursor.put("<f4")
    case .float64: cursor.put("<f8")
    case .complex128: cursor.put("<c16")
    }
    cursor.put("', 'fortran_order': False, 'shape': (")
    cursor.put(rows)
    cursor.put(", ")
    cursor.put(columns)
    cursor.put("), }")
    cursor.pad(to: headerBytes - 1, with: UInt8(ascii: " "))
    cursor.put("\n")
    return cursor.count
  }
}
