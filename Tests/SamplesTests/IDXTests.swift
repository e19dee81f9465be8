import CSupport
import Glibc
import Samples
import TemporaryFolders
import Testing

@Suite struct IDXTests {
  static let content = idx([2, 2, 2], [0, 255, 51, 102, 1, 2, 3, 4])
  static let rows = [[0, 1, 51 / 255.0, 102 / 255.0], [1 / 255.0, 2 / 255.0, 3 / 255.0, 4 / 255.0]]
  static let expected = Reading(rows: rows, statuses: [.row, .row, .end])

  @Test(arguments: [content, gzipStored(content), gzipStored(content, blockBytes: 3), GzipFixture.images])
  func bytesBecomeSharesOf255(file: [UInt8]) throws {
    #expect(try read(file, columns: 4) == Self.expected)
    #expect(try read(file, columns: 4, bufferBytes: 64) == Self.expected)
    #expect(try readPiped(file, columns: 4) == Self.expected)
    var complex = Self.expected
    complex.imaginary = [[0, 0, 0, 0], [0, 0, 0, 0]]
    #expect(try read(file, columns: 4, imaginary: true) == complex)
    #expect(throws: SampleError.columns(given: 4, expected: 5)) { try read(file, columns: 5) }
  }

  @Test func everyTruncationIsSeen() throws {
    for count in 1..<Self.content.count {
      let cut = Array(Self.content[..<count])
      #expect(throws: SampleError.self) { try read(cut, columns: 4) }
      if count < 16 {
        #expect(throws: SampleError.self) { try readPiped(cut, columns: 4) }
      } else {
        #expect(try readPiped(cut, columns: 4).statuses.last == .truncated(atByte: count))
      }
    }
    #expect(throws: SampleError.idx(.size(given: 25, expected: 24))) { try read(Self.content + [0], columns: 4) }
    #expect(try readPiped(Self.content + [0], columns: 4).statuses.last == .trailingBytes(atByte: 24))
  }

  @Test(arguments: [gzipStored(content, blockBytes: 7), GzipFixture.images])
  func everyTruncationOfGzipIsSeen(file: [UInt8]) throws {
    for count in 2..<file.count {
      let cut = Array(file[..<count])
      do {
        let reading = try read(cut, columns: 4)
        #expect(reading.statuses.last == .damaged(.truncated, atByte: count))
        #expect(Self.rows.starts(with: reading.rows))
      } catch {
        #expect(error == SampleError.gzip(.truncated, atByte: count))
      }
    }
  }

  /// No flipped bit makes other content pass. (A few bits mean nothing: they pad a block to whole bytes.)
  @Test(arguments: [gzipStored(content, blockBytes: 7), GzipFixture.images])
  func everyFlippedBitIsSeen(file: [UInt8]) {
    for bit in 0..<file.count * 8 {
      var damaged = file
      damaged[bit / 8] ^= 1 << (bit % 8)
      guard let reading = try? read(damaged, columns: 4), reading.statuses.last == .end else { continue }
      #expect(reading == Self.expected, "bit \(bit)")
      #expect(bit / 8 < file.count - 8, "bit \(bit) of checksum or length")
    }
  }

  @Test func whatFollowsTheChecksum() throws {
    let file = gzipStored(Self.content)
    #expect(try read(file + [1], columns: 4).statuses.last == .damaged(.trailingBytes, atByte: file.count))
    // Members after one another are one content.
    let members = gzipStored(Array(Self.content[..<19])) + gzipStored([]) + gzipStored(Array(Self.content[19...]))
    #expect(try read(members, columns: 4) == Self.expected)
    #expect(try readPiped(members, columns: 4) == Self.expected)
    #expect(try read(file + gzipStored([7]), columns: 4).statuses.last == .trailingBytes(atByte: 24))
    #expect(try read(file + [0x1F], columns: 4).statuses.last == .damaged(.truncated, atByte: file.count + 1))
  }

