import CSupport
import Glibc

/// The outcome of one read.
public enum ReadStatus: Equatable, Sendable {
  /// This many bytes were read, at least one.
  case read(Int)
  case end
  case failed(errno: Int32)
}

/// A file, a pipe or the standard input, open for reading; closed when it goes.
///
/// - `-` is the standard input, which stays open.
/// - Regular files are read at offsets of the caller's choice and have a known size; all others from front to back.
/// - A standard input that is a regular file counts from where it stands: what another program has already read is not
///   part of it.
public struct InputFile: ~Copyable {
  public let path: String
  /// Bytes of a regular file when it was opened; nil for a pipe or a terminal.
  public let size: Int?
  let descriptor: Int32
  /// Sees what is read, and where in the file it stands.
  private let witness: ((_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Void)?
  /// Where the file's byte 0 lies: non-zero only for a standard input that was partly read before.
  private let start: Int

  /// A pipe without a writer is opened all the same: the wait for one is that of the first read, which a stop ends.
  /// - Throws: `FileError.system(.open, …)`, or `.notRegular` for a folder.
  public init(path: String) throws(FileError) {
    let isStandardInput = path == "-"
    let descriptor = isStandardInput ? STDIN_FILENO : systemOpen(path, O_RDONLY | O_NONBLOCK)
    guard descriptor >= 0 else { throw .system(.open, path: path, errno: errno) }
    var status = stat()
    let inspectError = fstat(descriptor, &status) == 0 ? 0 : errno
    let type = status.st_mode & S_IFMT
    guard inspectError == 0, type != S_IFDIR, type != S_IFBLK else {
      if !isStandardInput { close(descriptor) }
      throw inspectError == 0 ? .notRegular(path: path) : .system(.inspect, path: path, errno: inspectError)
    }
    let isRegular = type == S_IFREG
    self.path = path
    self.descriptor = descriptor
    witness = nil
    self.start = isRegular && isStandardInput ? max(0, Int(lseek(descriptor, 0, SEEK_CUR))) : 0
    self.size = isRegular ? max(0, Int(status.st_size) - self.start) : nil
  }

  /// Opens a regular file that stands in a folder: no link is followed, and nothing else is opened or waited for.
  /// - Parameter witness: sees all bytes that are read at offsets.
  /// - Throws: `FileError.system(.open, …)`, or `.notRegular`.
  public init(
    in folder: borrowing Folder, name: FileName,
    witness: ((_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Void)? = nil
  ) throws(FileError) {
    let path = folder.path(of: name)
    let descriptor = name.withCString { name in
      retrying { openat(folder.descriptor, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) }
    }
    guard descriptor >= 0 else { throw .system(.open, path: path, errno: errno) }
    var status = stat()
    let inspectError = fstat(descriptor, &status) == 0 ? 0 : errno
    guard inspectError == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw inspectError == 0 ? .notRegular(path: path) : .system(.inspect, path: path, errno: inspectError)
    }
    self.path = path
    self.descriptor = descriptor
    self.witness = witness
    start = 0
    size = max(0, Int(status.st_size))
  }

  /// A regular file that is open already; it is closed with this value.
  init(_ descriptor: Int32, path: String, size: Int) {
    (self.path, self.descriptor, witness, start, self.size) = (path, descriptor, nil, 0, size)
  }

  /// - Throws: `FileError.system(.inspect, …)`.
  public func status() throws(FileError) -> FileStatus {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system(.inspect, path: path, errno: errno) }
    return FileStatus(status)
  }

  deinit {
    if descriptor != STDIN_FILENO { close(descriptor) }
  }

  /// Reads what is there next, up to the size of `buffer`; blocks until there is at least one byte or the end, or
  /// until the process is asked to stop: EINTR. Allocates nothing.
  /// - Precondition: `buffer` is not empty.
  public borrowing func read(into buffer: UnsafeMutableRawBufferPointer) -> ReadStatus {
    precondition(!buffer.isEmpty, "a read needs room")
    while true {
      if size == nil && qkd_wait_for_input(descriptor) == 0 { return .failed(errno: EINTR) }
      let count = systemRead(descriptor, buffer)
      if count > 0 { return .read(count) }
      if count == 0 { return .end }
      // Another program may have made our standard input non-blocking.
      if errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK { return .failed(errno: errno) }
    }
  }

  /// Reads from a regular file at `offset`, without moving the position of `read(into:)`. Its end is where it was when
  /// the file was opened: one that grows is not followed. Allocates nothing.
  /// - Precondition: `buffer` is not empty, `offset >= 0`.
  public borrowing func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> ReadStatus {
    precondition(!buffer.isEmpty && offset >= 0, "a read needs room and a place")
    let room = min(buffer.count, max(0, (size ?? .max) - offset))
    let count = retrying { pread(descriptor, buffer.baseAddress, room, off_t(start + offset)) }
    if count > 0 { witness?(UnsafeRawBufferPointer(rebasing: buffer[..<count]), offset) }
    return count > 0 ? .read(count) : count == 0 ? .end : .failed(errno: errno)
  }
}
