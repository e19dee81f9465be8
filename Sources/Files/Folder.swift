import Glibc

/// An open folder. What is named in it is found there and nowhere else: no name leads out of it, no symbolic link that
/// stands in it is followed, and renaming the folder in the meantime does no harm.
public struct Folder: ~Copyable {
  public let path: String
  let descriptor: Int32

  /// Opens the folder that a path leads to; here links are followed, for the path is the caller's own.
  /// - Parameter makes: whether its last part is made where nothing stands.
  /// - Throws: `FileError.system`.
  public init(path: String, makes: Bool = false) throws(FileError) {
    var descriptor = systemOpen(path, O_RDONLY | O_DIRECTORY)
    if descriptor < 0 && errno == ENOENT && makes {
      guard path.withPath({ mkdir($0, 0o777) }) == 0 || errno == EEXIST else {
        throw .system(.create, path: path, errno: errno)
      }
      descriptor = systemOpen(path, O_RDONLY | O_DIRECTORY)
    }
    guard descriptor >= 0 else { throw .system(makes ? .create : .open, path: path, errno: errno) }
    self.path = path
    self.descriptor = descriptor
  }

  /// Opens a folder in a folder, which is made where nothing stands; a link in its place is not followed.
  /// - Throws: `FileError.system(.create, …)`.
  public init(in parent: borrowing Folder, name: FileName) throws(FileError) {
    let (path, folder) = (parent.path(of: name), parent.descriptor)
    let opened: Int32 = name.withCString { name in
      if mkdirat(folder, name, 0o777) != 0 && errno != EEXIST { return -1 }
      return retrying { openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) }
    }
    guard opened >= 0 else { throw .system(.create, path: path, errno: errno) }
    (self.path, descriptor) = (path, opened)
  }

  deinit { close(descriptor) }

  /// As messages show it.
  public func path(of name: FileName) -> String { path + (path.hasSuffix("/") ? "" : "/") + name.text }

  /// - Throws: `FileError.system(.inspect, …)`.
  public func status() throws(FileError) -> FileStatus {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system(.inspect, path: path, errno: errno) }
    return FileStatus(status)
  }

  /// What stands under a name; nil for nothing.
  /// - Throws: `FileError.system(.inspect, …)`.
  public func status(_ name: FileName) throws(FileError) -> FileStatus? {
    let found = name.withCString { status($0) }
    if found == nil && errno != ENOENT { throw .system(.inspect, path: path(of: name), errno: errno) }
    return found
  }

  /// The same without allocating; nil, with `errno`, where nothing can be seen.
  public func status(_ name: UnsafePointer<CChar>) -> FileStatus? {
    var status = stat()
    return fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 ? FileStatus(status) : nil
  }

  /// Whether the permissions of a file forbid this user to read it.
  public func forbidsReading(_ name: FileName) -> Bool {
    name.withCString { faccessat(descriptor, $0, R_OK, AT_EACCESS) } != 0 && errno == EACCES
  }

  /// The first bytes of a regular file, up to the size of `buffer`, and when its content last changed; no bytes where
  /// there is none. Allocates nothing.
  public func front(
    of name: UnsafePointer<CChar>, into buffer: UnsafeMutableRawBufferPointer
  ) -> (count: Int, modified: Int) {
    let file = openat(descriptor, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    if file < 0 { return (0, 0) }
    defer { close(file) }
    var status = stat()
    if fstat(file, &status) != 0 { return (0, 0) }
    return (max(0, retrying { pread(file, buffer.baseAddress, buffer.count, 0) }), FileStatus(status).modified)
  }

  /// Moves what stands under a name, a link itself among it, to another folder, and writes both folders to the disk.
  /// - Precondition: nothing stands there that should be kept.
  /// - Throws: `FileError.system(.rename, …)`, `.synchronize`.
  public func move(_ name: FileName, to target: borrowing Folder, as newName: FileName) throws(FileError) {
    let (source, destination) = (descriptor, target.descriptor)
    let moved = name.withCString { old in newName.withCString { new in renameat(source, old, destination, new) } }
    guard moved == 0 else { throw .system(.rename, path: path(of: name), errno: errno) }
    try target.synchronize()
    try synchronize()
  }

  private func synchronize() throws(FileError) {
    guard synchronizeFolder(descriptor) == 0 else { throw .system(.synchronize, path: path, errno: errno) }
  }

  /// Calls `body` with every name but `.` and `..`, in no order, and whether it is known to be a folder's. The name is
  /// valid during the call.
  /// - Throws: `FileError.system(.read, …)`.
  public func forEachName(_ body: (UnsafePointer<CChar>, _ isFolder: Bool) -> Void) throws(FileError) {
    // A descriptor of its own: the stream closes it, and its place in the folder is its own.
    let copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard copy >= 0, let stream = fdopendir(copy) else {
      let error = errno
      if copy >= 0 { close(copy) }
      throw .system(.read, path: path, errno: error)
    }
    defer { closedir(stream) }
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        if errno != 0 { throw .system(.read, path: path, errno: errno) }
        return
      }
      let isFolder = entry.pointee.d_type == UInt8(DT_DIR)
      // Not through `pointee`, whose copy would be cut at the declared length.
      let name = UnsafeRawPointer(entry).advanced(by: MemoryLayout<dirent>.offset(of: \.d_name)!)
        .assumingMemoryBound(to: CChar.self)
      if strcmp(name, ".") != 0 && strcmp(name, "..") != 0 { body(name, isFolder) }
    }
  }
}
