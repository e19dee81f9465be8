import Files
import Glibc
import Models
import TemporaryFolders
import Testing

@Suite struct TensorFileTests {
  @Test func aRoundTripKeepsEverything() throws {
    let original = try exampleFile()
    let bytes = original.encode()
    let decoded = try TensorFile(decoding: bytes)
    #expect(decoded == original)
    #expect(decoded.encode() == bytes)
    // -0.0 == 0.0, so the sign needs a look of its own.
    #expect(decoded["angles"]?.doubles?[1].sign == .minus)
    #expect(decoded["scale"]?.doubles == [Double(Float(0.1))])
    #expect(decoded["step"]?.integers == [.min, .max])
    #expect(decoded["missing"] == nil)
    #expect(decoded.metadata["sha256"] == nil)
    #expect(decoded.digest.count == 64)
  }

  @Test func theBytesDependOnTheContentAlone() throws {
    var (ascending, descending): ([String: String], [String: String]) = ([:], [:])
    for number in 0..<40 {
      ascending["key \(number)"] = "value"
      descending["key \(39 - number)"] = "value"
    }
    let one = try TensorFile(metadata: ascending, tensors: [])
    let other = try TensorFile(metadata: descending, tensors: [])
    #expect(one.encode() == other.encode())
  }

  @Test func thePayloadIsAligned() throws {
    for length in 0..<16 {
      let bytes = try TensorFile(metadata: ["a": String(repeating: "x", count: length)], tensors: []).encode()
      #expect(bytes.count % 8 == 0)
    }
  }

  @Test func everyTruncationIsAnError() throws {
    let bytes = try exampleFile().encode()
    for count in 0..<bytes.count {
      #expect(throws: TensorFileError.self) { try TensorFile(decoding: Array(bytes[..<count])) }
    }
    #expect(throws: TensorFileError.self) { try TensorFile(decoding: bytes + [0]) }
  }

  /// Every byte, replaced by every other value.
  @Test func everyChangedByteIsAnError() throws {
    var bytes = try exampleFile().encode()
    var survivors: [Int] = []
    for index in bytes.indices {
      let original = bytes[index]
      for value in UInt8.min...UInt8.max where value != original {
        bytes[index] = value
        if (try? TensorFile(decoding: bytes)) != nil { survivors.append(index) }
      }
      bytes[index] = original
    }
    #expect(survivors == [])
    #expect(try TensorFile(decoding: bytes) == exampleFile())
  }

  @Test func writesAndReads() throws {
    let folder = TemporaryFolder()
    let path = folder.path + "/model.safetensors"
    let original = try exampleFile()
    try original.write(path: path)
    #expect(folder.names == ["model.safetensors"])
    #expect(try TensorFile.read(path: path) == original)
    #expect(folder.get("model.safetensors") == original.encode())
  }

  @Test func whatCannotBeReadOrWritten() throws {
    let folder = TemporaryFolder()
    let missing = folder.path + "/missing"
    #expect(throws: TensorFileError.file(.system(.open, path: missing, errno: ENOENT))) {
      try TensorFile.read(path: missing)
    }
    let nowhere = folder.path + "/no/folder"
    #expect(throws: TensorFileError.file(.system(.create, path: nowhere, errno: ENOENT))) {
      try exampleFile().write(path: nowhere)
    }
    // A sparse file of 1 TiB is refused for its size alone.
    let huge = folder.put("huge", [])
    truncate(huge, 1 << 40)
    #expect(throws: TensorFileError.fileTooLarge(given: 1 << 40, allowed: TensorFile.largestFileBytes)) {
      try TensorFile.read(path: huge)
    }
  }

  @Test func whatCannotBecomeAFile() {
    func make(_ tensors: Tensor..., metadata: [String: String] = [:]) throws(TensorFileError) {
      _ = try TensorFile(metadata: metadata, tensors: tensors)
    }
    let one = Tensor(name: "a", shape: [1], values: .float64([1]))
    #expect(throws: TensorFileError.duplicate(key: "a", atByte: nil)) { try make(one, one) }
    #expect(throws: TensorFileError.reservedName("sha256")) { try make(metadata: ["sha256": ""]) }
    #expect(throws: TensorFileError.reservedName("__metadata__")) {
      try make(Tensor(name: "__metadata__", shape: [1], values: .float64([1])))
    }
    #expect(throws: TensorFileError.notFinite(tensor: "a", index: 1)) {
      try make(Tensor(name: "a", shape: [2], values: .float64([1, .nan])))
    }
    // Finite as a double, infinite in single precision.
    #expect(throws: TensorFileError.notFinite(tensor: "a", index: 0)) {
      try make(Tensor(name: "a", shape: [1], values: .float32([1e39])))
    }
    #expect(throws: TensorFileError.valueCount(tensor: "a", given: 2, expected: 6)) {
      try make(Tensor(name: "a", shape: [2, 3], values: .int64([1, 2])))
    }
    #expect(throws: TensorFileError.shape(tensor: "a", given: [1 << 62, 4])) {
      try make(Tensor(name: "a", shape: [1 << 62, 4], values: .int64([])))
    }
    #expect(throws: TensorFileError.shape(tensor: "a", given: [-1])) {
      try make(Tensor(name: "a", shape: [-1], values: .int64([])))
    }
    #expect(throws: TensorFileError.rank(tensor: "a", given: 9, allowed: 8)) {
      try make(Tensor(name: "a", shape: Array(repeating: 1, count: 9), values: .int64([1])))
    }
    #expect(throws: TensorFileError.headerTooLong(given: 70_104, allowed: 65_536)) {
      try make(metadata: ["a": String(repeating: "x", count: 70_000)])
    }
    #expect(throws: TensorFileError.self) {
      try make(Tensor(name: "a", shape: [9 << 20], values: .int64(Array(repeating: 0, count: 9 << 20))))
    }
  }
}
