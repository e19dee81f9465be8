import Models
import TemporaryFolders
import Testing

@Suite struct TensorFrontTests {
  private static let entries = [
    TensorFront.Entry(name: "numbers", isInteger: true, count: 2), TensorFront.Entry(name: "values", count: 3),
  ]

  /// A whole file: front, payload, and the digest in its place.
  private func file(length: Int) throws -> [UInt8] {
    let front = try TensorFront(metadata: ["format": "x"], entries: Self.entries, length: length)
    #expect(front.bytes.count == length)
    var bytes = front.bytes + (0..<40).map { UInt8($0 * 3) }
    let digest = Array(SHA256.hex(of: bytes).utf8)
    bytes.replaceSubrange(front.digestOffset..<front.digestOffset + 64, with: digest)
    return bytes
  }

  @Test func isATensorFileOfAnyLength() throws {
    for length in [320, 512, 4096] {
      let bytes = try file(length: length)
      let file = try TensorFile(decoding: bytes)
      #expect(file.metadata == ["format": "x"])
      #expect(file.tensors.map(\.name) == ["numbers", "values"])
      #expect(file.tensors.map(\.values.type) == ["I64", "F64"])
    }
    #expect(throws: TensorFileError.self) {
      try TensorFront(metadata: ["format": "x"], entries: Self.entries, length: 128)
    }
    #expect(throws: TensorFileError.self) {
      try TensorFront(metadata: [:], entries: Self.entries, length: TensorFile.largestHeaderBytes + 16)
    }
    #expect(throws: TensorFileError.reservedName("sha256")) {
      try TensorFront(metadata: ["sha256": ""], entries: Self.entries, length: 512)
    }
  }

  @Test func everyDamageIsSeen() throws {
    let folder = TemporaryFolder()
    let bytes = try file(length: 512)
    #expect(throws: Never.self) { try TensorStream(path: folder.put("f", bytes)).verify() }
    for index in bytes.indices {
      var damaged = bytes
      damaged[index] ^= 1
      #expect(throws: TensorFileError.self, "byte \(index)") {
        try TensorStream(path: folder.put("f", damaged)).verify()
      }
      #expect(throws: TensorFileError.self, "cut at \(index)") {
        try TensorStream(path: folder.put("f", Array(bytes[..<index]))).verify()
      }
    }
  }

  @Test func readsPieces() throws {
    let folder = TemporaryFolder()
    let stream = try TensorStream(path: folder.put("f", file(length: 512)))
    var piece = [UInt8](repeating: 0, count: 8)
    try piece.withUnsafeMutableBytes { try stream.read(into: $0, at: 16) }
    #expect(piece == (16..<24).map { UInt8($0 * 3) })
    #expect(throws: TensorFileError.self) { try TensorStream(path: folder.put("f", file(length: 512)), atMost: 100) }
  }
}
