import Glibc

// The system calls whose names are also names of methods here.

func systemOpen(_ path: String, _ flags: Int32) -> Int32 {
  path.withPath { path in retrying { open(path, flags | O_CLOEXEC) } }
}

/// Looks at what a path leads to.
public func systemStat(_ path: String, _ status: inout stat) -> Int32 { path.withPath { stat($0, &status) } }

func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
  read(descriptor, buffer.baseAddress, buffer.count)
}

func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
  write(descriptor, bytes.baseAddress, bytes.count)
}

/// Writes the folder of the file that a path leads to, its names, to the disk.
/// - Throws: `FileError.system(.synchronize, …)`.
public func synchronizeFolder(of path: String) throws(FileError) {
  let target = try Target(path)
  let folder = systemOpen(target.folder, O_RDONLY | O_DIRECTORY)
  guard folder >= 0 else { throw .system(.synchronize, path: path, errno: errno) }
  defer { close(folder) }
  guard synchronizeFolder(folder) == 0 else { throw .system(.synchronize, path: path, errno: errno) }
}

/// The same for an open folder.
/// - Returns: 0, or errno.
func synchronizeFolder(_ descriptor: Int32) -> Int32 {
  // EINVAL: a file system that has nothing to write for a folder.
  retrying({ fsync(descriptor) }) == 0 || errno == EINVAL ? 0 : errno
}

/// Repeats a system call that a signal interrupted.
func retrying<Result: SignedInteger>(_ call: () -> Result) -> Result {
  while true {
    let result = call()
    if result >= 0 || errno != EINTR { return result }
  }
}
