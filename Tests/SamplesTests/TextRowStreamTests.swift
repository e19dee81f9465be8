import Glibc
import Samples
import TemporaryFolders
import Testing

@Suite struct TextRowStreamTests {
  @Test(arguments: [
    ("1,2\n3,4\n", [[1.0, 2], [3, 4]]),
    ("1 2\n3\t4\n", [[1, 2], [3, 4]]),
    ("1,2\r\n3,4\r\n", [[1, 2], [3, 4]]),
    (" 1 ,\t2 \r\n", [[1, 2]]),
    ("# a comment\n\n  \n1 2 # another\n#\n\r\n3 4\n", [[1, 2], [3, 4]]),
    ("\u{FEFF}1 2\n", [[1, 2]]),
    ("+1 -2\n", [[1, -2]]),
    (".5 5.\n", [[0.5, 5]]),
    ("1e3 -1.5E-3\n", [[1000, -0.0015]]),
    ("0.1 4.9406564584124654e-324\n", [[0.1, .leastNonzeroMagnitude]]),
    ("1.7976931348623157e308 2.2250738585072014e-308\n", [[.greatestFiniteMagnitude, .leastNormalMagnitude]]),
    ("1 2\n  # no newline here", [[1, 2]]),
    ("", []), ("\n", []), ("#", []), ("   ", []),
  ])
  func reads(text: String, rows: [[Double]]) throws {
    let expected = Reading(rows: rows, statuses: rows.map { _ in .row } + [.end])
    #expect(try read(text, columns: 2) == expected)
    #expect(try readPiped(Array(text.utf8), columns: 2) == expected)
  }

  @Test(arguments: [
    ("1 2x", RowStatus.malformed(line: 1, character: 4)),
    ("1;2", .malformed(line: 1, character: 2, .semicolon)),
    ("1,5\t0,25", .malformed(line: 1, character: 5, .separator)),
    ("1 2,3", .malformed(line: 1, character: 4, .separator)),
    ("1+2i 3", .malformed(line: 1, character: 1, .complex)),
    ("1 2j", .malformed(line: 1, character: 3, .complex)),
    ("\"1\",\"2", .malformed(line: 1, character: 7, .number)),
    ("\"1\"x,2", .malformed(line: 1, character: 4, .quote)),
    ("\n# c\n  1 ..", .malformed(line: 3, character: 6)),
    ("1,,2", .malformed(line: 1, character: 3)),
    (",1,2", .malformed(line: 1, character: 1)),
    ("1,2,", .malformed(line: 1, character: 4)),
    ("1e 2", .malformed(line: 1, character: 3)),
    ("1e+ 2", .malformed(line: 1, character: 4)),
    ("0x10 2", .malformed(line: 1, character: 2)),
    ("1 - 2", .malformed(line: 1, character: 4)),
    ("1 --2", .malformed(line: 1, character: 4)),
    ("1 nano", .malformed(line: 1, character: 6)),
    ("1 \u{0}", .malformed(line: 1, character: 3)),
    ("1 2 3 x", .malformed(line: 1, character: 7)),
    ("1", .count(line: 1, given: 1, expected: 2)),
    ("1 2 3", .count(line: 1, given: 3, expected: 2)),
    ("1 2 3 4", .count(line: 1, given: 4, expected: 2)),
    ("1 nan", .notFinite(column: 1)),
    ("-Inf 2", .notFinite(column: 0)),
    ("1 INFINITY", .notFinite(column: 1)),
    ("1e309 2", .notFinite(column: 0)),
  ])
  func aBadLineSpoilsItsSampleAlone(text: String, status: RowStatus) throws {
    let reading = try read(text + "\n7 8\n", columns: 2)
    #expect(reading.statuses == [status, .row, .end])
    #expect(reading.rows == [[7, 8]])
  }

