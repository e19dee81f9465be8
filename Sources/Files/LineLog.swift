import Glibc

/// A file of lines that only grows, a line at a time. A line is whole or absent: what a killed process or a full disk
/// left of one is cut off when the log is opened. One process writes at a time; who does, a lock of the caller's says.
public struct LineLog: ~Copyable {
  /// So long a line, in bytes, is none that the program wrote.
  public static let longestLine = 1 << 20

  public let path: String
  /// The last line that stood there when the log was opened, without its end; nil: there was none.
  public let lastLine: [UInt8]?
  private let descriptor: Int32
  private var size: Int

  /// Opens a log, or makes an empty one.
  /// - Throws: `FileError.notOwn`, `.system`; `.tooLarge` where the last line is no line of a log.
  public init(_ file: borrowing OwnFile) throws(FileError) {
    let path = file.path
    var descriptor = try file.open(O_RDWR | O_APPEND)
    let isNew = descriptor < 0
    if isNew { descriptor = try file.open(O_RDWR | O_APPEND | O_CREAT) }
    let tail: (line: [UInt8]?, end: Int)
    do throws(FileError) {
      var status = stat()
      guard fstat(descriptor, &status) == 0 else { throw .system(.inspect, path: path, errno: errno) }
      tail = try Self.tail(descriptor, size: Int(status.st_size), path)
      if tail.end < Int(status.st_size) {
        guard ftruncate(descriptor, off_t(tail.end)) == 0 else { throw .system(.write, path: path, errno: errno) }
      }
      if isNew, case let error = synchronizeFolder(file.folder), error != 0 {
        throw .system(.synchronize, path: path, errno: error)
      }
    } catch {
      close(descriptor)
      throw error
    }
    self.path = path
    self.descriptor = descriptor
    lastLine = tail.line
    size = tail.end
  }

  deinit { close(descriptor) }

  /// The last line of a log that is not written to; nil: there is none.
  public static func lastLine(of file: borrowing OwnFile) throws(FileError) -> [UInt8]? {
    guard let input = try file.input(), let size = input.size else { return nil }
    return try tail(input.descriptor, size: size, file.path).line
  }

  /// Adds a line, and writes it to the disk.
  /// - Parameter line: without a line break in it, and with one at its end.
  /// - Throws: `FileError.system(.write, …)`; then nothing of the line is kept, as far as the system lets go of it.
  public mutating func append(_ line: String) throws(FileError) {
    var line = line
    let error = line.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while !rest.isEmpty {
        let count = retrying { systemWrite(descriptor, rest) }
        if count <= 0 { return count == 0 ? EIO : errno }
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      }
      return retrying { fdatasync(descriptor) } == 0 ? 0 : errno
    }
    if error != 0 {
      ftruncate(descriptor, off_t(size))
      throw .system(.write, path: path, errno: error)
    }
    size += line.utf8.count
  }

  /// The last line that has an end, and where it ends. What follows is what was left of one.
  private static func tail(
    _ descriptor: Int32, size: Int, _ path: String
  ) throws(FileError) -> (line: [UInt8]?, end: Int) {
    var bytes: [UInt8] = []
    var length = 4096
    while true {
      length = min(length, size)
      bytes = [UInt8](repeating: 0, count: length)
      var filled = 0
      while filled < length {
        let count = bytes.withUnsafeMutableBytes { bytes in
          retrying { pread(descriptor, bytes.baseAddress! + filled, length - filled, off_t(size - length + filled)) }
        }
        guard count > 0 else { throw .system(.read, path: path, errno: count == 0 ? EIO : errno) }
        filled += count
      }
      let isWhole = length == size
      if let newline = bytes.lastIndex(of: UInt8(ascii: "\n")) {
        let before = bytes[..<newline].lastIndex(of: UInt8(ascii: "\n"))
        if before != nil || isWhole {
          return (Array(bytes[(before.map { $0 + 1 } ?? 0)..<newline]), size - length + newline + 1)
        }
      } else if isWhole {
        return (nil, 0)
      }
      // Two lines, the last of which has no end, would be as long.
      if length > 2 * longestLine { throw .tooLarge(path: path, given: length, allowed: longestLine) }
      length *= 4
    }
  }
}
