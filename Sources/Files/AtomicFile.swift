import CSupport
import Glibc

/// The outcome of a write in the sealed phase.
public enum WriteStatus: Equatable, Sendable {
  case written
  /// The file is lost: every later write reports the same, and `commit()` throws it.
  case failed(errno: Int32)
}

/// A file that appears under its final name only when it is complete.
///
/// - The bytes go to a temporary without a name in the same folder; `commit()` writes it to the disk, calls it
///   `.qkd-run.PID.N.partial`, renames it, and writes the folder to the disk. Until then the old file, if any, is
///   untouched.
/// - Not committed (abandoned, failed, or simply dropped), the temporary goes, at the latest with the process, however
///   that ends. Where the file system has no files without names, it has its hidden name from the beginning, and a
///   process that is killed leaves it behind; nobody ever reads it, and `Leftovers` removes it. A lock (flock) on the
///   temporary says that its process lives.
/// - A new file gets the permissions that the umask leaves; a replaced one keeps its permissions, not its owner.
/// - A symbolic link stays: the file that it points to is replaced, in that file's folder. A link to nowhere is an
///   error, as is anything that exists and is not a regular file (a folder, `/dev/null`).
/// - The folder is held open, so renaming it in the meantime does no harm.
///
/// `append` and `overwrite` never allocate and never throw.
public struct AtomicFile: ~Copyable {
  public let path: String
  private let folder: Int32
  private let name: FileName
  private var temporary: Temporary
  private let descriptor: Int32
  private var failure: Int32 = 0
  private var isRenamed = false
  private var isReserved = false

  /// Opens the temporary.
  /// - Throws: `FileError.system(.create, …)`, or `.notRegular`.
  public init(path: String) throws(FileError) {
    let target = try Target(path)
    guard target.name != "." && target.name != ".." else { throw .notRegular(path: path) }
    let folder = systemOpen(target.folder, O_RDONLY | O_DIRECTORY)
    guard folder >= 0 else { throw .system(.create, path: path, errno: errno) }
    try self.init(opened: folder, name: FileName(target.name), permissions: target.permissions, path: path)
  }

  /// Opens the temporary in an open folder. Nothing is followed: a symbolic link of that name is replaced itself.
  /// - Throws: `FileError.system(.create, …)`, or `.notRegular` where something stands that is neither a regular file
  ///   nor a link.
  public init(in folder: borrowing Folder, name: FileName) throws(FileError) {
    let path = folder.path(of: name)
    let status = try folder.status(name)
    if let kind = status?.kind, kind != .regular && kind != .link { throw .notRegular(path: path) }
    let own = fcntl(folder.descriptor, F_DUPFD_CLOEXEC, 3)
    guard own >= 0 else { throw .system(.create, path: path, errno: errno) }
    try self.init(
      opened: own, name: name, permissions: status?.kind == .regular ? status?.permissions : nil, path: path)
  }

  /// The same for a file of the program's own.
  /// - Parameter given: its permissions; nil: those of what it replaces, else what the umask leaves.
  public init(_ own: borrowing OwnFile, permissions given: UInt32? = nil) throws(FileError) {
    var status = stat()
    let stands = own.name.withCString { fstatat(own.folder, $0, &status, AT_SYMLINK_NOFOLLOW) } == 0
    let kind = status.st_mode & S_IFMT
    if stands && kind != S_IFREG && kind != S_IFLNK { throw .notRegular(path: own.path) }
    let folder = fcntl(own.folder, F_DUPFD_CLOEXEC, 3)
    guard folder >= 0 else { throw .system(.create, path: own.path, errno: errno) }
    let permissions = given.map { mode_t($0) } ?? (stands && kind == S_IFREG ? status.st_mode & 0o777 : nil)
    try self.init(opened: folder, name: own.name, permissions: permissions, path: own.path)
  }

  /// - Parameter folder: an open descriptor, which is this value's from now on.
  private init(opened folder: Int32, name: FileName, permissions: mode_t?, path: String) throws(FileError) {
    var temporary = Temporary()
    var descriptor = retrying { qkd_open_unnamed(folder) }
    if descriptor < 0 {
      descriptor = temporary.create(in: folder)
    } else if let error = holdTemporary(descriptor) {
      close(descriptor)
      descriptor = -1
      errno = error
    }
    guard descriptor >= 0 else {
      let error = errno
      close(folder)
      throw .system(.create, path: path, errno: error)
    }
    if let permissions { fchmod(descriptor, permissions) }
    self.path = path
    self.folder = folder
    self.name = name
    self.temporary = temporary
    self.descriptor = descriptor
  }

