import CSupport
import Files
import Glibc
import Samples
import TemporaryFolders
import Testing

@Suite struct ArrayStreamTests {
  typealias Example = (bytes: [UInt8], columns: Int, rows: [[Double]], imaginary: [[Double]])

  static let examples: [Example] = [
    (NumPyFixture.float32, 3, [[1, -2.5, 3], [Double(Float(0.1)), 5, 6]], [[0, 0, 0], [0, 0, 0]]),
    (NumPyFixture.float64, 2, [[1, -2.5], [0.1, 1e-300], [5, 6]], [[0, 0], [0, 0], [0, 0]]),
    (NumPyFixture.complex64, 2, [[1, 0.5]], [[2, -1]]),
    (NumPyFixture.complex128, 2, [[1, 0.1], [0, 4]], [[2, -1], [3, 0]]),
    (NumPyFixture.oneDimension, 3, [[1, 2, 3]], [[0, 0, 0]]),
    (NumPyFixture.version2, 2, [[1.5, 2]], [[0, 0]]),
    (NumPyFixture.empty, 3, [], []),
  ]

  @Test(arguments: examples.indices)
  func readsWhatNumPyWrote(index: Int) throws {
    let example = Self.examples[index]
    let statuses = example.rows.map { _ in RowStatus.row } + [.end]
    let expected = Reading(rows: example.rows, imaginary: example.imaginary, statuses: statuses)
    #expect(try read(example.bytes, columns: example.columns, imaginary: true) == expected)
    #expect(try readPiped(example.bytes, columns: example.columns, imaginary: true) == expected)
    if !example.imaginary.joined().contains(where: { $0 != 0 }) {
      let real = Reading(rows: example.rows, imaginary: [], statuses: statuses)
      #expect(try read(example.bytes, columns: example.columns) == real)
    }
  }

  /// A row may be larger than the buffer, and elements may lie across its end.
  @Test(arguments: [64, 65, 71, 100, 4096])
  func theBufferDoesNotShow(bufferBytes: Int) throws {
    let values = (0..<30 * 17).map(Double.init)
    let bytes = npy("{'descr': '<f8', 'fortran_order': False, 'shape': (30, 17), }", values.flatMap(littleEndian))
    let rows = stride(from: 0, to: values.count, by: 17).map { Array(values[$0..<$0 + 17]) }
    #expect(try read(bytes, columns: 17, bufferBytes: bufferBytes).rows == rows)
    #expect(try readPiped(bytes, columns: 17, bufferBytes: bufferBytes).rows == rows)
  }

