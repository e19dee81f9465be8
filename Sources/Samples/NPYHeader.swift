/// The header of a NumPy array file, in the subset that is read here:
///
/// 1. Bytes 0–5: `\x93NUMPY`. Bytes 6 and 7: the version, 1.0 or 2.0.
/// 2. The length of the header that follows, little-endian: 2 bytes in version 1.0, 4 bytes in 2.0; at most 4096.
/// 3. The header: a Python dictionary in ASCII with exactly the keys `descr` (a string, one of `NPYType`),
///    `fortran_order` (`False`) and `shape` (a tuple of one or two integers), in any order, a comma after the last
///    being free; then spaces, and a newline as the last byte.
/// 4. The data: the rows one after the other, nothing after them.
public struct NPYHeader: Equatable, Sendable {
  public static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  public static let largestBytes = 4096

  public let type: NPYType
  /// Rows first.
  public let shape: [Int]
  /// Where the data begin, from the start of the file.
  public let dataOffset: Int
  /// Bytes of all rows.
  public let dataBytes: Int

  /// How many bytes must be known before the next step of reading, given those known so far. The header is complete
  /// when that is how many there are.
  /// - Throws: `NPYError` as soon as the bytes are known to be no header.
  static func bytesNeeded(_ bytes: [UInt8]) throws(NPYError) -> Int {
    guard bytes.prefix(6).elementsEqual(magic.prefix(bytes.count)) else { throw .magic }
    if bytes.count < 8 { return 8 }
    guard bytes[6] == 1 || bytes[6] == 2, bytes[7] == 0 else {
      throw .version(major: Int(bytes[6]), minor: Int(bytes[7]))
    }
    let start = bytes[6] == 1 ? 10 : 12
    if bytes.count < start { return start }
    let length = bytes[8..<start].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= largestBytes else { throw .headerTooLong(given: length, allowed: largestBytes) }
    return start + length
  }

  /// Reads a header from the front of `bytes`; what follows it is not looked at.
  /// - Parameters:
  ///   - types: what elements may be.
  ///   - dimensions: how many the array may have; more than two for arrays of other use than samples.
  /// - Throws: `NPYError`.
  public init(
    decoding bytes: [UInt8], types: [NPYType] = NPYType.allCases, dimensions: ClosedRange<Int> = 1...2
  ) throws(NPYError) {
    var needed = 0
    repeat {
      let more = try Self.bytesNeeded(Array(bytes.prefix(needed)))
      guard bytes.count >= more else { throw .truncated(given: bytes.count, needed: more) }
      if more == needed { break }
      needed = more
    } while true

    var scanner = PythonScanner(bytes, (bytes[6] == 1 ? 10 : 12)..<needed)
    var type: NPYType?
    var shape: [Int]?
    var isOrderKnown = false
    try scanner.expect("{")
    while !scanner.skip("}") {
      let (key, offset) = try scanner.string()
      try scanner.expect(":")
      switch key {
      case "descr" where type == nil:
        if let offset = scanner.list() { throw .structured(atByte: offset) }
        let (given, offset) = try scanner.string()
        type = NPYType(rawValue: given)
        if type.map(types.contains) != true {
          throw .type(given: given, allowed: types.map(\.rawValue), atByte: offset)
        }
      case "fortran_order" where !isOrderKnown:
        let (isFortran, offset) = try scanner.boolean()
        if isFortran { throw .fortranOrder(atByte: offset) }
        isOrderKnown = true
      case "shape" where shape == nil:
        let (given, offset) = try scanner.tuple()
        guard dimensions.contains(given.count) else {
          throw .dimensions(given: given.count, allowed: dimensions, atByte: offset)
        }
        shape = given
      case "descr", "fortran_order", "shape": throw .duplicateKey(key, atByte: offset)
      default: throw .unknownKey(key, atByte: offset)
      }
      if !scanner.skip(",") {
        try scanner.expect("}")
        break
      }
    }
    try scanner.endOfHeader()
    guard let type else { throw .missingKey("descr") }
    guard let shape else { throw .missingKey("shape") }
    guard isOrderKnown else { throw .missingKey("fortran_order") }

    // An extent of 0 hides nothing: with any extent in its place the shape must fit.
    var size = type.bytes
    for extent in shape {
      let (product, overflow) = size.multipliedReportingOverflow(by: max(extent, 1))
      if overflow { throw .shapeOverflow(given: shape) }
      size = product
    }
    guard !size.addingReportingOverflow(needed).overflow else { throw .shapeOverflow(given: shape) }
    self.type = type
    self.shape = shape
    self.dataOffset = needed
    self.dataBytes = shape.contains(0) ? 0 : size
  }
}
