import Files
import Models
import Settings

/// The front of an input's report, by which a later run knows without reading the input that nothing is left to do:
///
///     {"stamp": "64 digits", "digest": "64 digits", "labels_sha256": "64 digits" or null, …
///
/// The stamp is the SHA-256 of what decides the results and of size and time of the last change of input and labels. It
/// is believed of files of which nothing changed since the report was written, names and times among it: what anybody
/// can put back is no proof.
/// The digest is that of what decides the results and of the content of both.
struct SpoolStamp {
  static let digits = 64
  /// Bytes of a report to read for all of it.
  static let frontBytes = 256
  static let keys = (stamp: "stamp", digest: "digest", labels: "labels_sha256")

  /// What decides the results, hashed.
  private let base: SHA256

  init(model: String, settings: String) {
    var base = SHA256()
    base.update("qkd-run spool 1 \(programVersion) model \(model) settings \(settings)\n")
    self.base = base
  }

  /// Writes the digest of a stamp's 32 bytes. Allocates nothing.
  func stamp(_ input: FileStatus, labels: FileStatus?, into digest: UnsafeMutableRawBufferPointer) {
    var hasher = base
    func update(_ status: FileStatus?) {
      let numbers = (
        Int64(status == nil ? 0 : 1).littleEndian, Int64(status?.size ?? 0).littleEndian,
        Int64(status?.seconds ?? 0).littleEndian, Int64(status?.nanoseconds ?? 0).littleEndian
      )
      withUnsafeBytes(of: numbers) { hasher.update($0) }
    }
    update(input)
    update(labels)
    hasher.finalize(into: digest)
  }

  func text(_ input: FileStatus, labels: FileStatus?) -> String {
    withUnsafeTemporaryAllocation(byteCount: SHA256.digestBytes, alignment: 8) { digest in
      stamp(input, labels: labels, into: digest)
      return digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
  }

  func digest(data: String, labels: String?) -> String {
    var hasher = base
    hasher.update("data \(data) labels \(labels ?? "none")\n")
    return hasher.hex
  }
}

extension SHA256 {
  mutating func update(_ text: String) {
    var text = text
    text.withUTF8 { update(UnsafeRawBufferPointer($0)) }
  }
}

/// What stands at the front of a report; nil where it is none.
struct ReportFront {
  let bytes: UnsafeRawBufferPointer

  private static let first: StaticString = "{\"stamp\": \""
  private static let second: StaticString = "\", \"digest\": \""
  private static let third: StaticString = "\", \"labels_sha256\": \""

  /// Where the stamp begins.
  static let stampOffset = first.utf8CodeUnitCount

  /// Whether the stamp is that of 32 bytes. Allocates nothing.
  func hasStamp(_ digest: UnsafeMutableRawBufferPointer) -> Bool {
    guard has(Self.first, at: 0), bytes.count >= Self.stampOffset + SpoolStamp.digits else { return false }
    var index = 0
    while index < digest.count {
      let place = Self.stampOffset + 2 * index
      if bytes[place] != Self.digit(digest[index] >> 4) || bytes[place + 1] != Self.digit(digest[index] & 15) {
        return false
      }
      index += 1
    }
    return true
  }

  var stamp: String? { digits(behind: "", at: Self.stampOffset) }

  var digest: String? { digits(behind: Self.second, at: Self.stampOffset + SpoolStamp.digits) }

  /// nil also where there were no labels.
  var labels: String? {
    digits(
      behind: Self.third,
      at: Self.stampOffset + SpoolStamp.digits + Self.second.utf8CodeUnitCount + SpoolStamp.digits)
  }

  private func digits(behind text: StaticString, at offset: Int) -> String? {
    let start = offset + text.utf8CodeUnitCount
    guard has(Self.first, at: 0), has(text, at: offset), bytes.count >= start + SpoolStamp.digits else { return nil }
    return String(decoding: bytes[start..<start + SpoolStamp.digits], as: UTF8.self)
  }

  private func has(_ text: StaticString, at offset: Int) -> Bool {
    let count = text.utf8CodeUnitCount
    guard bytes.count >= offset + count else { return false }
    for index in 0..<count where bytes[offset + index] != text.utf8Start[index] { return false }
    return true
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }
}
