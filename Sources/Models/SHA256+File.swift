import CSupport
import Files
import Glibc

extension SHA256 {
  /// The digest of a file's bytes, read piece by piece.
  public static func hex(ofFile path: String) throws(FileError) -> String {
    try hex(of: InputFile(path: path))
  }

  /// The same for a file that is open; of a pipe, from where it is read next. A stop ends it: EINTR.
  public static func hex(of file: borrowing InputFile) throws(FileError) -> String {
    var hasher = SHA256()
    var piece = [UInt8](repeating: 0, count: 64 << 10)
    var offset = 0
    while true {
      if qkd_stop_requested() != 0 { throw .system(.read, path: file.path, errno: EINTR) }
      let status = piece.withUnsafeMutableBytes {
        file.size == nil ? file.read(into: $0) : file.read(into: $0, at: offset)
      }
      switch status {
      case .read(let count):
        piece.withUnsafeBytes { hasher.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        offset += count
      case .end: return hasher.hex
      case .failed(let errno): throw .system(.read, path: file.path, errno: errno)
      }
    }
  }
}
