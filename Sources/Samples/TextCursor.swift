import CSupport

/// Writes text into memory, without allocating. What does not fit is a broken precondition: the caller knows the most
/// that a record can take.
struct TextCursor {
  /// Digits and sign of any Int.
  static let longestInteger = 20
  /// The shortest form of any Double, e.g. `-2.2250738585072014e-308`.
  static let longestDouble = 24

  private let room: UnsafeMutableRawBufferPointer
  private(set) var count = 0

  init(_ room: UnsafeMutableRawBufferPointer) { self.room = room }

  mutating func put(_ text: StaticString) {
    let bytes = UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    UnsafeMutableRawBufferPointer(rebasing: room[count...]).copyMemory(from: bytes)
    count += bytes.count
  }

  mutating func put(byte: UInt8) {
    room[count] = byte
    count += 1
  }

  mutating func put(_ value: Int) {
    if value < 0 { put("-") }
    var power: UInt = 1
    while value.magnitude / power >= 10 { power *= 10 }
    while power > 0 {
      put(byte: UInt8(ascii: "0") + UInt8(value.magnitude / power % 10))
      power /= 10
    }
  }

  /// The shortest text that reads back as the same number; `notFinite` instead of what is no number.
  mutating func put(_ value: Double, notFinite: StaticString) {
    guard value.isFinite else { return put(notFinite) }
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Self.longestDouble + 8) { text in
      let length = Int(qkd_format_shortest(text.baseAddress!, text.count, value))
      let bytes = UnsafeRawBufferPointer(start: text.baseAddress!, count: length)
      UnsafeMutableRawBufferPointer(rebasing: room[count...]).copyMemory(from: bytes)
      count += length
    }
  }

  mutating func pad(to end: Int, with byte: UInt8) {
    while count < end { put(byte: byte) }
  }
}