  deinit {
    close(descriptor)
    if temporary.isTaken && !isRenamed { _ = temporary.name.withCString { unlinkat(folder, $0, 0) } }
    close(folder)
  }

  /// Reserves disk space for the first `bytes` bytes, so that a full disk shows before the work. Where the file system
  /// reserves nothing, nothing happens.
  /// - Throws: `FileError.system(.reserve, …)`.
  public mutating func reserve(bytes: Int) throws(FileError) {
    let error = qkd_reserve(descriptor, Int64(bytes))
    if error != 0 { throw .system(.reserve, path: path, errno: error) }
    isReserved = true
  }

  /// Writes all of `bytes` at the end.
  public mutating func append(_ bytes: UnsafeRawBufferPointer) -> WriteStatus {
    write(bytes) { descriptor, rest, _ in systemWrite(descriptor, rest) }
  }

  /// Writes all of a regular file at the end.
  /// - Parameter witness: sees what is written, piece by piece.
  /// - Throws: `FileError.system(.read, …)`; a write that fails makes the commit fail.
  public mutating func append(
    _ file: borrowing InputFile, witness: (UnsafeRawBufferPointer) -> Void = { _ in }
  ) throws(FileError) {
    var piece = [UInt8](repeating: 0, count: 64 << 10)
    var offset = 0
    while true {
      switch piece.withUnsafeMutableBytes({ file.read(into: $0, at: offset) }) {
      case .read(let count):
        piece.withUnsafeBytes { bytes in
          let read = UnsafeRawBufferPointer(rebasing: bytes[..<count])
          witness(read)
          _ = append(read)
        }
        offset += count
      case .end: return
      case .failed(let errno): throw .system(.read, path: file.path, errno: errno)
      }
    }
  }

  /// Writes all of `bytes` over what stands at `offset`, e.g. a header whose numbers are only known at the end. The
  /// place of the next `append` does not change.
  public mutating func overwrite(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> WriteStatus {
    write(bytes) { descriptor, rest, written in
      pwrite(descriptor, rest.baseAddress, rest.count, off_t(offset + written))
    }
  }

  /// Makes the file appear under its name, complete and on the disk.
  /// - Throws: the first failed write, or what failed here; then the old file is untouched. One exception: when only
  ///   writing the folder to the disk fails, the new file stands already, but may be lost if power fails.
  public consuming func commit() throws(FileError) {
    if failure != 0 { throw .system(.write, path: path, errno: failure) }
    // Gives back what was reserved and is not needed.
    if isReserved { _ = ftruncate(descriptor, lseek(descriptor, 0, SEEK_END)) }
    guard retrying({ fsync(descriptor) }) == 0 else { throw .system(.synchronize, path: path, errno: errno) }
    if !temporary.isTaken {
      let (descriptor, folder) = (descriptor, folder)
      let named = temporary.take { name in retrying { qkd_name_file(descriptor, folder, name) } }
      guard named == 0 else { throw .system(.rename, path: path, errno: errno) }
    }
    // A String handed to a C function directly would be copied to the heap first.
    let renamed = temporary.name.withCString { old in
      name.withCString { new in retrying { renameat(folder, old, folder, new) } }
    }
    guard renamed == 0 else { throw .system(.rename, path: path, errno: errno) }
    isRenamed = true
    guard synchronizeFolder(folder) == 0 else { throw .system(.synchronize, path: path, errno: errno) }
  }

  /// Removes the temporary; the old file stays.
  public consuming func abandon() {}

  /// Replaces the file at `path` by `bytes`.
  public static func write(_ bytes: UnsafeRawBufferPointer, to path: String) throws(FileError) {
    try write(bytes, to: AtomicFile(path: path))
  }

  /// Completes an empty file with `bytes`.
  public static func write(_ bytes: UnsafeRawBufferPointer, to opened: consuming AtomicFile) throws(FileError) {
    var file = opened
    // A write that fails makes the commit fail.
    _ = file.append(bytes)
    try file.commit()
  }

  /// The same for bytes of an array.
  public static func write(_ bytes: [UInt8], to opened: consuming AtomicFile) throws(FileError) {
    var file = opened
    _ = bytes.withUnsafeBytes { file.append($0) }
    try file.commit()
  }

  private mutating func write(
    _ bytes: UnsafeRawBufferPointer, _ call: (Int32, UnsafeRawBufferPointer, _ written: Int) -> Int
  ) -> WriteStatus {
    var written = 0
    while failure == 0 && written < bytes.count {
      let count = call(descriptor, UnsafeRawBufferPointer(rebasing: bytes[written...]), written)
      if count > 0 {
        written += count
      } else if count == 0 {
        failure = EIO
      } else if errno != EINTR {
        failure = errno
      }
    }
    return failure == 0 ? .written : .failed(errno: failure)
  }
}

/// The name that a temporary has, or will have.
struct Temporary {
  private var attempt = 0
  private(set) var name = Temporary.name(0)
  private(set) var isTaken = false

