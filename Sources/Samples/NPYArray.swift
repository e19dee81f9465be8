/// A small array of floating-point numbers that is read whole, of any number of dimensions, row-major.
public struct NPYArray: Equatable, Sendable {
  public let type: NPYType
  /// Outermost dimension first.
  public let shape: [Int]
  /// Whatever they are: NaN and infinity are the caller's to refuse.
  public let real: [Double]
  /// As many; empty where the type is real.
  public let imaginary: [Double]

  /// Reads a file's bytes.
  /// - Parameters:
  ///   - types: some of `NPYType.samples`.
  ///   - dimensions: how many the array may have.
  /// - Throws: `NPYError`.
  public init(decoding bytes: [UInt8], types: [NPYType], dimensions: ClosedRange<Int>) throws(NPYError) {
    let header = try NPYHeader(decoding: bytes, types: types, dimensions: dimensions)
    let expected = header.dataOffset + header.dataBytes
    guard bytes.count == expected else { throw .size(given: bytes.count, expected: expected) }
    type = header.type
    shape = header.shape
    let (isSingle, parts) = (type == .float32 || type == .complex64, type.isComplex ? 2 : 1)
    let count = header.dataBytes / type.bytes
    (real, imaginary) = bytes.withUnsafeBytes { raw in
      func part(_ index: Int) -> Double {
        if isSingle {
          let bits = raw.loadUnaligned(fromByteOffset: header.dataOffset + 4 * index, as: UInt32.self)
          return Double(Float(bitPattern: UInt32(littleEndian: bits)))
        }
        let bits = raw.loadUnaligned(fromByteOffset: header.dataOffset + 8 * index, as: UInt64.self)
        return Double(bitPattern: UInt64(littleEndian: bits))
      }
      return ((0..<count).map { part(parts * $0) }, parts == 1 ? [] : (0..<count).map { part(2 * $0 + 1) })
    }
  }
}
