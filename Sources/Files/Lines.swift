/// Reads a file's lines, one after the other, and holds one at a time.
///
/// What stands behind the last line break is no line.
/// - Parameters:
///   - longest: bytes of a line.
///   - body: gets a line without its end; false: no more of them.
/// - Throws: `FileError.tooLarge` for a longer line, or what reading throws.
public func forEachLine(
  of file: borrowing InputFile, atMost longest: Int, _ body: (ArraySlice<UInt8>) -> Bool
) throws(FileError) {
  var bytes = [UInt8](repeating: 0, count: min(longest, 64 << 10) + 1)
  var (start, count) = (0, 0)
  while true {
    while let end = bytes[start..<count].firstIndex(of: UInt8(ascii: "\n")) {
      if !body(bytes[start..<end]) { return }
      start = end + 1
    }
    // What is left of a line moves to the front; where it fills everything, there is to be more room.
    bytes.replaceSubrange(0..<count - start, with: Array(bytes[start..<count]))
    (start, count) = (0, count - start)
    if count > longest { throw .tooLarge(path: file.path, given: count, allowed: longest) }
    if count == bytes.count { bytes += repeatElement(0, count: bytes.count) }
    switch bytes.withUnsafeMutableBytes({ file.read(into: .init(rebasing: $0[count...])) }) {
    case .read(let more): count += more
    case .end: return
    case .failed(let errno): throw .system(.read, path: file.path, errno: errno)
    }
  }
}
