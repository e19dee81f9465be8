import Files

/// Predictions that parts of a stream were given, put back into the stream's order.
public enum PredictionJoin {
  /// More is no line of ours.
  private static let longestLine = 1 << 16

  /// Writes one file of the rows of all parts: row k of the whole is row k / N of part k % N, as it stands there.
  /// - Parameters:
  ///   - parts: files of `format`, in the order of their parts.
  ///   - rows: how many each has; never more than the part before, and at most one fewer than the first.
  /// - Throws: the part's path, and `SampleError.rows` where it has others, `.columns` where its rows are of other
  ///   length or, with CSV, have other names than the first part's; or the path of the output and what writing says.
  public static func join(
    _ parts: [String], rows: [Int], format: PredictionFormat, into path: String
  ) throws(PartError) {
    precondition(parts.count == rows.count && !parts.isEmpty, "a number of rows for each part")
    switch format {
    case .csv, .ndjson: try joinLines(parts, rows, hasNames: format == .csv, into: path)
    case .npy: try joinArrays(parts, rows, into: path)
    }
  }

  /// A failure, and the file that it is about.
  public struct PartError: Error, Sendable, Equatable {
    public let path: String
    public let error: SampleError
  }

  private static func joinLines(
    _ parts: [String], _ rows: [Int], hasNames: Bool, into path: String
  ) throws(PartError) {
    var files: [LineFile] = []
    for part in parts { files.append(try LineFile(part, longest: longestLine)) }
    var output: AtomicFile
    do { output = try AtomicFile(path: path) } catch { throw PartError(path: path, error: .file(error)) }
    var room: [UInt8] = []
    func write(_ line: [UInt8], _ output: inout AtomicFile) {
      room += line
      if room.count < 1 << 16 { return }
      // A write that fails makes the commit fail.
      _ = room.withUnsafeBytes { output.append($0) }
      room.removeAll(keepingCapacity: true)
    }
    if hasNames {
      var names: [UInt8]?
      for (part, file) in zip(parts, files) {
        let line = try file.next()
        let given = line.map { $0.count { $0 == UInt8(ascii: ",") } } ?? -1
        let expected = names.map { $0.count { $0 == UInt8(ascii: ",") } } ?? given
        guard let line, names == nil || names == line else {
          throw PartError(path: part, error: .columns(given: given + 1, expected: expected + 1))
        }
        names = line
      }
      if let names { write(names, &output) }
    }
    for row in 0..<rows.reduce(0, +) {
      let part = row % parts.count
      guard let line = try files[part].next() else {
        throw PartError(path: parts[part], error: .rows(given: row / parts.count, expected: rows[part]))
      }
      write(line, &output)
    }
    for (part, file) in files.enumerated() where try file.next() != nil {
      throw PartError(path: parts[part], error: .rows(given: rows[part] + 1, expected: rows[part]))
    }
    _ = room.withUnsafeBytes { output.append($0) }
    do { try output.commit() } catch { throw PartError(path: path, error: .file(error)) }
  }

  private static func joinArrays(_ parts: [String], _ rows: [Int], into path: String) throws(PartError) {
    var files: [ArrayFile] = []
    for (part, expected) in zip(parts, rows) {
      let file = try ArrayFile(part, columns: files.first?.columns)
      if file.rows != expected { throw PartError(path: part, error: .rows(given: file.rows, expected: expected)) }
      files.append(file)
    }
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    defer { room.deallocate() }
    let total = rows.reduce(0, +)
    var row = 0
    do throws(SampleError) {
      var writer = try NPYWriter(path: path, element: .float64, columns: files[0].columns, buffer: room)
      while row < total, files[row % files.count].next() {
        // A write that fails makes the commit fail.
        _ = writer.append(UnsafeBufferPointer(files[row % files.count].row))
        row += 1
      }
      if row == total { try writer.commit() }
    } catch { throw PartError(path: path, error: error) }
    if row < total {
      let part = row % files.count
      throw PartError(path: parts[part], error: .rows(given: row / files.count, expected: rows[part]))
    }
  }
}

/// A text, line by line.
private final class LineFile {
  private let path: String
  private let longest: Int
  private let file: InputFile
  private var room = [UInt8](repeating: 0, count: 8 << 10)
  private var content = 0..<0

  init(_ path: String, longest: Int) throws(PredictionJoin.PartError) {
    self.path = path
    self.longest = longest
    do { file = try InputFile(path: path) } catch { throw PredictionJoin.PartError(path: path, error: .file(error)) }
  }

  /// The next line with its end; nil after the last. What no line feed ends is no line, and ends the file.
  func next() throws(PredictionJoin.PartError) -> [UInt8]? {
    var line: [UInt8] = []
    while line.count <= longest {
      if content.isEmpty {
        switch room.withUnsafeMutableBytes({ file.read(into: $0) }) {
        case .read(let count): content = 0..<count
        case .end: return nil
        case .failed(let errno):
          throw PredictionJoin.PartError(path: path, error: .file(.system(.read, path: path, errno: errno)))
        }
      }
      if let end = room[content].firstIndex(of: UInt8(ascii: "\n")) {
        line += room[content.lowerBound...end]
        content = end + 1..<content.upperBound
        return line
      }
      line += room[content]
      content = 0..<0
    }
    return nil
  }
}

/// An NPY file of predictions, row by row.
private final class ArrayFile {
  /// More are no predictions: a class has two numbers, and there are 64 at most.
  private static let columnRange = 1...1 << 10

  let rows, columns: Int
  let row: UnsafeMutableBufferPointer<Double>
  private let buffer: UnsafeMutableRawBufferPointer
  private var stream: SampleStream

  init(_ path: String, columns expected: Int?) throws(PredictionJoin.PartError) {
    do throws(SampleError) {
      stream = try SampleStream(path: path)
      guard let rows = stream.rows, let columns = stream.columns else {
        throw SampleError.format(path: path, allowed: ["npy"])
      }
      guard Self.columnRange.contains(columns) else { throw SampleError.shape(given: [rows, columns]) }
      buffer = .allocate(byteCount: max(8 << 10, SampleStream.smallestBuffer), alignment: 16)
      row = .allocate(capacity: columns)
      (self.rows, self.columns) = (rows, columns)
      try stream.begin(columns: expected ?? columns, imaginary: false, buffer: buffer)
    } catch { throw PredictionJoin.PartError(path: path, error: error) }
  }

  deinit {
    row.deallocate()
    buffer.deallocate()
  }

  /// Reads the next row into `row`. A sample without a label has NaN there.
  func next() -> Bool {
    switch stream.nextRow(real: row.baseAddress!, imaginary: nil) {
    case .row, .notFinite: true
    default: false
    }
  }
}
