import CSupport
import Files
import Glibc
import Samples
import TemporaryFolders
import Testing

@Suite struct WriterTests {
  let folder = TemporaryFolder()

  func withBuffer<Result>(_ bytes: Int, _ body: (UnsafeMutableRawBufferPointer) throws -> Result) rethrows -> Result {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes, alignment: 64)
    defer { buffer.deallocate() }
    return try body(buffer)
  }

  /// Byte for byte what NumPy writes, whether the number of rows was known or not.
  @Test(arguments: [nil, 3], [128, 129, 4096])
  func writesWhatNumPyWrites(rows: Int?, bufferBytes: Int) throws {
    try withBuffer(bufferBytes) { buffer in
      var writer = try NPYWriter(
        path: folder.path + "/a.npy", element: .float64, columns: 2, rows: rows, buffer: buffer)
      for row in [[1, -2.5], [0.1, 1e-300], [5, 6]] {
        #expect(row.withUnsafeBufferPointer { writer.append($0) } == .written)
      }
      try writer.commit()
    }
    #expect(folder.get("a.npy") == NumPyFixture.float64)
    #expect(folder.names == ["a.npy"])
  }

  @Test func writesSinglePrecisionAndNothing() throws {
    try withBuffer(128) { buffer in
      var writer = try NPYWriter(path: folder.path + "/a.npy", element: .float32, columns: 3, buffer: buffer)
      for row in [[1, -2.5, 3], [0.1, 5, 6]] { _ = row.withUnsafeBufferPointer { writer.append($0) } }
      try writer.commit()
      try NPYWriter(path: folder.path + "/b.npy", element: .float64, columns: 3, buffer: buffer).commit()
    }
    #expect(folder.get("a.npy") == NumPyFixture.float32)
    #expect(folder.get("b.npy") == NumPyFixture.empty)
  }

  @Test func anotherNumberOfRowsIsAnError() throws {
    try withBuffer(128) { buffer in
      var writer = try NPYWriter(path: folder.path + "/a.npy", element: .float64, columns: 1, rows: 2, buffer: buffer)
      _ = writer.append(1)
      do {
        try writer.commit()
        Issue.record("a file of the wrong length was committed")
      } catch {
        #expect(error as? SampleError == .rows(given: 1, expected: 2))
      }
    }
    #expect(folder.names == [])
  }

  func predictions(_ format: PredictionFormat, bufferBytes: Int) throws -> [UInt8]? {
    try withBuffer(bufferBytes) { buffer in
      var writer = try PredictionWriter(path: folder.path + "/p", format: format, classes: 2, buffer: buffer)
      for (sample, logits) in [(0, [0.1, -2.5]), (7, [1e-300, .nan])] {
        let status = [0.25, 0.75].withUnsafeBufferPointer { probabilities in
          logits.withUnsafeBufferPointer { logits in
            writer.append(
              Prediction(
                sample: sample, label: sample == 0 ? 1 : -1, predicted: 1, probabilities: probabilities, logits: logits)
            )
          }
        }
        #expect(status == .written)
      }
      #expect(folder.get("p") == nil)
      try writer.commit()
    }
    return folder.get("p")
  }

  @Test(arguments: [PredictionWriter.smallestBuffer(classes: 2), 4096])
  func predictionsInEveryFormat(bufferBytes: Int) throws {
    #expect(
      String(decoding: try predictions(.csv, bufferBytes: bufferBytes) ?? [], as: UTF8.self) == """
        sample,class,label,hit,probability_0,probability_1,logit_0,logit_1
        0,1,1,1,0.25,0.75,0.1,-2.5
        7,1,,,0.25,0.75,1e-300,nan

        """)
    unlink(folder.path + "/p")
    #expect(
      String(decoding: try predictions(.ndjson, bufferBytes: bufferBytes) ?? [], as: UTF8.self) == """
        {"sample":0,"class":1,"label":1,"hit":true,"probabilities":[0.25,0.75],"logits":[0.1,-2.5]}
        {"sample":7,"class":1,"label":null,"hit":null,"probabilities":[0.25,0.75],"logits":[1e-300,null]}

        """)
    unlink(folder.path + "/p")
    let rows = [0, 1, 1, 1, 0.25, 0.75, 0.1, -2.5, 7, 1, .nan, .nan, 0.25, 0.75, 1e-300, .nan]
    #expect(
      try predictions(.npy, bufferBytes: bufferBytes)
        == npy("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 8), }", rows.flatMap(littleEndian)))
  }

  @Test(arguments: [0, 9, 10, 11, 99, 100, 101, 1_000_000, -1, -10, .max, .min])
  func integersOfEveryLength(value: Int) throws {
    try withBuffer(4096) { buffer in
      var writer = try PredictionWriter(path: folder.path + "/p", format: .csv, classes: 1, buffer: buffer)
      let status = [1.0].withUnsafeBufferPointer {
        writer.append(Prediction(sample: value, label: -1, predicted: value, probabilities: $0, logits: $0))
      }
      #expect(status == .written)
      try writer.commit()
    }
    #expect(
      String(decoding: folder.get("p")!, as: UTF8.self)
        == "sample,class,label,hit,probability_0,logit_0\n\(value),\(value),,,1,1\n")
  }

  /// The longest numbers there are, in the smallest buffer.
  @Test(arguments: PredictionFormat.allCases, [1, 2, 10, 1000])
  func theSmallestBufferHoldsTheLongestRecord(format: PredictionFormat, classes: Int) throws {
    let longest = [Double](repeating: -2.2250738585072014e-308, count: classes)
    try withBuffer(PredictionWriter.smallestBuffer(classes: classes)) { buffer in
      var writer = try PredictionWriter(path: folder.path + "/p", format: format, classes: classes, buffer: buffer)
      for _ in 0..<3 {
        let status = longest.withUnsafeBufferPointer {
          writer.append(Prediction(sample: .min, label: .max, predicted: .min, probabilities: $0, logits: $0))
        }
        #expect(status == .written)
      }
      try writer.commit()
    }
    #expect(folder.get("p")!.count > 3 * 8 * 2 * classes)
  }

  @Test func abandonedNothingAppears() throws {
    let path = folder.put("p", [1])
    withBuffer(4096) { buffer in
      for format in PredictionFormat.allCases {
        let writer = try! PredictionWriter(path: path, format: format, classes: 2, buffer: buffer)
        writer.abandon()
      }
    }
    #expect(folder.get("p") == [1])
    #expect(folder.names == ["p"])
  }

  @Test func formatsByName() throws {
    #expect(try PredictionFormat(path: "a.csv") == .csv)
    #expect(try PredictionFormat(path: "/a.b/c.d.ndjson") == .ndjson)
    #expect(try PredictionFormat(path: "a.jsonl") == .ndjson)
    #expect(try PredictionFormat(path: "ä.npy") == .npy)
    for path in ["a", "a.npy/b", "a.npz", "csv", "", "a."] {
      #expect(throws: SampleError.format(path: path, allowed: ["csv", "ndjson", "npy"])) {
        try PredictionFormat(path: path)
      }
    }
  }

  /// In a process of its own, where no other test allocates meanwhile.
  @Test func writingAllocatesNothing() async {
    await #expect(processExitsWith: .success) {
      let folder = TemporaryFolder()
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 512, alignment: 64)
      let values = UnsafeMutableBufferPointer<Double>.allocate(capacity: 2)
      values.initialize(repeating: 0.1)
      for format in PredictionFormat.allCases {
        let path = folder.path + "/predictions of a long name"
        var writer = try PredictionWriter(path: path, format: format, classes: 2, buffer: buffer)
        let before = qkd_allocation_count()
        var written = 0
        for sample in 0..<100 {
          let status = writer.append(
            Prediction(
              sample: sample, label: 0, predicted: 1, probabilities: UnsafeBufferPointer(values),
              logits: UnsafeBufferPointer(values)))
          if status == .written { written += 1 }
        }
        try writer.commit()
        let allocations = qkd_allocation_count() - before
        #expect(before >= 0 && allocations == 0 && written == 100)
      }
    }
  }
}
