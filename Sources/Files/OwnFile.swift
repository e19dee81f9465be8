import Glibc

/// A place for a file of the program's own, in a folder that is held open: `OUTPUT.lock`, `OUTPUT.checkpoint`,
/// `REPORT.journal`, a spool's metrics.
///
/// Its name was derived, not given: whoever may write to the folder can have put something else there. So it is looked
/// for in that folder alone, no link is followed, nothing is waited for, and only a regular file without a second name
/// is taken: what is written or removed here is nobody else's.
public struct OwnFile: ~Copyable {
  public let path: String
  public let name: FileName
  let folder: Int32

  /// - Parameter path: its folder is the caller's own: links in it are followed.
  /// - Throws: `FileError.system(.create, …)` where the folder cannot be opened; `.notRegular` for a folder's name.
  public init(path: String) throws(FileError) {
    let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
    let last = slash.map { path[path.utf8.index(after: $0)...] } ?? path[...]
    if ["", ".", ".."].contains(last) { throw .notRegular(path: path) }
    let folder = systemOpen(slash.map { String(path[...$0]) } ?? ".", O_RDONLY | O_DIRECTORY)
    guard folder >= 0 else { throw .system(.create, path: path, errno: errno) }
    (self.path, self.folder, name) = (path, folder, FileName(String(last)))
  }

  /// Beside the file that a path leads to.
  public init(beside path: String, suffix: String) throws(FileError) {
    let target = try Target(path)
    try self.init(path: target.folder + "/" + target.name + suffix)
  }

  deinit { close(folder) }

  /// Makes sure that what stands there, if anything does, is such a file.
  /// - Throws: `FileError.notOwn`, `.system(.inspect, …)`.
  public func check() throws(FileError) {
    var status = stat()
    if name.withCString({ fstatat(folder, $0, &status, AT_SYMLINK_NOFOLLOW) }) == 0 {
      try check(status)
    } else if errno != ENOENT {
      throw .system(.inspect, path: path, errno: errno)
    }
  }

  /// Opens it for reading; nil where nothing stands.
  /// - Throws: `FileError.notOwn`, `.system(.open, …)`.
  public func input() throws(FileError) -> InputFile? {
    let descriptor = try open(O_RDONLY, .open)
    return descriptor < 0 ? nil : InputFile(descriptor, path: path, size: try size(of: descriptor))
  }

  /// - Parameter flags: of open(2); with `O_CREAT` a file is made where nothing stands.
  /// - Returns: a descriptor; −1 where nothing stands.
  /// - Throws: `FileError.notOwn`, `.system`.
  public func open(_ flags: Int32, _ operation: FileError.Operation = .create) throws(FileError) -> Int32 {
    let flags = flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
    let descriptor = name.withCString { name in retrying { openat(folder, name, flags, 0o666) } }
    if descriptor < 0 {
      switch errno {
      case ENOENT where flags & O_CREAT == 0: return -1
      // A link; a pipe without a reader; a folder.
      case ELOOP, ENXIO, EISDIR: throw .notOwn(path: path)
      case let error: throw .system(operation, path: path, errno: error)
      }
    }
    var status = stat()
    do throws(FileError) {
      guard fstat(descriptor, &status) == 0 else { throw .system(.inspect, path: path, errno: errno) }
      try check(status)
    } catch {
      close(descriptor)
      throw error
    }
    return descriptor
  }

  /// Whether it lies, or would lie, in a folder.
  public func isIn(_ other: borrowing Folder) -> Bool {
    var (own, status) = (stat(), stat())
    return fstat(folder, &own) == 0 && fstat(other.descriptor, &status) == 0 && own.st_dev == status.st_dev
      && own.st_ino == status.st_ino
  }

  /// Gives it the name of another place in the same folder, instead of what stands there, and writes the folder to the
  /// disk.
  /// - Throws: `FileError.system(.rename, …)`, `.synchronize`.
  func rename(to other: borrowing OwnFile) throws(FileError) {
    let folder = folder
    let renamed = name.withCString { old in
      other.name.withCString { new in retrying { renameat(folder, old, folder, new) } }
    }
    guard renamed == 0 else { throw .system(.rename, path: path, errno: errno) }
    let error = synchronizeFolder(folder)
    if error != 0 { throw .system(.synchronize, path: path, errno: error) }
  }

  /// Removes it; nothing happens where nothing stands.
  func remove() { name.withCString { _ = unlinkat(folder, $0, 0) } }

  /// Whether it is what a descriptor is open on.
  func isFile(of descriptor: Int32) -> Bool { name.withCString { Files.isFile(descriptor, $0, in: folder) } }

  /// Bytes; nil where no such file stands.
  func size() -> Int? {
    var status = stat()
    let found = name.withCString { fstatat(folder, $0, &status, AT_SYMLINK_NOFOLLOW) } == 0
    return found && status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
  }

  private func size(of descriptor: Int32) throws(FileError) -> Int {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system(.inspect, path: path, errno: errno) }
    return Int(status.st_size)
  }

  private func check(_ status: stat) throws(FileError) {
    if status.st_mode & S_IFMT != S_IFREG || status.st_nlink > 1 { throw .notOwn(path: path) }
  }
}
