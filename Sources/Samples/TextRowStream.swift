import Files
import Glibc

/// Samples from text: one a line, as `NumberScanner` reads it.
///
/// - What follows `#` is a comment; lines with nothing else are passed over. Lines end with LF or CR LF; a byte order
///   mark at the front is passed over.
/// - A line of `columns` numbers is a real sample. Where imaginary parts are asked for, a line of twice as many is one
///   of pairs: real part, imaginary part, and so on.
/// - A line that begins with `[` or `{` is one of NDJSON, as `JSONRow` reads it, and may have a label.
/// - The last line must end like the others: without a newline it may have been cut in the middle of a number, and that
///   would be another number.
/// - A line, its end included, is no longer than the buffer.
/// - After `begin`, nothing allocates or throws.
public struct TextRowStream: ~Copyable {
  /// The least memory that `begin` takes; the longest line is what matters.
  public static let smallestBuffer = ByteStream.smallestBuffer

  /// The line that the last `nextRow` was about, from 1.
  public private(set) var line = 0
  /// How many samples `nextRow` was asked for so far, good or bad.
  public private(set) var row = 0
  /// The label on the line of the last sample; nil: there was none.
  public private(set) var label: Int?
  private var columns = 0
  private var stream: ByteStream
  private var final: RowStatus?

  /// Opens a file, or the standard input for `-`.
  /// - Throws: `SampleError.file`, `.gzip`.
  public init(path: String) throws(SampleError) { stream = try ByteStream.open(path) }

  init(_ opened: consuming ByteStream) { stream = opened }

  public var path: String { stream.file.path }
  /// Whether the lines can be read again: regular files only.
  public var canRewind: Bool { stream.canSeek }
  /// Memory for decompression, outside the arena.
  public var outsideBytes: Int { stream.outsideBytes }

  /// Prepares for reading samples of `columns` elements.
  /// - Parameter buffer: at least `smallestBuffer` bytes that outlive this value.
  public mutating func begin(columns: Int, buffer: UnsafeMutableRawBufferPointer) {
    precondition(columns > 0, "a sample has at least one element")
    self.columns = columns
    stream.attach(buffer, replaysFront: true)
  }

  /// Starts again from the first line.
  /// - Precondition: `canRewind`.
  public mutating func rewind() {
    stream.seek(to: 0)
    line = 0
    row = 0
    final = nil
  }

  /// Reads the next sample into `real` and, if given, `imaginary`, of `columns` elements each. Unless the status is
  /// `row`, their contents are not to be used.
  /// - Precondition: `begin` came before.
  public mutating func nextRow(
    real: UnsafeMutablePointer<Double>, imaginary: UnsafeMutablePointer<Double>?
  ) -> RowStatus {
    precondition(stream.isAttached, "begin() was not called")
    if let final { return final }
    var status: RowStatus?
    repeat { status = nextLine(real, imaginary) } while status == nil
    row += 1
    if status!.isFinal { final = status }
    return status!
  }

  /// Reads one line; nil when there is no sample on it.
  private mutating func nextLine(
    _ real: UnsafeMutablePointer<Double>, _ imaginary: UnsafeMutablePointer<Double>?
  ) -> RowStatus? {
    line += 1
    var searched = 0
    var isTooLong = false
    while true {
      let available = stream.available
      if let newline = memchr(available.baseAddress! + searched, 0x0A, available.count - searched) {
        let length = UnsafeMutableRawPointer(newline) - available.baseAddress!
        defer { stream.consume(length + 1) }
        if isTooLong { return .lineTooLong(line: line, allowed: stream.capacity) }
        return parse(content(available, length), real, imaginary)
      }
      searched = available.count
      if searched == stream.capacity {
        isTooLong = true
        stream.consume(searched)
        searched = 0
      }
      switch stream.fill() {
      case .read: continue
      case .failed(let errno): return .failed(errno: errno)
      case .damaged(let damage, let byte): return .damaged(damage, atByte: byte)
      case .end:
        // The memory behind the last byte is the buffer's, for the line would fill it otherwise.
        let rest = content(stream.available, searched)
        return isTooLong || !rest.isEmpty ? .truncated(atByte: stream.position + searched) : .end
      }
    }
  }

