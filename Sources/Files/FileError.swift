import Glibc

/// Why a file could not be read or written. `path` is the path as the caller gave it.
public enum FileError: Error, Equatable, Sendable {
  /// The call to the system that failed.
  public enum Operation: String, Sendable {
    case open, create, inspect, read, write, synchronize, rename, lock, reserve
  }

  case system(Operation, path: String, errno: Int32)
  /// A folder, a device or a socket stands where a file is needed.
  case notRegular(path: String)
  /// A link, a file with a second name, or no file at all stands where one of the program's own belongs.
  case notOwn(path: String)
  /// More bytes than the reader takes. `given` is the size of a regular file; for a pipe, the first size that is too
  /// large.
  case tooLarge(path: String, given: Int, allowed: Int)
  /// Another process holds the lock: of the folder, or of the file beside which it is taken.
  case locked(path: String)

  /// What a script that reads the exit code needs to tell apart.
  public enum Kind: Sendable, Equatable {
    /// An input does not exist or is no file.
    case noInput
    case permission
    /// An output cannot be created where it was asked for.
    case cannotCreate
    case io
    /// The disk, the quota or the largest file size is exhausted.
    case diskFull
    /// The input exists but cannot be what it should be.
    case badData
    /// Another process works there.
    case locked
  }

  public var kind: Kind {
    switch self {
    case .notRegular: .noInput
    case .notOwn: .cannotCreate
    case .tooLarge: .badData
    case .locked: .locked
    case .system(let operation, _, let errno):
      switch errno {
      case EACCES, EPERM, EROFS: .permission
      case ENOSPC, EDQUOT, EFBIG: .diskFull
      default:
        switch operation {
        case .open: .noInput
        case .create: .cannotCreate
        case .inspect, .read, .write, .synchronize, .rename, .lock, .reserve: .io
        }
      }
    }
  }

  public var path: String {
    switch self {
    case .system(_, let path, _), .notRegular(let path), .notOwn(let path), .tooLarge(let path, _, _),
      .locked(let path):
      path
    }
  }
}
