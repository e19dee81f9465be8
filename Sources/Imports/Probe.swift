import Batches
import Files
import Models
import Samples

/// Rows on which a proof compares logits: the first of an NPY, as the encoder takes them, before they are scaled.
struct Probe {
  /// More tell no more of conventions.
  static let mostRows = 1024

  let path: String
  let sha256: String
  /// In the file.
  let fileRows: Int
  /// Those that were read.
  let rows: Int
  /// Numbers of a row.
  let columns: Int
  /// `[row][number]`
  let real: [Double]
  /// The same; empty where all are real.
  let imaginary: [Double]

  /// - Parameter memoryBytes: a quarter of it is for rows, of which there is at least one.
  /// - Throws: `ImportError`.
  init(path: String, memoryBytes: Int) throws(ImportError) {
    self.path = path
    var stream: ArrayStream
    do { stream = try ArrayStream(path: path) } catch { throw .session(.samples(path: path, error)) }
    if stream.hasBytes { throw .array(path: path, .magic) }
    guard stream.canRewind else {
      throw .unfit(
        path: path, "--probe", given: "a pipe", allowed: "a regular file: its digest becomes part of the model")
    }
    if stream.rows == 0 { throw .session(.samples(path: path, .empty)) }
    (fileRows, columns) = (stream.rows, stream.columns)
    let (isComplex, width) = (stream.isComplex, stream.columns)
    let (rowBytes, overflow) = width.multipliedReportingOverflow(by: isComplex ? 16 : 8)
    if overflow || rowBytes > memoryBytes {
      throw .overBudget(needed: overflow ? .max : rowBytes, available: memoryBytes)
    }
    rows = min(stream.rows, Self.mostRows, max(1, memoryBytes / 4 / rowBytes))
    var real = [Double](repeating: 0, count: rows * width)
    var imaginary = [Double](repeating: 0, count: isComplex ? real.count : 0)
    let buffer = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(16 << 10, ArrayStream.smallestBuffer), alignment: 16)
    defer { buffer.deallocate() }
    do { try stream.begin(columns: width, imaginary: isComplex, buffer: buffer) } catch {
      throw .session(.samples(path: path, error))
    }
    for row in 0..<rows {
      let status = real.withUnsafeMutableBufferPointer { real in
        imaginary.withUnsafeMutableBufferPointer { imaginary in
          stream.nextRow(
            real: real.baseAddress! + row * width,
            imaginary: isComplex ? imaginary.baseAddress! + row * width : nil)
        }
      }
      if status != .row { throw .session(.row(path: path, row: row, .unreadable(status))) }
    }
    (self.real, self.imaginary) = (real, imaginary)
    do { sha256 = try SHA256.hex(ofFile: path) } catch { throw .file(error) }
  }

  var bytes: Int { 8 * (real.count + imaginary.count) }
}

/// The logits that are expected of a probe.
struct ExpectedLogits {
  static let largestFileBytes = 64 << 20

  let path: String
  let sha256: String
  /// `[row][logit]`
  let values: [Double]
  /// Whether they were rounded to single precision.
  let isSingle: Bool

  /// - Parameters:
  ///   - rows: of the probe's file.
  ///   - logits: nil: nobody knows, and the file says.
  init(path: String, rows: Int, logits: Int) throws(ImportError) {
    self.path = path
    let array: NPYArray
    do {
      let bytes = try readFile(path, atMost: Self.largestFileBytes)
      sha256 = SHA256.hex(of: bytes)
      array = try NPYArray(decoding: bytes, types: [.float32, .float64], dimensions: 1...2)
    } catch {
      if let error = error as? NPYError { throw .array(path: path, error) }
      guard let error = error as? FileError else { preconditionFailure("\(error)") }
      throw .file(error)
    }
    guard array.shape == [rows, logits] || logits == 1 && array.shape == [rows] else {
      throw .expected(path: path, given: array.shape, rows: rows, logits: logits)
    }
    if let index = array.real.firstIndex(where: { !$0.isFinite }) { throw .notFinite(path: path, index: index) }
    values = array.real
    isSingle = array.type == .float32
  }
}