  @Test func otherFormatsInsideGzip() throws {
    #expect(
      try read(gzipStored(NumPyFixture.float32), columns: 3).rows
        == [[1, -2.5, 3], [Double(Float(0.1)), 5, 6]])
    #expect(try read(gzipStored(Array("1 2\n3 4\n".utf8)), columns: 2).rows == [[1, 2], [3, 4]])
    #expect(try read(gzipStored([]), columns: 2) == Reading(statuses: [.end]))
    #expect(throws: SampleError.foreign("gzip in gzip")) { try read(gzipStored(GzipFixture.images), columns: 4) }
  }

  /// Whatever bit is another: an error, or one number that is another.
  @Test func everyBitIsSeenOrIsOneNumbers() throws {
    for bit in 0..<8 * Self.content.count {
      var bytes = Self.content
      bytes[bit / 8] ^= 1 << (bit % 8)
      guard let reading = try? read(bytes, columns: 4), reading.statuses == [.row, .row, .end] else { continue }
      #expect(bit / 8 >= 16, "bit \(bit)")
      let other = zip(reading.rows.joined(), Self.rows.joined()).count { $0 != $1 }
      #expect(other == 1, "bit \(bit)")
    }
  }

  @Test func rewindsAndReadsAtRandomThroughGzip() throws {
    let folder = TemporaryFolder()
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64, alignment: 64)
    let row = UnsafeMutablePointer<Double>.allocate(capacity: 3)
    defer {
      buffer.deallocate()
      row.deallocate()
    }
    let path = folder.put("a.gz", gzipStored(idx([50, 3], (0..<150).map(UInt8.init))))
    var stream = try ArrayStream(path: path)
    #expect(stream.rows == 50 && stream.columns == 3 && stream.canRewind && stream.hasBytes && stream.outsideBytes > 0)
    try stream.begin(columns: 3, imaginary: false, buffer: buffer)
    for _ in 0..<2 {
      for index in 0..<50 {
        #expect(stream.nextRow(real: row, imaginary: nil) == .row)
        #expect(row[0] == Double(3 * index) / 255)
        #expect(stream.row(at: 49 - index, real: row, imaginary: nil) == .row)
        #expect(row[2] == Double(3 * (49 - index) + 2) / 255)
      }
      #expect(stream.nextRow(real: row, imaginary: nil) == .end)
      stream.rewind()
    }
  }

  @Test func readingAllocatesNothing() async {
    await #expect(processExitsWith: .success) {
      let folder = TemporaryFolder()
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 128, alignment: 64)
      let row = UnsafeMutablePointer<Double>.allocate(capacity: 4)
      for bytes in [IDXTests.content, GzipFixture.images, gzipStored(Array("1 2 3 4\n".utf8))] {
        var stream = try SampleStream(path: folder.put("a", bytes))
        try stream.begin(columns: 4, imaginary: false, buffer: buffer)
        let before = qkd_allocation_count()
        var rows = 0
        for _ in 0..<10 {
          while !stream.nextRow(real: row, imaginary: nil).isFinal { rows += 1 }
          stream.rewind()
        }
        let allocations = qkd_allocation_count() - before
        #expect(before >= 0 && allocations == 0 && rows >= 10)
      }
    }
  }
}

@Suite struct IDXLabelTests {
  static let content = idx([4], [0, 1, 2, 1])

  @Test(arguments: [content, gzipStored(content)])
  func labels(file: [UInt8]) throws {
    #expect(try LabelFileTests().labels(file) == [0, 1, 2, 1])
    #expect(try LabelFileTests().labels(file, piped: true) == [0, 1, 2, 1])
    #expect(throws: SampleError.label(given: 2, classes: 2, index: 2)) { try LabelFileTests().labels(file, classes: 2) }
    #expect(throws: SampleError.labelCount(given: 4, expected: 5)) { try LabelFileTests().labels(file, count: 5) }
    for count in 1..<file.count {
      #expect(throws: SampleError.self) { try LabelFileTests().labels(Array(file[..<count])) }
      #expect(throws: SampleError.self) { try LabelFileTests().labels(Array(file[..<count]), piped: true) }
    }
    #expect(throws: SampleError.self) { try LabelFileTests().labels(file + [1], piped: true) }
  }

  @Test func noLabels() {
    #expect(throws: SampleError.idx(.dimensions(given: 2, allowed: 1...1))) {
      try LabelFileTests().labels(idx([2, 2], [0, 1, 0, 1]))
    }
    #expect(throws: SampleError.idx(.trailingBytes(atByte: 12))) {
      try LabelFileTests().labels(Self.content + [0], piped: true)
    }
  }
}