  /// A line without its end, comment, blanks at both ends, and byte order mark.
  private func content(_ available: UnsafeMutableRawBufferPointer, _ length: Int) -> UnsafeBufferPointer<UInt8> {
    let bytes = UnsafeBufferPointer(
      start: UnsafePointer(available.baseAddress?.assumingMemoryBound(to: UInt8.self)), count: length)
    var start = 0
    if line == 1 && length >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF { start = 3 }
    while start < length, [0x20, 0x09].contains(bytes[start]) { start += 1 }
    // In JSON a # may stand in a string.
    let isJSON = JSONRow.begins(UnsafeBufferPointer(rebasing: bytes[start...]))
    var end = isJSON ? length : bytes[start...].firstIndex(of: UInt8(ascii: "#")) ?? length
    while end > start, [0x20, 0x09, 0x0D].contains(bytes[end - 1]) { end -= 1 }
    return UnsafeBufferPointer(rebasing: bytes[start..<end])
  }

  private mutating func parse(
    _ text: UnsafeBufferPointer<UInt8>, _ real: UnsafeMutablePointer<Double>, _ imaginary: UnsafeMutablePointer<Double>?
  ) -> RowStatus? {
    if text.isEmpty { return nil }
    label = nil
    if JSONRow.begins(text) { return parseJSON(text, real, imaginary) }
    let count = NumberScanner.count(text)
    let isPairs = imaginary != nil && count == 2 * columns
    let fits = count == columns || isPairs
    var scanner = NumberScanner(text)
    var index = 0
    var notFinite: Int?
    scanning: while true {
      var value = 0.0
      switch scanner.next() {
      case .number(let number): value = number
      case .notFinite: notFinite = notFinite ?? (isPairs ? index / 2 : index)
      case .malformed(let offset): return .malformed(line: line, character: character(text, offset))
      case .end: break scanning
      }
      // Malformed text is reported before a wrong count, so the scan goes on without storing.
      if fits {
        let column = isPairs ? index / 2 : index
        if isPairs && index % 2 == 1 { imaginary![column] = value } else { real[column] = value }
      }
      index += 1
    }
    guard fits else { return .count(line: line, given: count, expected: columns) }
    if let imaginary, !isPairs { imaginary.update(repeating: 0, count: columns) }
    return notFinite.map { .notFinite(column: $0) } ?? .row
  }

  private mutating func parseJSON(
    _ text: UnsafeBufferPointer<UInt8>, _ real: UnsafeMutablePointer<Double>, _ imaginary: UnsafeMutablePointer<Double>?
  ) -> RowStatus {
    let row: JSONRow
    do { row = try JSONRow(text) } catch {
      return .json(line: line, character: character(text, error.offset), expected: error.expected)
    }
    let isPairs = imaginary != nil && row.count == 2 * columns
    guard row.count == columns || isPairs else { return .count(line: line, given: row.count, expected: columns) }
    label = row.label
    if let imaginary, !isPairs { imaginary.update(repeating: 0, count: columns) }
    var notFinite: Int?
    row.forEachNumber { index, value in
      let column = isPairs ? index / 2 : index
      guard let value else {
        notFinite = notFinite ?? column
        return
      }
      if isPairs && index % 2 == 1 { imaginary![column] = value } else { real[column] = value }
    }
    return notFinite.map { .notFinite(column: $0) } ?? .row
  }

  /// The place in the line, from 1, of an offset into its content.
  private func character(_ text: UnsafeBufferPointer<UInt8>, _ offset: Int) -> Int {
    UnsafeRawPointer(text.baseAddress!) - UnsafeRawPointer(stream.available.baseAddress!) + offset + 1
  }
}
