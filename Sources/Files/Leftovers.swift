import Glibc

/// Temporaries that killed processes left behind: files with a name like `.qkd-run.PID.N.partial` whose lock nobody
/// holds. Those of living processes stay.
public enum Leftovers {
  /// Removes them from the folder of the file that a path leads to. What cannot be removed stays, without an error.
  public static func remove(beside path: String) {
    if let target = try? Target(path), let folder = try? Folder(path: target.folder) { remove(in: folder) }
  }

  /// Removes them from a folder. What cannot be removed stays, without an error.
  public static func remove(in folder: borrowing Folder) {
    let descriptor = folder.descriptor
    try? folder.forEachName { name, _ in
      if isTemporary(name) { removeUnheld(name, in: descriptor) }
    }
  }

  private static func isTemporary(_ name: UnsafePointer<CChar>) -> Bool {
    let (prefix, suffix) = (Temporary.prefix.utf8.count, Temporary.suffix.utf8.count)
    let length = strlen(name)
    return length > prefix + suffix && strncmp(name, Temporary.prefix, prefix) == 0
      && strcmp(name + (length - suffix), Temporary.suffix) == 0
  }

  private static func removeUnheld(_ name: UnsafePointer<CChar>, in folder: Int32) {
    let descriptor = retrying { openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) }
    if descriptor < 0 { return }
    defer { close(descriptor) }
    var status = stat()
    if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, flock(descriptor, LOCK_EX | LOCK_NB) == 0,
      isFile(descriptor, name, in: folder)
    {
      unlinkat(folder, name, 0)
    }
  }
}
