import Glibc

/// What the system says of a file without opening it; of a symbolic link, of the link itself.
public struct FileStatus: Sendable, Equatable {
  public enum Kind: Sendable { case regular, folder, link, other }

  public let kind: Kind
  /// Bytes.
  public let size: Int
  /// When the content last changed: seconds since 1970, and nanoseconds.
  public let seconds: Int
  public let nanoseconds: Int
  /// When anything of it last changed, its name or its times too: what nobody can put back. Nanoseconds since 1970, as
  /// `modified` is of the content.
  public let changed: Int
  public var modified: Int { seconds &* 1_000_000_000 &+ nanoseconds }
  public let permissions: UInt32
  /// Which file it is, whatever its name.
  let device: UInt
  let number: UInt

  init(_ status: stat) {
    switch status.st_mode & S_IFMT {
    case S_IFREG: kind = .regular
    case S_IFDIR: kind = .folder
    case S_IFLNK: kind = .link
    default: kind = .other
    }
    size = Int(status.st_size)
    seconds = Int(status.st_mtim.tv_sec)
    nanoseconds = Int(status.st_mtim.tv_nsec)
    changed = Int(status.st_ctim.tv_sec) &* 1_000_000_000 &+ Int(status.st_ctim.tv_nsec)
    permissions = UInt32(status.st_mode & 0o777)
    device = UInt(status.st_dev)
    number = UInt(status.st_ino)
  }

  public func isSameFile(as other: FileStatus) -> Bool { device == other.device && number == other.number }
  public func isOnSameDevice(as other: FileStatus) -> Bool { device == other.device }

  /// The time of the last change as RFC 3339 writes it, in UTC, to the second; nil outside the years 0 to 9999.
  public var time: String? { FileClock.text(seconds: seconds) }
}

/// What a path leads to; nil where nothing can be seen.
public func fileStatus(_ path: String) -> FileStatus? {
  var status = stat()
  return systemStat(path, &status) == 0 ? FileStatus(status) : nil
}

/// Whether something stands at a path. What cannot be looked at (a folder without permission) is not silently passed
/// over.
public func fileExists(_ path: String) -> Bool {
  var status = stat()
  return systemStat(path, &status) == 0 || (errno != ENOENT && errno != ENOTDIR)
}

/// Whether a regular file stands at a path, which can be read without waiting for anybody.
public func isRegularFile(_ path: String) -> Bool {
  var status = stat()
  return systemStat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
}
