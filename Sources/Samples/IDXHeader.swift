/// The header of an IDX file, as MNIST is published, in the subset that is read here:
///
/// 1. Bytes 0 and 1: zero. Byte 2: the element type, 0x08, unsigned bytes. Byte 3: the number of dimensions.
/// 2. The dimensions, outermost first: 4 bytes each, big-endian.
/// 3. The data: one byte an element, row-major, nothing after them.
public struct IDXHeader: Equatable, Sendable {
  static let magicBytes = 4
  static let unsignedByte: UInt8 = 0x08

  /// Samples first.
  public let shape: [Int]
  /// Where the data begin, from the start of the content.
  public let dataOffset: Int
  /// Elements of a sample.
  public let columns: Int
  /// Bytes of all elements.
  public let dataBytes: Int

  /// How long the header is, from its first four bytes.
  static func bytesNeeded(_ bytes: [UInt8], dimensions: ClosedRange<Int>) throws(IDXError) -> Int {
    guard bytes.count >= magicBytes else { throw .truncated(given: bytes.count, needed: magicBytes) }
    guard bytes[0] == 0, bytes[1] == 0 else { throw .magic }
    guard bytes[2] == unsignedByte else { throw .type(given: bytes[2]) }
    guard dimensions.contains(Int(bytes[3])) else { throw .dimensions(given: Int(bytes[3]), allowed: dimensions) }
    return magicBytes + 4 * Int(bytes[3])
  }

  /// Reads a header from the front of `bytes`; what follows it is not looked at.
  /// - Parameter dimensions: how many the array may have: 1 for labels, more for images.
  /// - Throws: `IDXError`.
  public init(decoding bytes: [UInt8], dimensions: ClosedRange<Int>) throws(IDXError) {
    let needed = try Self.bytesNeeded(bytes, dimensions: dimensions)
    guard bytes.count >= needed else { throw .truncated(given: bytes.count, needed: needed) }
    shape = stride(from: Self.magicBytes, to: needed, by: 4).map { start in
      bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
    }
    dataOffset = needed
    // An extent of 0 hides nothing: with any extents in its place the shape must fit.
    var (columns, size) = (1, max(shape[0], 1))
    for extent in shape.dropFirst() {
      let (product, overflow) = size.multipliedReportingOverflow(by: max(extent, 1))
      if overflow { throw .shapeOverflow(given: shape) }
      size = product
      columns *= extent
    }
    guard !size.addingReportingOverflow(needed).overflow else { throw .shapeOverflow(given: shape) }
    self.columns = columns
    dataBytes = shape[0] * columns
  }
}

/// Why bytes are no IDX array that is read here. Offsets count bytes of the content.
public enum IDXError: Error, Equatable, Sendable {
  /// The content ends before what it announces.
  case truncated(given: Int, needed: Int)
  case magic
  /// Another element type than unsigned bytes, 0x08.
  case type(given: UInt8)
  case dimensions(given: Int, allowed: ClosedRange<Int>)
  /// The shape's size in bytes is beyond 2^63.
  case shapeOverflow(given: [Int])
  /// The size of a plain file is another than its header says.
  case size(given: Int, expected: Int)
  /// The content goes on after the last element.
  case trailingBytes(atByte: Int)
}
