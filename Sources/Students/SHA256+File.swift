import Files

extension SHA256 {
  /// The digest of a file's bytes, read piece by piece.
  public static func hex(ofFile path: String) throws(FileError) -> String {
    let file = try InputFile(path: path)
    var hasher = SHA256()
    var piece = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let status = piece.withUnsafeMutableBytes { file.read(into: $0) }
      switch status {
      case .read(let count): piece.withUnsafeBytes { hasher.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
      case .end: return hasher.hex
      case .failed(let errno): throw .system(.read, path: path, errno: errno)
      }
    }
  }
}
