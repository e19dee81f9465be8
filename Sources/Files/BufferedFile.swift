/// An atomic file behind a buffer of the caller's, so that small records do not cost a system call each. Allocates
/// nothing once it is open.
public struct BufferedFile: ~Copyable {
  private var file: AtomicFile
  private let buffer: UnsafeMutableRawBufferPointer
  private var count = 0

  /// - Parameter buffer: memory that outlives this value, at least as large as the largest record.
  /// - Throws: what `AtomicFile.init` throws.
  public init(path: String, buffer: UnsafeMutableRawBufferPointer) throws(FileError) {
    self.init(try AtomicFile(path: path), buffer: buffer)
  }

  /// The same for a file that is open.
  public init(_ file: consuming AtomicFile, buffer: UnsafeMutableRawBufferPointer) {
    precondition(!buffer.isEmpty, "a buffered file needs a buffer")
    self.file = file
    self.buffer = buffer
  }

  /// Has `fill` write one record of at most `largest` bytes; it returns how many it wrote.
  /// - Precondition: `largest` is not larger than the buffer.
  public mutating func append(
    atMost largest: Int, _ fill: (_ room: UnsafeMutableRawBufferPointer) -> Int
  ) -> WriteStatus {
    precondition(largest <= buffer.count, "a record is larger than the buffer")
    if buffer.count - count < largest {
      let status = flush()
      if status != .written { return status }
    }
    let written = fill(UnsafeMutableRawBufferPointer(rebasing: buffer[count..<count + largest]))
    precondition(written >= 0 && written <= largest, "a record is larger than it said")
    count += written
    return .written
  }

  /// Writes over bytes near the front of the file, after everything that was appended so far.
  public mutating func overwrite(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> WriteStatus {
    let status = flush()
    return status == .written ? file.overwrite(bytes, at: offset) : status
  }

  /// Passes what the buffer holds to the system.
  public mutating func flush() -> WriteStatus {
    defer { count = 0 }
    return file.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
  }

  /// - Throws: what `AtomicFile.commit()` throws.
  public consuming func commit() throws(FileError) {
    _ = flush()
    try file.commit()
  }

  /// Removes the temporary; the old file stays.
  public consuming func abandon() {}
}
