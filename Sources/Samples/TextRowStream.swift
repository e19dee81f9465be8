import Files
import Glibc

/// Samples from text: one a line, as `NumberScanner` reads it.
///
/// - What follows `#` is a comment; lines with nothing else are passed over. Lines end with LF or CR LF; a byte order
///   mark at the front is passed over.
/// - The first line may name the columns (`TextHeader`): some then are numbers of the sample, one may be a label.
/// - A sample has `columns` numbers, or twice as many where they are said to come in pairs. Whether its numbers may
///   have imaginary parts, `a+bi`, the first sample decides for all: how many there are never says what they mean.
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
  /// How many targets stood on it; nil: there were none, or nobody asks.
  public private(set) var targetCount: Int?
  private var targets: UnsafeMutableBufferPointer<Double>?
  private let form: TextForm
  private let header: TextHeader?
  /// Of the content, where the first sample may stand.
  private let start: Int
  private var columns = 0
  /// Numbers of every row; nil until the first, where zeros complete rows.
  private var rowCount: Int?
  /// What the first sample decides, nil before it: whether numbers may have imaginary parts, whether commas separate.
  private var isComplex: Bool?
  private var usesCommas: Bool?
  private var stream: ByteStream
  private var final: RowStatus?

  /// - Throws: `SampleError.header`, and what reading throws.
  init(_ opened: consuming ByteStream, _ form: TextForm = TextForm()) throws(SampleError) {
    var stream = opened
    let header = try TextHeader.read(&stream, form)
    self.init(stream, form, header)
  }

  private init(_ begun: consuming ByteStream, _ form: TextForm, _ header: TextHeader?) {
    self.header = header
    self.form = form
    line = header?.lines ?? 0
    start = begun.position
    usesCommas = header?.usesCommas
    stream = begun
  }

  /// Numbers of a row, where a line of names tells.
  public var namedColumns: Int? { header.map { form.pairs ? $0.numbers / 2 : $0.numbers } }
  /// Fields of a line, where a line of names tells.
  public var fields: Int? { header?.roles.count }
  /// The name of the column of labels.
  public var labelName: String? { header?.label }

  public var path: String { stream.file.path }
  /// Whether the lines can be read again: regular files only.
  public var canRewind: Bool { stream.canSeek }
  /// Memory for decompression, outside the arena.
  public var outsideBytes: Int { stream.outsideBytes }

  /// Prepares for reading samples of `columns` elements.
  /// - Parameters:
  ///   - imaginary: whether `nextRow` is given room for imaginary parts.
  ///   - buffer: at least `smallestBuffer` bytes that outlive this value.
  ///   - targets: room for those of NDJSON; what is no finite number is NaN there. nil: they are passed over.
  /// - Throws: `SampleError.columns`, `.complex`.
  public mutating func begin(
    columns: Int, imaginary: Bool, buffer: UnsafeMutableRawBufferPointer,
    targets: UnsafeMutableBufferPointer<Double>? = nil
  ) throws(SampleError) {
    precondition(columns > 0, "a sample has at least one element")
    if let given = namedColumns, given != columns { throw .header(.count(given: given, expected: columns)) }
    if form.pairs && !imaginary { throw .complex }
    self.columns = columns
    self.targets = targets
    if header != nil || !form.pads { rowCount = form.pairs ? 2 * columns : columns }
    isComplex = imaginary && !form.pairs ? nil : false
    stream.attach(buffer)
  }

  /// Prepares for reading labels or targets alone: numbers are passed over, whatever they are.
  mutating func beginLabels(
    buffer: UnsafeMutableRawBufferPointer, targets: UnsafeMutableBufferPointer<Double>? = nil
  ) {
    columns = 0
    self.targets = targets
    stream.attach(buffer)
  }

  /// Starts again from the first line.
  /// - Precondition: `canRewind`.
  public mutating func rewind() {
    stream.seek(to: start)
    line = header?.lines ?? 0
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
    label = nil
    targetCount = nil
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
    while start < length, isBlank(bytes[start]) { start += 1 }
    // In JSON a # may stand in a string.
    let isJSON = JSONRow.begins(UnsafeBufferPointer(rebasing: bytes[start...]))
    var end = isJSON ? length : bytes[start...].firstIndex(of: UInt8(ascii: "#")) ?? length
    while end > start, isBlank(bytes[end - 1]) || bytes[end - 1] == 0x0D { end -= 1 }
    return UnsafeBufferPointer(rebasing: bytes[start..<end])
  }

  private mutating func parse(
    _ text: UnsafeBufferPointer<UInt8>, _ real: UnsafeMutablePointer<Double>, _ imaginary: UnsafeMutablePointer<Double>?
  ) -> RowStatus? {
    if text.isEmpty { return nil }
    if header == nil && JSONRow.begins(text) { return parseJSON(text, real, imaginary) }
    if header == nil && columns == 0 { return .row }
    var scanner = NumberScanner(
      text, usesCommas: usesCommas, allowsComplex: isComplex ?? true, allowsEmpty: header != nil)
    var (count, column) = (0, 0)
    var notFinite: Int?
    scanning: while true {
      var index = count
      if let header {
        switch column < header.roles.count ? header.roles[column] : .none {
        case .number(let place) where columns > 0: index = place
        case .label:
          switch scanner.nextLabel() {
          case .label(let label):
            self.label = label
            column += 1
          case .fault(let fault, let place): return .malformed(line: line, character: character(text, place), fault)
          case .end: break scanning
          }
          continue
        case .number, .none:
          switch scanner.skipField() {
          case .fault(let fault, let place)?: return .malformed(line: line, character: character(text, place), fault)
          case .end?: break scanning
          case .number?, .notFinite?, nil: column += 1
          }
          continue
        }
      }
      switch scanner.next() {
      case .number(let value, let imaginaryPart): store(index, value, imaginaryPart, real, imaginary)
      case .notFinite: notFinite = notFinite ?? (form.pairs ? index / 2 : index)
      case .fault(let fault, let place): return .malformed(line: line, character: character(text, place), fault)
      case .end: break scanning
      }
      count += 1
      column += 1
    }
    if let header, column != header.roles.count {
      return .count(line: line, given: column, expected: header.roles.count)
    }
    if columns == 0 { return .row }
    if let status = complete(count, real, imaginary) { return status }
    usesCommas = scanner.usesCommas
    isComplex = isComplex ?? scanner.hasComplex
    return notFinite.map { .notFinite(column: $0) } ?? .row
  }

  /// What does not fit is not stored, but counted: malformed text is told before a wrong count.
  private func store(
    _ index: Int, _ value: Double, _ imaginaryPart: Double, _ real: UnsafeMutablePointer<Double>,
    _ imaginary: UnsafeMutablePointer<Double>?
  ) {
    if form.pairs {
      if index / 2 >= columns { return }
      if index % 2 == 1 { imaginary![index / 2] = value } else { real[index / 2] = value }
    } else if index < columns {
      real[index] = value
      imaginary?[index] = imaginaryPart
    }
  }

  /// Whether a row has as many numbers as all have, and zeros for those that are missing in all; nil, or what is wrong.
  private mutating func complete(
    _ count: Int, _ real: UnsafeMutablePointer<Double>, _ imaginary: UnsafeMutablePointer<Double>?
  ) -> RowStatus? {
    let most = form.pairs ? 2 * columns : columns
    if rowCount == nil && (1...most).contains(count) && !(form.pairs && count % 2 == 1) { rowCount = count }
    guard count == rowCount else { return .count(line: line, given: count, expected: rowCount ?? most) }
    let given = form.pairs ? count / 2 : count
    (real + given).update(repeating: 0, count: columns - given)
    if let imaginary { (imaginary + given).update(repeating: 0, count: columns - given) }
    return nil
  }

  private mutating func parseJSON(
    _ text: UnsafeBufferPointer<UInt8>, _ real: UnsafeMutablePointer<Double>, _ imaginary: UnsafeMutablePointer<Double>?
  ) -> RowStatus {
    let row: JSONRow
    do { row = try JSONRow(text, readsTargets: targets != nil) } catch {
      return .json(line: line, character: character(text, error.offset), expected: error.expected)
    }
    if columns > 0, let status = complete(row.count, real, imaginary) { return status }
    label = row.label
    if let targets {
      targetCount = row.targetCount
      row.forEachTarget { index, value in if index < targets.count { targets[index] = value ?? .nan } }
    }
    if columns == 0 { return .row }
    var notFinite: Int?
    row.forEachNumber { index, value in
      guard let value else {
        notFinite = notFinite ?? (form.pairs ? index / 2 : index)
        return
      }
      store(index, value, 0, real, imaginary)
    }
    return notFinite.map { .notFinite(column: $0) } ?? .row
  }

  /// The place in the line, from 1, of an offset into its content.
  private func character(_ text: UnsafeBufferPointer<UInt8>, _ offset: Int) -> Int {
    UnsafeRawPointer(text.baseAddress!) - UnsafeRawPointer(stream.available.baseAddress!) + offset + 1
  }
}
