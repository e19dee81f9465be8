import CMessageDigest

/// SHA-256 (FIPS 180-4), by libmd. Allocates nothing, except for the text that `hex` returns.
public struct SHA256: Sendable {
  public static let digestBytes = 32

  private var context = SHA2_CTX()

  public init() { SHA256Init(&context) }

  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    if let start = bytes.baseAddress {
      SHA256Update(&context, start.assumingMemoryBound(to: UInt8.self), bytes.count)
    }
  }

  /// Writes the digest of everything so far; the hasher itself can go on.
  /// - Precondition: `digest` holds `digestBytes` bytes.
  public func finalize(into digest: UnsafeMutableRawBufferPointer) {
    precondition(digest.count == Self.digestBytes, "a SHA-256 digest has 32 bytes")
    var last = context
    SHA256Final(digest.baseAddress!.assumingMemoryBound(to: UInt8.self), &last)
  }

  /// The digest of everything so far as 64 lower-case hexadecimal digits.
  public var hex: String {
    withUnsafeTemporaryAllocation(byteCount: Self.digestBytes, alignment: 1) { digest in
      finalize(into: digest)
      return String(unsafeUninitializedCapacity: 2 * Self.digestBytes) { text in
        for (index, byte) in digest.enumerated() {
          text[2 * index] = Self.digit(byte >> 4)
          text[2 * index + 1] = Self.digit(byte & 15)
        }
        return text.count
      }
    }
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }

  public static func hex(of bytes: [UInt8]) -> String {
    var hasher = SHA256()
    bytes.withUnsafeBytes { hasher.update($0) }
    return hasher.hex
  }
}
