import Files

/// An input file behind a buffer of the caller's. Before `attach`, the front of the file is looked at; after it, bytes
/// stream through the buffer, and nothing allocates.
struct ByteStream: ~Copyable {
  /// Holds at least four elements of any type.
  static let smallestBuffer = 64

  let file: InputFile
  /// The front of the file, as far as it was looked at.
  private(set) var front: [UInt8] = []
  private var buffer = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  /// The bytes of the buffer that were read from the file and not yet consumed.
  private var range = 0..<0
  /// Where in the file the first unconsumed byte stands.
  private(set) var position = 0

  init(path: String) throws(FileError) { file = try InputFile(path: path) }

  var canSeek: Bool { file.size != nil }
  var capacity: Int { buffer.count }
  var isAttached: Bool { buffer.baseAddress != nil }

  /// Reads until the front has `count` bytes or the file ends.
  mutating func lookAhead(_ count: Int) throws(FileError) {
    var known = front.count
    front += repeatElement(0, count: max(0, count - known))
    reading: while known < front.count {
      let offset: Int? = canSeek ? known : nil
      let status = front.withUnsafeMutableBytes { bytes in
        Self.read(file, into: .init(rebasing: bytes[known...]), at: offset)
      }
      switch status {
      case .read(let more): known += more
      case .end: break reading
      case .failed(let errno): throw .system(.read, path: file.path, errno: errno)
      }
    }
    front.removeSubrange(known...)
  }

  /// Takes the buffer. The stream begins behind the front, or at its first byte if `replaysFront`.
  mutating func attach(_ memory: UnsafeMutableRawBufferPointer, replaysFront: Bool) {
    precondition(!isAttached, "a stream begins once")
    precondition(memory.count >= max(Self.smallestBuffer, replaysFront ? front.count : 0), "the buffer is too small")
    buffer = memory
    position = replaysFront ? 0 : front.count
    range = 0..<(replaysFront ? front.count : 0)
    if replaysFront { buffer.copyBytes(from: front) }
  }

  /// What can be consumed. Valid until the next call of `fill`, `seek` or `attach`.
  var available: UnsafeMutableRawBufferPointer { UnsafeMutableRawBufferPointer(rebasing: buffer[range]) }

  mutating func consume(_ count: Int) {
    range = range.lowerBound + count..<range.upperBound
    position += count
  }

  /// Reads more, at most `limit` bytes, behind what is available.
  /// - Precondition: less is available than the buffer holds.
  mutating func fill(atMost limit: Int = .max) -> ReadStatus {
    if range.lowerBound > 0 {
      let kept = available
      buffer.baseAddress!.copyMemory(from: UnsafeRawPointer(kept.baseAddress!), byteCount: kept.count)
      range = 0..<kept.count
    }
    let room = buffer[range.upperBound...].prefix(limit)
    let status = Self.read(
      file, into: .init(rebasing: room), at: canSeek ? position + range.count : nil)
    if case .read(let count) = status { range = 0..<range.upperBound + count }
    return status
  }

  /// Goes on at this byte of the file.
  /// - Precondition: `canSeek`.
  mutating func seek(to offset: Int) {
    precondition(canSeek, "a pipe cannot be read twice")
    range = 0..<0
    position = offset
  }

  private static func read(
    _ file: borrowing InputFile, into room: UnsafeMutableRawBufferPointer, at offset: Int?
  ) -> ReadStatus {
    if let offset { file.read(into: room, at: offset) } else { file.read(into: room) }
  }
}
