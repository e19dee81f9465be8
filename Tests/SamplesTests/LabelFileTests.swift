import Samples
import TemporaryFolders
import Testing

@Suite struct LabelFileTests {
  func labels(_ bytes: [UInt8], count: Int = 4, classes: Int = 3, piped: Bool = false) throws(SampleError) -> [Int32] {
    let folder = TemporaryFolder()
    let pipe = Pipe(bytes)
    let file = try LabelFile(path: piped ? pipe.path : folder.put("labels", bytes))
    let labels = UnsafeMutableBufferPointer<Int32>.allocate(capacity: count)
    defer { labels.deallocate() }
    try file.read(into: labels, classes: classes)
    return Array(labels)
  }

  @Test(arguments: [
    NumPyFixture.labelsInt8, NumPyFixture.labelsUInt8, NumPyFixture.labelsInt16, NumPyFixture.labelsUInt16,
    NumPyFixture.labelsInt32, NumPyFixture.labelsUInt32, NumPyFixture.labelsInt64, NumPyFixture.labelsUInt64,
    NumPyFixture.labelsColumn,
  ])
  func readsWhatNumPyWrote(bytes: [UInt8]) throws {
    #expect(try labels(bytes) == [0, 1, 2, 1])
    #expect(try labels(bytes, piped: true) == [0, 1, 2, 1])
    #expect(throws: SampleError.label(given: 2, classes: 2, index: 2)) { try labels(bytes, classes: 2) }
    #expect(throws: SampleError.labelCount(given: 4, expected: 5)) { try labels(bytes, count: 5) }
    for count in 1..<bytes.count {
      #expect(throws: SampleError.self) { try labels(Array(bytes[..<count])) }
      #expect(throws: SampleError.self) { try labels(Array(bytes[..<count]), piped: true) }
    }
    #expect(throws: SampleError.npy(.trailingBytes(atByte: bytes.count))) { try labels(bytes + [0], piped: true) }
    #expect(throws: SampleError.npy(.size(given: bytes.count + 1, expected: bytes.count))) { try labels(bytes + [0]) }
    #expect(throws: SampleError.npy(.truncated(given: bytes.count - 1, needed: bytes.count))) {
      try labels(Array(bytes.dropLast()), piped: true)
    }
  }

  @Test func truthValues() throws {
    #expect(try labels(NumPyFixture.labelsBool) == [1, 0, 1, 1])
    var bytes = NumPyFixture.labelsBool
    bytes[129] = 2
    #expect(throws: SampleError.label(given: 2, classes: 2, index: 1)) { try labels(bytes, classes: 10) }
  }

  @Test func outOfRange() {
    let negative = npy("{'descr': '|i1', 'fortran_order': False, 'shape': (4,), }", [0, 255, 0, 0])
    #expect(throws: SampleError.label(given: -1, classes: 3, index: 1)) { try labels(negative) }
    let huge = npy(
      "{'descr': '<u8', 'fortran_order': False, 'shape': (1,), }", [UInt8](repeating: 255, count: 8))
    #expect(throws: SampleError.label(given: .max, classes: 3, index: 0)) { try labels(huge, count: 1) }
  }

  @Test func noLabels() {
    #expect(throws: SampleError.npy(.type(given: "<f8", allowed: NPYType.labels.map(\.rawValue), atByte: 20))) {
      try labels(NumPyFixture.float64)
    }
    let table = npy("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2), }", [0, 1, 0, 1])
    #expect(throws: SampleError.shape(given: [2, 2])) { try labels(table) }
    for nothing in ["", "\n", "# no label\n", "label\n"] {
      #expect(throws: SampleError.empty) { try labels(Array(nothing.utf8)) }
    }
    #expect(throws: SampleError.empty) {
      try labels(npy("{'descr': '|i1', 'fortran_order': False, 'shape': (0,), }", []))
    }
    #expect(throws: SampleError.empty) { try labels(idx([0], [])) }
  }

  @Test func text() throws {
    for text in ["0\n1\n2\n1\n", "label\n0\n1\n2\n1\n", "# three classes\r\n0\r\n1\r\n\r\n2\r\n1\r\n"] {
      #expect(try labels(Array(text.utf8)) == [0, 1, 2, 1])
      #expect(try labels(gzipStored(Array(text.utf8))) == [0, 1, 2, 1])
      #expect(throws: SampleError.pipe) { try labels(Array(text.utf8), piped: true) }
    }
    #expect(throws: SampleError.row(1, .malformed(line: 2, character: 1, .label))) {
      try labels(Array("0\n1.5\n".utf8))
    }
    #expect(throws: SampleError.row(1, .count(line: 2, given: 2, expected: 1))) { try labels(Array("0\n1 1\n".utf8)) }
    #expect(throws: SampleError.row(1, .truncated(atByte: 3))) { try labels(Array("0\n1".utf8)) }
    #expect(throws: SampleError.label(given: 3, classes: 3, index: 1)) { try labels(Array("0\n3\n".utf8), count: 2) }
  }
}
