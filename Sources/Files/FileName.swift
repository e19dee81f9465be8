import Glibc

/// A name in a folder as the system keeps it: any bytes but NUL and `/`, UTF-8 or not. Names are ordered by their
/// bytes.
public struct FileName: Sendable, Hashable, Comparable {
  /// What the file systems of Linux allow.
  public static let longest = 255

  /// With the NUL that C functions look for.
  private let terminated: [UInt8]

  /// - Precondition: not empty, without NUL and `/`, and none of `.` and `..`.
  public init(_ bytes: some Collection<UInt8>) {
    precondition(!bytes.isEmpty && !bytes.contains(0) && !bytes.contains(UInt8(ascii: "/")), "no name in a folder")
    precondition(!bytes.elementsEqual(".".utf8) && !bytes.elementsEqual("..".utf8), "a folder itself")
    terminated = Array(bytes) + [0]
  }

  /// The name that a path's text ends with.
  /// - Precondition: as for bytes.
  public init(_ text: String) { self.init(text.pathBytes) }

  public var bytes: ArraySlice<UInt8> { terminated.dropLast() }
  public var count: Int { terminated.count - 1 }
  public var isHidden: Bool { terminated[0] == UInt8(ascii: ".") }

  public func hasSuffix(_ suffix: String) -> Bool { bytes.suffix(suffix.utf8.count).elementsEqual(suffix.utf8) }

  public static func + (name: FileName, suffix: String) -> FileName { FileName(name.bytes + Array(suffix.utf8)) }

  /// The first bytes, and 16 digits by which two long names are told apart (FNV-1a).
  public func shortened(to count: Int) -> FileName {
    let digits = String(fnv1a(bytes), radix: 16)
    return FileName(
      bytes.prefix(count - 17) + Array(("~" + String(repeating: "0", count: 16 - digits.count) + digits).utf8))
  }

  public static func < (left: FileName, right: FileName) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes)
  }

  /// On one line, and never the same for two names: a backslash is `\\`, and what is not printed (controls, bytes that
  /// are not UTF-8) stands as `\xNN`.
  public var text: String { FileName.text(bytes) }

  static func text(_ bytes: ArraySlice<UInt8>) -> String {
    var text = ""
    var rest = bytes
    while let first = rest.first {
      let length = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
      if first == UInt8(ascii: "\\") {
        text += "\\\\"
        rest = rest.dropFirst()
      } else if let scalars = String(validating: rest.prefix(length), as: UTF8.self)?.unicodeScalars,
        let scalar = scalars.first, scalars.count == 1, isPrinted(scalar)
      {
        text.unicodeScalars.append(scalar)
        rest = rest.dropFirst(length)
      } else {
        text += "\\x" + (first < 16 ? "0" : "") + String(first, radix: 16)
        rest = rest.dropFirst()
      }
    }
    return text
  }

  /// Allocates nothing.
  public func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
    terminated.withUnsafeBytes { body($0.baseAddress!.assumingMemoryBound(to: CChar.self)) }
  }
}
