/// The whole content of a file, or of the standard input for `-`.
///
/// The size of a regular file is compared with `limit` before memory is taken for it; a pipe is given up at the first
/// byte beyond the limit, so at most about twice `limit` is ever held.
/// - Throws: `FileError.tooLarge` beyond `limit` bytes, or what opening and reading throws.
public func readFile(_ path: String, atMost limit: Int) throws(FileError) -> [UInt8] {
  try readFile(InputFile(path: path), atMost: limit)
}

/// The same for a file that is open, from where it is read next.
public func readFile(_ file: borrowing InputFile, atMost limit: Int) throws(FileError) -> [UInt8] {
  precondition(limit >= 0 && limit < Int.max / 2, "a limit is a number of bytes")
  if let size = file.size, size > limit { throw .tooLarge(path: file.path, given: size, allowed: limit) }
  // One byte more than expected, so that the end is seen without growing.
  var content = [UInt8](repeating: 0, count: min(limit, file.size ?? 65536) + 1)
  var count = 0
  reading: while true {
    if count == content.count {
      content.append(contentsOf: repeatElement(0, count: min(content.count, limit + 1 - content.count)))
    }
    let status = content.withUnsafeMutableBytes { file.read(into: .init(rebasing: $0[count...])) }
    switch status {
    case .read(let more): count += more
    case .end: break reading
    case .failed(let errno): throw .system(.read, path: file.path, errno: errno)
    }
    if count > limit { throw .tooLarge(path: file.path, given: count, allowed: limit) }
  }
  content.removeSubrange(count...)
  return content
}
