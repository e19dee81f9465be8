import Files

/// Numbers that a regression is to tell, from a file or a pipe, plain or gzipped: NPY of float32 or float64, `(n,)` for
/// one number a sample or `(n, m)`, or text with m numbers a line, whose first line may name the columns. Read whole,
/// before the seal.
public final class TargetFile {
  /// Samples.
  public let count: Int
  /// Memory for decompression, outside the arena.
  public let outsideBytes: Int
  private let outputs: Int
  /// Whether all numbers are one row of the file.
  private let isFlat: Bool
  private var stream: SampleStream
  private let buffer: UnsafeMutableRawBufferPointer

  private static let bufferBytes = 16 << 10

  /// Opens a file, or the standard input for `-`, and reads the header; of text, all lines.
  /// - Parameter outputs: m.
  /// - Throws: `SampleError`, `.targetShape` for another shape among it.
  public convenience init(path: String, outputs: Int) throws(SampleError) {
    try self.init(SampleStream(path: path), outputs: outputs)
  }

  /// The same for a file that is open.
  /// - Throws: as above.
  public convenience init(_ file: consuming InputFile, outputs: Int) throws(SampleError) {
    try self.init(SampleStream(file), outputs: outputs)
  }

  private init(_ opened: consuming SampleStream, outputs: Int) throws(SampleError) {
    var stream = opened
    // Bytes of an image are no targets.
    if stream.hasBytes { throw .npy(.magic) }
    let isFlat = stream.isFlat
    buffer = .allocate(byteCount: Self.bufferBytes, alignment: 16)
    do throws(SampleError) {
      if let rows = stream.rows, let columns = stream.columns, stream.fields == nil {
        if (isFlat ? 1 : columns) != outputs {
          throw .targetShape(given: isFlat ? [columns] : [rows, columns], outputs: outputs)
        }
        if stream.isComplex { throw .complex }
        try stream.begin(columns: columns, imaginary: false, buffer: buffer)
        count = isFlat ? columns : rows
      } else {
        guard stream.canRewind else { throw .pipe }
        try stream.begin(columns: outputs, imaginary: false, buffer: buffer)
        count = try Self.countLines(&stream, outputs)
        stream.rewind()
      }
      if count == 0 { throw .empty }
    } catch {
      buffer.deallocate()
      throw error
    }
    self.isFlat = isFlat
    self.outputs = outputs
    outsideBytes = stream.outsideBytes
    self.stream = stream
  }

  deinit { buffer.deallocate() }

  private static func countLines(_ stream: inout SampleStream, _ outputs: Int) throws(SampleError) -> Int {
    var row = [Double](repeating: 0, count: outputs)
    var count = 0
    while true {
      switch stream.nextRow(real: &row, imaginary: nil) {
      case .row: count += 1
      case .end: return count
      case let status: throw .row(count, status)
      }
    }
  }

  /// Reads all targets, once.
  /// - Parameters:
  ///   - targets: `[sample][output]`, for as many samples as there are.
  ///   - largest: the magnitude that none may exceed.
  /// - Throws: `SampleError.targetCount` where the file has another number, `.row` for what is no finite number,
  ///   `.target`, and what reading throws.
  public func read(into targets: UnsafeMutableBufferPointer<Double>, largest: Double) throws(SampleError) {
    guard targets.count == count * outputs else {
      throw .targetCount(given: count, expected: targets.count / outputs)
    }
    let (rows, width) = isFlat ? (1, count) : (count, outputs)
    for row in 0..<rows {
      switch stream.nextRow(real: targets.baseAddress! + row * width, imaginary: nil) {
      case .row: break
      case .notFinite(let column) where isFlat: throw .row(column, .notFinite(column: 0))
      case let status: throw .row(row, status)
      }
    }
    // What follows the last row, or a checksum that does not fit, makes the file another one.
    var nothing = [Double](repeating: 0, count: width)
    let end = stream.nextRow(real: &nothing, imaginary: nil)
    if end != .end { throw .row(count, end) }
    if let index = targets.firstIndex(where: { $0.magnitude > largest }) {
      throw .target(given: targets[index], allowed: largest, row: index / outputs)
    }
  }
}

extension SampleStream {
  /// How many rows there are, each with so many targets beside it. Reads to the end.
  /// - Parameter lineBytes: of the longest line.
  /// - Throws: `SampleError`; `.untargeted` for a row without, `.targetsBeside` for one with another number of them.
  public consuming func countTargets(outputs: Int, lineBytes: Int) throws(SampleError) -> Int {
    switch consume self {
    case .array: throw .untargeted(row: 0)
    case .text(var stream):
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: lineBytes, alignment: 16)
      let targets = UnsafeMutableBufferPointer<Double>.allocate(capacity: outputs)
      defer {
        buffer.deallocate()
        targets.deallocate()
      }
      stream.beginLabels(buffer: buffer, targets: targets)
      var nothing = 0.0
      var row = 0
      while true {
        let status = stream.nextRow(real: &nothing, imaginary: nil)
        if status == .end { break }
        guard status == .row else { throw .row(row, status) }
        guard let given = stream.targetCount else { throw .untargeted(row: row) }
        if given != outputs { throw .targetsBeside(given: given, outputs: outputs, row: row) }
        row += 1
      }
      if row == 0 { throw .empty }
      return row
    }
  }
}
