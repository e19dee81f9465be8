import Files

/// An input file, plain or gzipped, behind a buffer of the caller's. Before `attach`, the front of its content is
/// looked at; after it, bytes stream through the buffer, and nothing allocates. Offsets count bytes of the content.
struct ByteStream: ~Copyable {
  /// Holds at least four elements of any type.
  static let smallestBuffer = 64

  let file: InputFile
  /// nil for a plain file.
  private var inflater: Inflater?
  /// Bytes of the content that come before the place where reading goes on.
  private var bytesToSkip = 0
  /// The front of the content behind `position`, as far as it was looked at.
  private(set) var front: [UInt8] = []
  /// How much of the front `fill` has handed out.
  private var frontUsed = 0
  private var buffer = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  /// The bytes of the buffer that were read from the file and not yet consumed.
  private var range = 0..<0
  /// Where in the content the first unconsumed byte stands; before `attach`, where the front begins.
  private(set) var position = 0

  private init(_ opened: consuming InputFile) { file = opened }

  /// Opens a file, or the standard input for `-`, and looks whether it is gzipped.
  static func open(_ path: String) throws(SampleError) -> ByteStream {
    let file: InputFile
    do { file = try InputFile(path: path) } catch { throw .file(error) }
    return try open(file)
  }

  /// The same for a file that is open.
  static func open(_ file: consuming InputFile) throws(SampleError) -> ByteStream {
    var stream = ByteStream(file)
    try stream.lookAhead(Inflater.magic.count)
    if stream.front == Inflater.magic {
      stream.inflater = Inflater(front: stream.front)
      stream.front = []
    }
    return stream
  }

  var canSeek: Bool { file.size != nil }
  /// Bytes of the content; nil where only reading it tells.
  var size: Int? { inflater == nil ? file.size : nil }
  /// Memory for decompression, outside the arena.
  var outsideBytes: Int { inflater == nil ? 0 : Inflater.bytes }
  var capacity: Int { buffer.count }
  var isAttached: Bool { buffer.baseAddress != nil }

  /// Reads until the front has `count` bytes or the content ends.
  mutating func lookAhead(_ count: Int) throws(SampleError) {
    var known = -1
    while front.count < count && front.count > known {
      known = front.count
      try lookFurther(count - known)
    }
  }

  /// Reads what comes next, at most `limit` bytes, behind the front; nothing at the content's end.
  mutating func lookFurther(_ limit: Int) throws(SampleError) {
    let known = front.count
    front += repeatElement(0, count: limit)
    let offset: Int? = canSeek ? position + known : nil
    let inflater = inflater
    let status = front.withUnsafeMutableBytes { bytes in
      Self.read(file, inflater, into: .init(rebasing: bytes[known...]), at: offset)
    }
    switch status {
    case .read(let more): front.removeSubrange((known + more)...)
    case .end: front.removeSubrange(known...)
    case .failed, .damaged: throw error(status)
    }
  }

  /// Has the content begin so many bytes later, which were looked at.
  mutating func skipFront(_ count: Int) {
    front = Array(front[count...])
    position += count
  }

  /// Takes the buffer: bytes stream through it from `position` on.
  mutating func attach(_ memory: UnsafeMutableRawBufferPointer) {
    precondition(!isAttached, "a stream begins once")
    precondition(memory.count >= Self.smallestBuffer, "the buffer is too small")
    buffer = memory
  }

  /// What can be consumed. Valid until the next call of `fill`, `seek` or `attach`.
  var available: UnsafeMutableRawBufferPointer { UnsafeMutableRawBufferPointer(rebasing: buffer[range]) }

  mutating func consume(_ count: Int) {
    range = range.lowerBound + count..<range.upperBound
    position += count
  }

  /// Reads more, at most `limit` bytes, behind what is available.
  /// - Precondition: less is available than the buffer holds.
  mutating func fill(atMost limit: Int = .max) -> FillStatus {
    if range.lowerBound > 0 {
      let kept = available
      buffer.baseAddress!.copyMemory(from: UnsafeRawPointer(kept.baseAddress!), byteCount: kept.count)
      range = 0..<kept.count
    }
    let room = UnsafeMutableRawBufferPointer(rebasing: buffer[range.upperBound...])
    if frontUsed < front.count {
      let count = min(front.count - frontUsed, room.count, limit)
      front.withUnsafeBytes { room.copyMemory(from: .init(rebasing: $0[frontUsed..<frontUsed + count])) }
      frontUsed += count
      range = 0..<range.upperBound + count
      return .read(count)
    }
    while bytesToSkip > 0 {
      let status = Self.read(file, inflater, into: .init(rebasing: room.prefix(bytesToSkip)), at: nil)
      guard case .read(let count) = status else { return status }
      bytesToSkip -= count
    }
    let status = Self.read(
      file, inflater, into: .init(rebasing: room.prefix(limit)), at: canSeek ? position + range.count : nil)
    if case .read(let count) = status { range = 0..<range.upperBound + count }
    return status
  }

  /// Goes on at this byte of the content. In a gzipped file that means reading again all that comes before it.
  /// - Precondition: `canSeek`.
  mutating func seek(to offset: Int) {
    precondition(canSeek, "a pipe cannot be read twice")
    range = 0..<0
    position = offset
    frontUsed = front.count
    if let inflater {
      inflater.restart()
      bytesToSkip = offset
    }
  }

  /// The error of a reading that failed.
  func error(_ status: FillStatus) -> SampleError {
    switch status {
    case .failed(let errno): .file(.system(.read, path: file.path, errno: errno))
    case .damaged(let damage, let byte): .gzip(damage, atByte: byte)
    case .read, .end: preconditionFailure("a reading that did not fail")
    }
  }

  private static func read(
    _ file: borrowing InputFile, _ inflater: Inflater?, into room: UnsafeMutableRawBufferPointer, at offset: Int?
  ) -> FillStatus {
    if let inflater { return inflater.read(file, into: room) }
    if let offset { return FillStatus(file.read(into: room, at: offset)) }
    return FillStatus(file.read(into: room))
  }
}
