import Glibc

/// A file of lines that only grows, a line at a time. A line is whole or absent: what a killed process or a full disk
/// left of one is cut off when the log is opened. One process writes at a time; who does, a lock of the caller's says.
public struct LineLog: ~Copyable {
  /// Longer ones are not looked at by `lastLine`.
  public static let longestLine = 1 << 20

  public let path: String
  /// The last line that stood there when the log was opened, without its end; nil: there was none.
  public let lastLine: [UInt8]?
  private let descriptor: Int32
  private var size: Int

  /// Opens a log, or makes an empty one. The path's last part is not followed where it is a symbolic link.
  /// - Throws: `FileError.system`; `.notRegular`.
  public init(path: String) throws(FileError) {
    // Not to wait for the reader of a pipe.
    let flags = O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK
    var descriptor = systemOpen(path, flags)
    let isNew = descriptor < 0 && errno == ENOENT
    if isNew { descriptor = path.withPath { path in retrying { open(path, flags | O_CREAT | O_CLOEXEC, 0o666) } } }
    guard descriptor >= 0 else { throw .system(.create, path: path, errno: errno) }
    let tail: (line: [UInt8]?, end: Int)
    do throws(FileError) {
      var status = stat()
      guard fstat(descriptor, &status) == 0 else { throw .system(.inspect, path: path, errno: errno) }
      guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegular(path: path) }
      tail = try Self.tail(descriptor, size: Int(status.st_size), path)
      if tail.end < Int(status.st_size) {
        guard ftruncate(descriptor, off_t(tail.end)) == 0 else { throw .system(.write, path: path, errno: errno) }
      }
      if isNew { try synchronizeFolder(of: path) }
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

  /// The last line that has an end, and where it ends.
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
        if before != nil || isWhole || length >= longestLine {
          return (Array(bytes[(before.map { $0 + 1 } ?? 0)..<newline]), size - length + newline + 1)
        }
      } else if isWhole {
        return (nil, 0)
      }
      length *= 4
    }
  }
}
