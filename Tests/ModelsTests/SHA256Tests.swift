import CSupport
import Models
import Testing

@Suite struct SHA256Tests {
  /// FIPS 180-4, examples.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (String(repeating: "a", count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
  ])
  func publishedDigests(text: String, digest: String) {
    #expect(SHA256.hex(of: Array(text.utf8)) == digest)
  }

  @Test func inPiecesAsAtOnce() {
    let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0) }
    var hasher = SHA256()
    for start in stride(from: 0, to: 1000, by: 7) {
      bytes[start..<min(start + 7, 1000)].withUnsafeBytes { hasher.update($0) }
      // Asking in between changes nothing.
      #expect(hasher.hex == SHA256.hex(of: Array(bytes[..<min(start + 7, 1000)])))
    }
    #expect(hasher.hex == SHA256.hex(of: bytes))
  }

  /// In a process of its own, where no other test allocates meanwhile.
  @Test func hashingAllocatesNothing() async {
    await #expect(processExitsWith: .success) {
      let bytes = [UInt8](repeating: 1, count: 1000)
      var digest = [UInt8](repeating: 0, count: SHA256.digestBytes)
      let before = qkd_allocation_count()
      for _ in 0..<50 {
        var hasher = SHA256()
        bytes.withUnsafeBytes { hasher.update($0) }
        digest.withUnsafeMutableBytes { hasher.finalize(into: $0) }
      }
      let allocations = qkd_allocation_count() - before
      #expect(before >= 0 && allocations == 0)
      #expect(digest.contains { $0 != 0 })
    }
  }
}
