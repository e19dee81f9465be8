import CSupport
import Glibc

/// A lock that one process holds at a time: flock(2) on an open descriptor. It goes with this value, and with the
/// process, however that ends: nothing ever goes stale.
public struct FileLock: ~Copyable {
  private let descriptor: Int32
  /// Whether the lock file stays, unlocked: a sign that its holder did not come to its end, as if it had been killed.
  public var leavesFile = false
  /// A lock file of ours; nil where it is a folder that is locked.
  private let file: OwnFile?

  /// Locks a folder itself; nothing is written.
  /// - Parameters:
  ///   - seconds: how long to wait for another process.
  ///   - isShared: whether others may hold it too, as long as all of them share it.
  /// - Throws: `FileError.locked` where another holds it still; `.system(.open, …)`, `.system(.lock, …)`.
  public init(folder path: String, waiting seconds: Double = 0, isShared: Bool = false) throws(FileError) {
    let descriptor = systemOpen(path, O_RDONLY | O_DIRECTORY)
    guard descriptor >= 0 else { throw .system(.open, path: path, errno: errno) }
    do throws(FileError) {
      try Self.hold(descriptor, path, until: Self.deadline(seconds), isShared: isShared)
    } catch {
      close(descriptor)
      throw error
    }
    self.descriptor = descriptor
    file = nil
  }

  /// Locks `PATH.lock`, beside the file that PATH leads to. The lock file goes with this value; one that a killed
  /// process left is taken over.
  /// - Parameter seconds: how long to wait for another process.
  /// - Throws: `FileError.locked` where another holds it still; what opening an `AtomicFile` throws;
  ///   `.system(.lock, …)`.
  public init(beside path: String, waiting seconds: Double = 0) throws(FileError) {
    let file = try OwnFile(beside: path, suffix: Self.suffix)
    let deadline = Self.deadline(seconds)
    var held: Int32 = -1
    while held < 0 { held = try Self.open(file, path, until: deadline) }
    descriptor = held
    self.file = consume file
  }

  deinit {
    // While it is held: whoever opened it before finds out, and makes a new one.
    if !leavesFile { file?.remove() }
    close(descriptor)
  }

  /// Notes in the lock file that its holder has come to its end, whatever happens now.
  public mutating func markEnd() {
    leavesFile = false
    if file != nil { _ = pwrite(descriptor, "end\n", 4, 0) }
  }

  /// Whether a lock file stands beside the file that PATH leads to whose holder, alive or not, did not come to its end.
  public static func isLeft(beside path: String) -> Bool { size(beside: path) == 0 }

  /// Whether a lock file stands beside the file that PATH leads to.
  public static func exists(beside path: String) -> Bool { size(beside: path) != nil }

  private static let suffix = ".lock"

  private static func size(beside path: String) -> Int? {
    guard let file = try? OwnFile(beside: path, suffix: suffix) else { return nil }
    return file.size()
  }

  /// - Returns: the descriptor of the lock file, held; −1 where it is one that its holder removed meanwhile.
  private static func open(
    _ file: borrowing OwnFile, _ path: String, until deadline: Int64
  ) throws(FileError) -> Int32 {
    let descriptor = try file.open(O_WRONLY | O_CREAT)
    do throws(FileError) {
      try hold(descriptor, path, until: deadline)
    } catch {
      close(descriptor)
      throw error
    }
    if file.isFile(of: descriptor) {
      ftruncate(descriptor, 0)
      return descriptor
    }
    close(descriptor)
    return -1
  }

  /// Locks what a descriptor of the caller's is open on, e.g. a journal; the lock goes with the descriptor.
  /// - Throws: as `init`.
  public static func hold(
    _ descriptor: Int32, path: String, waiting seconds: Double = 0
  ) throws(FileError) {
    try hold(descriptor, path, until: deadline(seconds))
  }

  private static func deadline(_ seconds: Double) -> Int64 {
    qkd_monotonic_nanoseconds() &+ Int64(min(max(seconds, 0), 1e9) * 1e9)
  }

  /// Tries until `deadline` (monotonic, nanoseconds), or until the process is asked to stop.
  private static func hold(
    _ descriptor: Int32, _ path: String, until deadline: Int64, isShared: Bool = false
  ) throws(FileError) {
    while true {
      if flock(descriptor, (isShared ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0 { return }
      switch errno {
      case EINTR: continue
      case EWOULDBLOCK:
        if qkd_monotonic_nanoseconds() >= deadline || qkd_stop_requested() != 0 { throw .locked(path: path) }
        var pause = timespec(tv_sec: 0, tv_nsec: 20_000_000)
        nanosleep(&pause, nil)
      default: throw .system(.lock, path: path, errno: errno)
      }
    }
  }
}
