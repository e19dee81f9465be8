/// A place in bytes that are read as text: what the readers of headers have in common.
public struct ByteScanner {
  /// An unsigned integer, as far as there is one.
  public enum Integer: Equatable, Sendable {
    case value(Int)
    /// No digit comes next.
    case missing
    /// 2^63 or more; all its digits are passed.
    case tooLarge
  }

  public let bytes: [UInt8]
  public let end: Int
  public private(set) var position: Int

  /// - Precondition: `range` lies within `bytes`.
  public init(_ bytes: [UInt8], _ range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count, "a range outside the bytes")
    self.bytes = bytes
    self.position = range.lowerBound
    self.end = range.upperBound
  }

  /// The byte at the place, nil at the end.
  public var next: UInt8? { position < end ? bytes[position] : nil }

  /// - Precondition: that many bytes follow.
  public mutating func advance(_ count: Int = 1) {
    precondition(count <= end - position, "beyond the end")
    position += count
  }

  /// Passes every byte of `set` that comes next.
  public mutating func skip(anyOf set: StaticString) {
    while let byte = next, UnsafeBufferPointer(start: set.utf8Start, count: set.utf8CodeUnitCount).contains(byte) {
      position += 1
    }
  }

  /// Passes `character` if it comes next.
  public mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  /// Passes all digits that come next.
  public mutating func integer() -> Integer {
    let start = position
    var value = 0
    var overflowed = false
    while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
      let (tenfold, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, sumOverflow) = tenfold.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
      overflowed = overflowed || overflow || sumOverflow
      value = overflowed ? 0 : sum
      position += 1
    }
    return position == start ? .missing : overflowed ? .tooLarge : .value(value)
  }
}