  @Test(arguments: examples.indices)
  func everyTruncationOfAFileIsAnError(index: Int) {
    let example = Self.examples[index]
    for count in 0..<example.bytes.count {
      let cut = Array(example.bytes[..<count])
      if count == 0 {
        // Nothing at all is text without lines.
        #expect(try! read(cut, columns: 3) == Reading(statuses: [.end]))
      } else {
        #expect(throws: SampleError.self) { try read(cut, columns: example.columns, imaginary: true) }
      }
    }
    #expect(throws: SampleError.npy(.size(given: example.bytes.count + 1, expected: example.bytes.count))) {
      try read(example.bytes + [0], columns: example.columns, imaginary: true)
    }
  }

  @Test(arguments: examples.indices)
  func everyTruncationOfAPipeIsSeen(index: Int) throws {
    let example = Self.examples[index]
    let header = example.bytes.count - (example.columns * example.rows.count) * elementBytes(example)
    for count in 1..<example.bytes.count {
      let cut = Array(example.bytes[..<count])
      if count < header {
        #expect(throws: SampleError.self) { try readPiped(cut, columns: example.columns, imaginary: true) }
      } else {
        let reading = try readPiped(cut, columns: example.columns, imaginary: true)
        #expect(reading.statuses.last == .truncated(atByte: count))
        #expect(example.rows.starts(with: reading.rows))
      }
    }
    let longer = try readPiped(example.bytes + [0], columns: example.columns, imaginary: true)
    #expect(longer.rows == example.rows)
    #expect(longer.statuses.last == .trailingBytes(atByte: example.bytes.count))
  }

  private func elementBytes(_ example: Example) -> Int {
    (example.bytes.count - 128) / max(1, example.columns * example.rows.count)
  }

  /// Whatever bit is another: an error, or one number that is another.
  @Test func everyBitIsSeenOrIsOneNumbers() throws {
    let whole = NumPyFixture.float64
    let expected = try read(whole, columns: 2)
    for bit in 0..<8 * whole.count {
      var bytes = whole
      bytes[bit / 8] ^= 1 << (bit % 8)
      guard let reading = try? read(bytes, columns: 2), reading.statuses.allSatisfy({ $0 == .row || $0 == .end }) else {
        continue
      }
      #expect(reading.rows.count == 3, "bit \(bit)")
      let other = zip(reading.rows.joined(), expected.rows.joined()).count { $0 != $1 }
      #expect(other == (bit / 8 < 128 ? 0 : 1), "bit \(bit)")
    }
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity])
  func whatIsNotFiniteSpoilsItsRowAlone(bad: Double) throws {
    let values = [1, 2, 3, bad, 5, 6]
    let dictionary = "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), }"
    let reading = try read(npy(dictionary, values.flatMap(littleEndian)), columns: 2)
    #expect(reading.statuses == [.row, .notFinite(column: 1), .row, .end])
    #expect(reading.rows == [[1, 2], [5, 6]])
    // As an imaginary part, and in a row that comes in several pieces.
    let complex = npy(
      "{'descr': '<c16', 'fortran_order': False, 'shape': (1, 9), }",
      (0..<18).map { $0 == 13 ? bad : 1 }.flatMap(littleEndian))
    #expect(
      try read(complex, columns: 9, imaginary: true, bufferBytes: 64).statuses == [.notFinite(column: 6), .end])
  }

  @Test func wrongLengthsAndParts() {
    #expect(throws: SampleError.columns(given: 3, expected: 4)) { try read(NumPyFixture.float32, columns: 4) }
    #expect(throws: SampleError.complex) { try read(NumPyFixture.complex64, columns: 2) }
    #expect(throws: SampleError.npy(.type(given: "|i1", allowed: NPYType.samples.map(\.rawValue), atByte: 20))) {
      try read(NumPyFixture.labelsInt8, columns: 4)
    }
  }

  @Test func rewindsAndReadsAtRandom() throws {
    let folder = TemporaryFolder()
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64, alignment: 64)
    defer { buffer.deallocate() }
    let values = (0..<100 * 3).map(Double.init)
    let path = folder.put(
      "a", npy("{'descr': '<f8', 'fortran_order': False, 'shape': (100, 3), }", values.flatMap(littleEndian)))
    var stream = try ArrayStream(path: path)
    #expect(stream.rows == 100 && stream.columns == 3 && stream.canRewind)
    try stream.begin(columns: 3, imaginary: false, buffer: buffer)
    let row = UnsafeMutablePointer<Double>.allocate(capacity: 3)
    defer { row.deallocate() }
    for pass in 0..<3 {
      for index in 0..<100 {
        #expect(stream.row == index)
        #expect(stream.nextRow(real: row, imaginary: nil) == .row)
        #expect(row[0] == Double(3 * index) && row[2] == Double(3 * index + 2))
        // Another row in between does not disturb the order.
        let other = (index * 37 + pass) % 100
        #expect(stream.row(at: other, real: row, imaginary: nil) == .row)
        #expect(row[0] == Double(3 * other) && row[2] == Double(3 * other + 2))
      }
      #expect(stream.nextRow(real: row, imaginary: nil) == .end)
      #expect(stream.nextRow(real: row, imaginary: nil) == .end)
      stream.rewind()
    }
  }

  /// A file that shrinks while it is read ends in an error, not in old data.
  @Test func aFileThatShrinks() throws {
    let folder = TemporaryFolder()
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64, alignment: 64)
    defer { buffer.deallocate() }
    let path = folder.put(
      "a",
      npy(
        "{'descr': '<f8', 'fortran_order': False, 'shape': (100, 1), }",
        (0..<100).map(Double.init).flatMap(littleEndian)))
    var stream = try SampleStream(path: path)
    truncate(path, 128 + 80)
    let reading = try read(&stream, columns: 1, buffer: buffer)
    #expect(reading.rows.count == 10)
    #expect(reading.statuses.last == .truncated(atByte: 208))
  }

  @Test func standardInput() async {
    await #expect(processExitsWith: .success) {
      let bytes = NumPyFixture.float64
      var ends: [Int32] = [0, 0]
      pipe(&ends)
      dup2(ends[0], STDIN_FILENO)
      write(ends[1], bytes, bytes.count)
      close(ends[1])
      var stream = try SampleStream(path: "-")
      #expect(stream.rows == 3 && stream.columns == 2 && !stream.canRewind)
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64, alignment: 64)
      #expect(try read(&stream, columns: 2, buffer: buffer).rows == [[1, -2.5], [0.1, 1e-300], [5, 6]])
    }
  }

  /// In a process of its own, where no other test allocates meanwhile.
  @Test func readingAllocatesNothing() async {
    await #expect(processExitsWith: .success) {
      let folder = TemporaryFolder()
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 128, alignment: 64)
      let row = UnsafeMutablePointer<Double>.allocate(capacity: 6)
      for bytes in [NumPyFixture.float32, NumPyFixture.complex128, Array("1 2 # c\n3,nan\n\n4\n5;6\n".utf8)] {
        var stream = try SampleStream(path: folder.put("a", bytes))
        try stream.begin(columns: stream.columns ?? 2, imaginary: true, buffer: buffer)
        let before = qkd_allocation_count()
        var rows = 0
        for _ in 0..<10 {
          while !stream.nextRow(real: row, imaginary: row + 3).isFinal { rows += 1 }
          stream.rewind()
        }
        let allocations = qkd_allocation_count() - before
        #expect(before >= 0 && allocations == 0 && rows >= 20)
      }
    }
  }
}

func littleEndian(_ value: Double) -> [UInt8] { withUnsafeBytes(of: value.bitPattern.littleEndian, Array.init) }