  /// Offers names until one is taken: a killed process of the same number may have left its own. Only a second one
  /// is made anew, so that committing allocates nothing.
  /// - Returns: what the last call returned, negative for a failure with `errno`.
  mutating func take(_ call: (UnsafePointer<CChar>) -> Int32) -> Int32 {
    var result = name.withCString(call)
    while result < 0 && errno == EEXIST && attempt < 10_000 {
      attempt += 1
      name = Temporary.name(attempt)
      result = name.withCString(call)
    }
    isTaken = result >= 0
    return result
  }

  /// Creates a file under the first name that is free, and holds its lock.
  /// - Returns: a descriptor, or −1 with `errno`.
  mutating func create(in folder: Int32) -> Int32 {
    take { name in
      let descriptor = retrying { openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666) }
      if descriptor < 0 { return -1 }
      var error = holdTemporary(descriptor)
      // Between the two calls it looked like a leftover, and may have been removed as one.
      if error == nil && !isFile(descriptor, name, in: folder) { error = EWOULDBLOCK }
      guard let error else { return descriptor }
      if error != EWOULDBLOCK { unlinkat(folder, name, 0) }
      close(descriptor)
      errno = error == EWOULDBLOCK ? EEXIST : error
      return -1
    }
  }

  static let prefix = ".qkd-run."
  static let suffix = ".partial"

  private static func name(_ attempt: Int) -> String { "\(prefix)\(getpid()).\(attempt)\(suffix)" }
}

/// Holds the lock that says that a temporary's process lives, until its descriptor is closed. File systems without
/// locks do without.
/// - Returns: nil, or the errno of what failed; EWOULDBLOCK where somebody else holds it.
private func holdTemporary(_ descriptor: Int32) -> Int32? {
  if retrying({ flock(descriptor, LOCK_EX | LOCK_NB) }) == 0 { return nil }
  switch errno {
  case EOPNOTSUPP, ENOSYS, ENOLCK, EINVAL: return nil
  case let error: return error
  }
}

/// Whether the file of a descriptor has this name in a folder.
func isFile(_ descriptor: Int32, _ name: UnsafePointer<CChar>, in folder: Int32) -> Bool {
  var (own, named) = (stat(), stat())
  return fstat(descriptor, &own) == 0 && fstatat(folder, name, &named, AT_SYMLINK_NOFOLLOW) == 0
    && own.st_dev == named.st_dev && own.st_ino == named.st_ino
}

/// Where a path leads: the folder, the name in it, and the permissions of the file that is there already.
struct Target {
  let folder: String
  let name: String
  let permissions: mode_t?

  init(_ path: String) throws(FileError) {
    var resolved = path
    var status = stat()
    if path.withPath({ lstat($0, &status) }) == 0, status.st_mode & S_IFMT == S_IFLNK {
      guard let real = path.withPath({ realpath($0, nil) }) else { throw .system(.create, path: path, errno: errno) }
      resolved = String(path: UnsafeBufferPointer(start: real, count: strlen(real)).map(UInt8.init(bitPattern:)))
      free(real)
    }
    if systemStat(resolved, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegular(path: path) }
      permissions = status.st_mode & 0o777
    } else {
      guard errno == ENOENT else { throw .system(.create, path: path, errno: errno) }
      permissions = nil
    }
    let bytes = resolved.utf8
    if let slash = bytes.lastIndex(of: UInt8(ascii: "/")) {
      folder = slash == bytes.startIndex ? "/" : String(resolved[..<slash])
      name = String(resolved[bytes.index(after: slash)...])
    } else {
      folder = "."
      name = resolved
    }
    // A path that ends in a slash names a folder, and an empty one nothing.
    guard !name.isEmpty else { throw .system(.create, path: path, errno: resolved.isEmpty ? ENOENT : EISDIR) }
  }
}
