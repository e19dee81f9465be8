import Samples
import TemporaryFolders
import Testing

@Suite struct TargetFileTests {
  private func targets(
    _ bytes: [UInt8], samples: Int, outputs: Int = 1, largest: Double = 1e12, piped: Bool = false
  ) throws(SampleError) -> [Double] {
    let folder = TemporaryFolder()
    let pipe = Pipe(bytes)
    let file = try TargetFile(path: piped ? pipe.path : folder.put("targets", bytes), outputs: outputs)
    let targets = UnsafeMutableBufferPointer<Double>.allocate(capacity: samples * outputs)
    defer { targets.deallocate() }
    try file.read(into: targets, largest: largest)
    return Array(targets)
  }

  @Test func arraysAndText() throws {
    #expect(try targets(NumPyFixture.oneDimension, samples: 3) == [1, 2, 3])
    #expect(try targets(NumPyFixture.oneDimension, samples: 3, piped: true) == [1, 2, 3])
    #expect(try targets(NumPyFixture.float32, samples: 2, outputs: 3).prefix(4) == [1, -2.5, 3.0, Double(Float(0.1))])
    #expect(try targets(NumPyFixture.float64, samples: 3, outputs: 2, piped: true).prefix(2) == [1, -2.5])
    #expect(try targets(Array("0.5\n-1e-3\n# none\n2\n".utf8), samples: 3) == [0.5, -0.001, 2])
    #expect(try targets(Array("h2,gap\n0.5,1\n0.25,2\n".utf8), samples: 2, outputs: 2) == [0.5, 1, 0.25, 2])
  }

