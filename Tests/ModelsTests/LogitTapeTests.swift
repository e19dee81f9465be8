import Files
import Models
import TemporaryFolders
import Testing

@Suite struct LogitTapeTests {
  let folder = TemporaryFolder()
  let values = (0..<1200).map { 0.25 * Double($0) - 7 }
  let tape = LogitTape(
    teacherDigest: String(repeating: "a", count: 64), data: ["seed": "7", "chain": "x \"y\""],
    provenance: ["by": "a test"], samples: 400, logits: 3)

  private func write() throws -> (path: String, digest: String) {
    let path = folder.path + "/tape"
    var file = try AtomicFile(path: path)
    let digest = try values.withUnsafeBufferPointer { try tape.write($0, to: &file) }
    try file.commit()
    return (path, digest)
  }

  private func read(_ path: String) throws -> (LogitTape, [Double]) {
    let (tape, digest) = try LogitTape.open(path: path)
    var values = [Double](repeating: 0, count: tape.samples * tape.logits)
    try values.withUnsafeMutableBufferPointer { try LogitTape.read(path: path, digest: digest, into: $0) }
    return (tape, values)
  }

  @Test func aRoundTripKeepsEverything() throws {
    let (path, digest) = try write()
    let (read, values) = try read(path)
    #expect(read == tape && values == self.values)
    #expect(try LogitTape.open(path: path).digest == digest)
  }

  /// Written piece by piece, the file is the one that is written at once, and reads as such.
  @Test func itIsATensorFile() throws {
    let (path, digest) = try write()
    let whole = try TensorFile.read(path: path)
    #expect(whole.digest == digest && whole["logits"]?.shape == [400, 3] && whole["logits"]?.doubles == values)
    #expect(whole.encode() == folder.get("tape"))
    #expect(try LogitTape(whole) == tape)
  }

  @Test func everyChangedByteAndEveryCutIsAnError() throws {
    let (path, _) = try write()
    let bytes = try #require(folder.get("tape"))
    var taken: [String] = []
    for byte in bytes.indices where byte < 700 || byte % 97 == 0 || byte == bytes.count - 1 {
      var changed = bytes
      changed[byte] ^= 4
      _ = folder.put("tape", changed)
      if (try? read(path)) != nil { taken.append("byte \(byte)") }
      _ = folder.put("tape", Array(bytes[..<byte]))
      if (try? read(path)) != nil { taken.append("length \(byte)") }
    }
    _ = folder.put("tape", bytes + [0])
    if (try? read(path)) != nil { taken.append("a byte more") }
    #expect(taken == [])
  }

  @Test func otherTensorFilesAreNoTapes() throws {
    let path = folder.path + "/other"
    func refusal(_ metadata: [String: String], _ tensors: [Tensor]) throws -> ModelError? {
      try TensorFile(metadata: metadata, tensors: tensors).write(path: path)
      do { _ = try LogitTape.open(path: path) } catch { return error }
      return nil
    }
    let good: [String: String] = ["format": "qkd-tape", "format_version": "1", "teacher_sha256": "a"]
    func logits(_ shape: [Int]) -> Tensor {
      Tensor(name: "logits", shape: shape, values: .float64(Array(repeating: 0, count: shape.reduce(1, *))))
    }
    #expect(try refusal(good, [logits([2, 2])]) == nil)
    let others = [
      [], [logits([2, 2]), Tensor(name: "b", shape: [], values: .float64([0]))],
      [Tensor(name: "logits", shape: [1, 2], values: .float32([0, 0]))],
      [Tensor(name: "b", shape: [1, 2], values: .float64([0, 0]))],
    ]
    for tensors in others + [[4], [0, 2], [1, 65], [1, 2, 2]].map({ [logits($0)] }) {
      guard case .entry("tensors", _, _) = try refusal(good, tensors) else {
        Issue.record("\(tensors)")
        continue
      }
    }
    for key in good.keys {
      var metadata = good
      metadata[key] = nil
      guard case .entry(key, nil, _) = try refusal(metadata, [logits([2, 2])]) else {
        Issue.record("\(key)")
        continue
      }
    }
  }

  @Test func whatNoTapeHoldsIsRefused() throws {
    var file = try AtomicFile(path: folder.path + "/tape")
    let bad = [Double](repeating: .nan, count: 1200)
    #expect(throws: ModelError.file(.notFinite(tensor: "logits", index: 0))) {
      try bad.withUnsafeBufferPointer { try tape.write($0, to: &file) }
    }
    #expect(throws: ModelError.self) { try LogitTape.checkSize(samples: 1 << 22, logits: 2) }
    try LogitTape.checkSize(samples: 60_000, logits: 10)
  }
}
