import Batches
import Models
import Samples

/// An NPY of a teacher's logits, `[sample][logit]`, plain or gzipped, float32 or float64 in C order: a row a sample of
/// the training set, in its order.
package struct LogitsFile {
  /// Enough that a system call is not what reading costs.
  package static let bufferBytes = max(16 << 10, ArrayStream.smallestBuffer)
  /// Losses and their squares are finite up to here, at every temperature that is allowed.
  package static let largestLogit = 1e100

  package let path: String
  /// SHA-256 of the file.
  package let digest: String
  /// Memory that reading holds outside the arena.
  package let outsideBytes: Int

  /// Reads the header.
  /// - Throws: `SessionError.teacherLogits` for another shape, `.samples`, `.setting` for what is no regular file.
  package init(_ path: String, samples: Int, logits: Int) throws(SessionError) {
    let stream = try Self.open(path)
    guard stream.canRewind else {
      throw .setting(
        name: "distillation.teacher-logits", given: path,
        allowed: "a regular file: its digest becomes part of the student")
    }
    guard [stream.rows, stream.columns] == [samples, logits] else {
      throw .teacherLogits(path: path, given: [stream.rows, stream.columns], expected: [samples, logits])
    }
    if stream.isComplex { throw .samples(path: path, .complex) }
    outsideBytes = stream.outsideBytes
    self.path = path
    do { digest = try SHA256.hex(ofFile: path) } catch { throw .file(error) }
  }

  private static func open(_ path: String) throws(SessionError) -> ArrayStream {
    let stream: ArrayStream
    do { stream = try ArrayStream(path: path) } catch { throw .samples(path: path, error) }
    // Bytes of an image are no logits.
    if stream.hasBytes { throw .samples(path: path, .npy(.magic)) }
    return stream
  }

  /// Reads all rows.
  /// - Parameters:
  ///   - logits: `[sample][logit]`; not to be used unless this returns.
  ///   - buffer: `bufferBytes` bytes to read through.
  /// - Throws: `SessionError.row` for a row that cannot be read or used, `.samples`.
  package func read(
    into logits: UnsafeMutableBufferPointer<Double>, columns: Int, through buffer: UnsafeMutableRawBufferPointer
  ) throws(SessionError) {
    var stream = try Self.open(path)
    do { try stream.begin(columns: columns, imaginary: false, buffer: buffer) } catch {
      throw .samples(path: path, error)
    }
    let rows = logits.count / columns
    for row in 0..<rows {
      let status = stream.nextRow(real: logits.baseAddress! + row * columns, imaginary: nil)
      if status != .row { throw .row(path: path, row: row, .unreadable(status)) }
    }
    // What follows the last row, or a checksum that does not fit, makes the file another one.
    var nothing = [Double](repeating: 0, count: columns)
    let end = stream.nextRow(real: &nothing, imaginary: nil)
    if end != .end { throw .row(path: path, row: rows - 1, .unreadable(end)) }
    try Self.checkSizes(UnsafeBufferPointer(logits), columns: columns, path: path)
  }

  /// - Throws: `SessionError.row` for the first logit that is too large.
  package static func checkSizes(
    _ logits: UnsafeBufferPointer<Double>, columns: Int, path: String
  ) throws(SessionError) {
    guard let index = logits.firstIndex(where: { !($0.magnitude <= largestLogit) }) else { return }
    throw .row(
      path: path, row: index / columns,
      .logit(column: index % columns, value: logits[index], allowed: largestLogit))
  }
}