  struct Broken: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]
    var outputs = 1
    var samples = 3
    var piped = false
    let error: SampleError
  }

  private static func text(_ text: String) -> [UInt8] { Array(text.utf8) }
  private static func doubles(_ shape: String, _ words: [UInt64]) -> [UInt8] {
    npy(
      "{'descr': '<f8', 'fortran_order': False, 'shape': \(shape), }",
      words.flatMap { word in withUnsafeBytes(of: word.littleEndian, Array.init) })
  }
  private static let one = (1.0).bitPattern

  static let broken = [
    Broken(
      testDescription: "one dimension for two outputs", bytes: NumPyFixture.oneDimension, outputs: 2,
      error: .targetShape(given: [3], outputs: 2)),
    Broken(
      testDescription: "a column too many", bytes: NumPyFixture.float64,
      error: .targetShape(given: [3, 2], outputs: 1)),
    Broken(
      testDescription: "one row of three", bytes: doubles("(1, 3)", [one, one, one]),
      error: .targetShape(given: [1, 3], outputs: 1)),
    Broken(
      testDescription: "too few samples", bytes: NumPyFixture.oneDimension, samples: 4,
      error: .targetCount(given: 3, expected: 4)),
    Broken(
      testDescription: "too many", bytes: text("1\n2\n3\n"), samples: 2, error: .targetCount(given: 3, expected: 2)),
    Broken(
      testDescription: "NaN in one dimension", bytes: doubles("(3,)", [one, Double.nan.bitPattern, one]),
      error: .row(1, .notFinite(column: 0))),
    Broken(
      testDescription: "an infinity in a column", bytes: doubles("(3, 1)", [one, one, Double.infinity.bitPattern]),
      error: .row(2, .notFinite(column: 0))),
    Broken(
      testDescription: "too large", bytes: doubles("(3,)", [one, one, (2e12).bitPattern]),
      error: .target(given: 2e12, allowed: 1e12, row: 2)),
    Broken(
      testDescription: "integers", bytes: NumPyFixture.labelsInt64,
      error: .npy(.type(given: "<i8", allowed: NPYType.samples.map(\.rawValue), atByte: 20))),
    Broken(testDescription: "complex", bytes: NumPyFixture.complex64, outputs: 2, samples: 1, error: .complex),
    Broken(testDescription: "images", bytes: [0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 1, 7], error: .npy(.magic)),
    Broken(testDescription: "nothing", bytes: [], error: .empty),
    Broken(testDescription: "comments alone", bytes: text("# none\n"), error: .empty),
    Broken(testDescription: "text from a pipe", bytes: text("1\n2\n3\n"), piped: true, error: .pipe),
    Broken(
      testDescription: "two numbers on a line", bytes: text("1\n2 3\n4\n"),
      error: .row(1, .count(line: 2, given: 2, expected: 1))),
    Broken(
      testDescription: "a word", bytes: text("1\nx\n3\n"), error: .row(1, .malformed(line: 2, character: 1, .number))),
    Broken(testDescription: "nan as text", bytes: text("1\nnan\n3\n"), error: .row(1, .notFinite(column: 0))),
    Broken(testDescription: "no end of the last line", bytes: text("1\n2\n3"), error: .row(2, .truncated(atByte: 5))),
  ]

  @Test(arguments: broken) func brokenFilesAreRefused(_ broken: Broken) {
    #expect(throws: broken.error) {
      try targets(broken.bytes, samples: broken.samples, outputs: broken.outputs, piped: broken.piped)
    }
  }

  @Test func truncatedAnywhere() {
    let bytes = NumPyFixture.oneDimension
    for count in 0..<bytes.count {
      for piped in [false, true] {
        #expect(throws: SampleError.self) { try targets(Array(bytes[..<count]), samples: 3, piped: piped) }
      }
    }
    #expect(throws: SampleError.npy(.size(given: bytes.count + 1, expected: bytes.count))) {
      try targets(bytes + [0], samples: 3)
    }
    #expect(throws: SampleError.row(3, .trailingBytes(atByte: bytes.count))) {
      try targets(bytes + [0], samples: 3, piped: true)
    }
  }

  private func count(_ rows: String, outputs: Int = 1) throws(SampleError) -> Int {
    let folder = TemporaryFolder()
    return try SampleStream(path: folder.put("rows", Array(rows.utf8))).countTargets(outputs: outputs, lineBytes: 8192)
  }

  @Test func besideTheRows() throws {
    #expect(try count("{\"features\": [1], \"target\": 0.5}\n{\"target\": [-1e3], \"features\": [2, 3]}\n") == 2)
    #expect(try count("{\"features\": [1], \"target\": [1, 2]}\n", outputs: 2) == 1)
    #expect(throws: SampleError.untargeted(row: 1)) {
      try count("{\"features\": [1], \"target\": 0.5}\n{\"features\": [1], \"target\": null}\n")
    }
    #expect(throws: SampleError.untargeted(row: 0)) { try count("[1, 2]\n") }
    #expect(throws: SampleError.untargeted(row: 0)) { try count("1 2\n") }
    #expect(throws: SampleError.targetsBeside(given: 2, outputs: 1, row: 0)) {
      try count("{\"features\": [1], \"target\": [1, 2]}\n")
    }
    for (line, character, part) in [
      ("{\"features\": [1], \"target\": \"x\"}", 29, JSONPart.number),
      ("{\"features\": [1], \"target\": [1, ]}", 33, .number),
      ("{\"features\": [1], \"target\": 1, \"target\": 1}", 42, .once),
    ] {
      #expect(throws: SampleError.row(0, .json(line: 1, character: character, expected: part)), "\(line)") {
        try count(line + "\n")
      }
    }
  }

  /// Who does not ask for targets passes them over, whatever they are.
  @Test func classifiersPassThemOver() throws {
    let folder = TemporaryFolder()
    let path = folder.put("rows", Array("{\"features\": [1], \"label\": 1, \"target\": \"x\", \"target\": [}]}\n".utf8))
    var stream = try SampleStream(path: path)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 8192, alignment: 16)
    defer { buffer.deallocate() }
    try stream.begin(columns: 1, imaginary: false, buffer: buffer)
    var value = 0.0
    #expect(stream.nextRow(real: &value, imaginary: nil) != .end)
  }
}
