import CSupport
import Glibc

/// A file of fixed size that a long run writes again and again, and that keeps the one before it: `PATH`, and
/// `PATH.prev`.
///
/// - What has one of these names is complete and on the disk, except for what the disk itself damages. At every moment
///   there is at least one, from the first write on.
/// - Three files take turns: the newest, the one before, and one under a hidden name that is written next. All are made
///   at the beginning, with their disk space, so writing allocates nothing, neither memory nor, but where a file system
///   never writes in place, space on the disk.
/// - What stood under the names before goes when it is replaced.
/// - The hidden ones go with this value. Those of a killed process are removed by `Leftovers`.
public struct RotatedFile: ~Copyable {
  /// The newest, and the one before.
  private let newest, before: OwnFile
  private var spares: (Spare, Spare, Spare)
  /// How often it was written; file `writes % 3` is the one to write next.
  private var writes = 0
  private var failure: Int32 = 0

  private struct Spare {
    let descriptor: Int32
    let name: UnsafeMutablePointer<CChar>
    var isHidden = true
  }

  /// - Parameter bytes: the size.
  /// - Throws: `FileError.notOwn`, `.system(.create, …)`, `.system(.reserve, …)` where the disk has no room for three.
  public init(path: String, bytes: Int) throws(FileError) {
    let newest = try OwnFile(path: path)
    let before = try OwnFile(path: path + RotatedFile.previousSuffix)
    try newest.check()
    try before.check()
    let folder = newest.folder
    var made: [Spare] = []
    do throws(FileError) {
      for _ in 0..<3 {
        var temporary = Temporary()
        let descriptor = temporary.create(in: folder)
        guard descriptor >= 0 else { throw .system(.create, path: path, errno: errno) }
        made.append(Spare(descriptor: descriptor, name: strdup(temporary.name)))
        let error = qkd_reserve(descriptor, Int64(bytes))
        if error != 0 { throw .system(.reserve, path: path, errno: error) }
      }
    } catch {
      for spare in made { Self.discard(spare, in: folder) }
      throw error
    }
    self.newest = consume newest
    self.before = consume before
    spares = (made[0], made[1], made[2])
  }

  deinit {
    Self.discard(spares.0, in: newest.folder)
    Self.discard(spares.1, in: newest.folder)
    Self.discard(spares.2, in: newest.folder)
  }

  /// As the caller gave it.
  public var path: String { newest.path }

  /// What stands there from an earlier run: the newest, or the one before; nil for nothing.
  /// - Throws: `FileError`.
  public func input(before isBefore: Bool) throws(FileError) -> InputFile? {
    isBefore ? try before.input() : try newest.input()
  }

  /// What the name of the one before ends with.
  public static let previousSuffix = ".prev"

  private static func discard(_ spare: Spare, in folder: Int32) {
    if spare.isHidden { unlinkat(folder, spare.name, 0) }
    close(spare.descriptor)
    free(spare.name)
  }

  /// Replaces the file by all pieces, one after the other, together of the size that was reserved. Allocates nothing.
  /// - Returns: `.failed` also after an earlier failure; the files that stand stay.
  public mutating func write(_ pieces: UnsafeBufferPointer<iovec>) -> WriteStatus {
    if failure == 0 { failure = replace(pieces) }
    return failure == 0 ? .written : .failed(errno: failure)
  }

  /// - Returns: 0, or the errno of what failed.
  private mutating func replace(_ pieces: UnsafeBufferPointer<iovec>) -> Int32 {
    let next = spare(writes % 3)
    // All in one call, unless the system takes less.
    var written = retrying { pwritev(next.descriptor, pieces.baseAddress, Int32(pieces.count), 0) }
    if written < 0 { return errno }
    var start = 0
    var piece = 0
    while piece < pieces.count {
      let end = start + pieces[piece].iov_len
      while written < end {
        let count = pwrite(
          next.descriptor, pieces[piece].iov_base + (written - start), end - written, off_t(written))
        if count == 0 { return EIO }
        if count < 0 && errno != EINTR { return errno }
        written += max(count, 0)
      }
      start = end
      piece += 1
    }
    if retrying({ fsync(next.descriptor) }) != 0 { return errno }
    if writes >= 2 {
      // The one before the last becomes the one to write next.
      let oldest = (writes - 2) % 3
      if before.name.withCString({ rename($0, spare(oldest).name) }) != 0 { return errno }
      hide(oldest, true)
    }
    let kept = newest.name.withCString { name in before.name.withCString { rename(name, $0) } }
    if kept != 0 && errno != ENOENT { return errno }
    if newest.name.withCString({ rename(next.name, $0) }) != 0 { return errno }
    hide(writes % 3, false)
    writes += 1
    return synchronizeFolder(newest.folder)
  }

  private func rename(_ old: UnsafePointer<CChar>, _ new: UnsafePointer<CChar>) -> Int32 {
    retrying { renameat(newest.folder, old, newest.folder, new) }
  }

  private func spare(_ index: Int) -> Spare { index == 0 ? spares.0 : index == 1 ? spares.1 : spares.2 }

  private mutating func hide(_ index: Int, _ isHidden: Bool) {
    switch index {
    case 0: spares.0.isHidden = isHidden
    case 1: spares.1.isHidden = isHidden
    default: spares.2.isHidden = isHidden
    }
  }

  /// Removes both files, whoever wrote them: what they are for is done.
  public mutating func remove() {
    newest.remove()
    before.remove()
  }
}
