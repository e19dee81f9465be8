import Files

extension SHA256 {
  /// The digest of a file's bytes, read piece by piece.
  public static func hex(ofFile path: String) throws(FileError) -> String {
    try hex(of: InputFile(path: path))
  }

  /// The same for a file that is open, from where it is read next.
  public static func hex(of file: borrowing InputFile) throws(FileError) -> String {
    var hasher = SHA256()
    var piece = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let status = piece.withUnsafeMutableBytes { file.read(into: $0) }
      switch status {
      case .read(let count): piece.withUnsafeBytes { hasher.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
      case .end: return hasher.hex
      case .failed(let errno): throw .system(.read, path: file.path, errno: errno)
      }
    }
  }
}