  /// Pairs are complex where that is said; how many numbers a line has never says it.
  @Test func pairs() throws {
    var form = TextForm()
    form.pairs = true
    let reading = try read("1 2 3 4\n5 6\n1 2 3 nan\n", columns: 2, imaginary: true, form)
    #expect(reading.rows == [[1, 3]] && reading.imaginary == [[2, 4]])
    #expect(reading.statuses == [.row, .count(line: 2, given: 2, expected: 4), .notFinite(column: 1), .end])
    #expect(throws: SampleError.complex) { try read("1 2 3 4\n", columns: 2, form) }
    #expect(
      try read("1 2\n1 2 3 4\n", columns: 2, imaginary: true).statuses
        == [.row, .count(line: 2, given: 4, expected: 2), .end])
  }

  @Test(arguments: [
    "1+2i 3-4.5e1i\n", "(1+2j),(3-45j)\n", "1+2j , 3-45.0j\n", "\"1+2i\",\"3-45i\"\n", "(1.0e0+2j) (3-4.5e+1j)\n",
  ])
  func complexNumbers(text: String) throws {
    let expected = Reading(rows: [[1, 3]], imaginary: [[2, -45]], statuses: [.row, .end])
    #expect(try read(text, columns: 2, imaginary: true) == expected)
  }

  /// The first sample decides for the file whether numbers may be complex, and what separates them.
  @Test func theFirstSampleDecides() throws {
    let complex = try read("i3 2\n-2i 1\n7 (8)\n", columns: 2, imaginary: true)
    #expect(complex.rows == [[0, 1], [7, 8]] && complex.imaginary == [[-2, 0], [0, 0]])
    #expect(complex.statuses.first == .malformed(line: 1, character: 1))
    #expect(
      try read("1 2\n1i 2\n", columns: 2, imaginary: true).statuses
        == [.row, .malformed(line: 2, character: 1, .complex), .end])
    #expect(
      try read("1 2\n1,2\n3 4\n", columns: 2).statuses
        == [.row, .malformed(line: 2, character: 2, .separator), .row, .end])
    for text in ["1+2\n", "1+i\n", "1+-2i\n", "(1+2i\n", "1+2i)\n", "i\n", "1+2ii\n", "(1\n", "1+2i3\n"] {
      guard case .malformed = try read(text, columns: 1, imaginary: true).statuses[0] else {
        Issue.record("\(text) was read")
        continue
      }
    }
    #expect(try read("1+nani\n", columns: 1, imaginary: true).statuses == [.notFinite(column: 0), .end])
  }

  /// Cut anywhere, a file gives its whole lines, then tells that it was cut; never another number.
  @Test func everyTruncationIsSeen() throws {
    let text = Array("1.25,2\n# note\n3,4.5\r\n".utf8)
    for count in 0...text.count {
      let reading = try readPiped(Array(text[..<count]), columns: 2)
      #expect([[1.25, 2], [3, 4.5]].starts(with: reading.rows))
      let isWhole = count == 0 || (7...14).contains(count) || count == text.count
      #expect(reading.statuses.last == (isWhole ? .end : .truncated(atByte: count)))
      #expect(reading.statuses.dropLast().allSatisfy { $0 == .row })
    }
  }

  /// Lines up to the buffer's size are read, wherever they lie in it; longer ones are passed over.
  @Test func linesAreBounded() throws {
    for length in 50...80 {
      let long = "1 " + String(repeating: "0", count: length - 3) + "\n"
      let reading = try read("1 2\n\(long)3 4\n\(long)\(long)5 6\n", columns: 2, bufferBytes: 64)
      let status = length <= 64 ? RowStatus.row : nil
      #expect(
        reading.statuses == [
          .row, status ?? .lineTooLong(line: 2, allowed: 64), .row, status ?? .lineTooLong(line: 4, allowed: 64),
          status ?? .lineTooLong(line: 5, allowed: 64), .row, .end,
        ])
      #expect(reading.rows.last == [5, 6])
    }
    let unending = String(repeating: "1", count: 1000)
    #expect(try read(unending, columns: 1, bufferBytes: 64).statuses == [.truncated(atByte: 1000)])
  }

  @Test func rewinds() throws {
    let folder = TemporaryFolder()
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64, alignment: 64)
    defer { buffer.deallocate() }
    let lines = (0..<100).map { "\($0) \(2 * $0)\n" }.joined()
    var stream = try SampleStream(path: folder.put("a", Array(lines.utf8)))
    #expect(stream.canRewind && stream.rows == nil && stream.columns == nil)
    let first = try read(&stream, columns: 2, buffer: buffer)
    #expect(first.rows == (0..<100).map { [Double($0), Double(2 * $0)] })
    stream.rewind()
    #expect(readOn(&stream, columns: 2) == first)
  }

  /// Numbers written with the point of another locale's comma are refused there, not misread.
  @Test(.enabled(if: newlocale(1 << LC_NUMERIC, "de_DE.UTF-8", nil) != nil, "the locale de_DE.UTF-8 is not installed"))
  func anotherLocaleRefusesRatherThanMisreads() async {
    await #expect(processExitsWith: .success) {
      setlocale(LC_NUMERIC, "de_DE.UTF-8")
      let reading = try read("1.5 2\n", columns: 2)
      #expect(reading.statuses == [.malformed(line: 1, character: 1), .end])
    }
  }

  @Test func standardInput() async {
    await #expect(processExitsWith: .success) {
      let bytes = Array("1 2\n3".utf8)
      var ends: [Int32] = [0, 0]
      pipe(&ends)
      dup2(ends[0], STDIN_FILENO)
      write(ends[1], bytes, bytes.count)
      close(ends[1])
      var stream = try SampleStream(path: "-")
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64, alignment: 64)
      let reading = try read(&stream, columns: 2, buffer: buffer)
      #expect(reading.rows == [[1, 2]])
      #expect(reading.statuses == [.row, .truncated(atByte: 5)])
    }
  }
}
