import Files
import Glibc
import TemporaryFolders
import Testing

@Suite struct FileLockTests {
  private func isLocked(_ body: () throws -> Void) -> Bool {
    do { try body() } catch { if case .locked = error as? FileError { return true } }
    return false
  }

  @Test func oneAtATime() throws {
    let folder = TemporaryFolder()
    let path = folder.path + "/out"
    do {
      let lock = try FileLock(beside: path)
      #expect(folder.names == ["out.lock"])
      #expect(isLocked { _ = try FileLock(beside: path) })
      #expect(throws: Never.self) { _ = try FileLock(beside: path + "2") }
      withExtendedLifetime(lock) {}
    }
    #expect(folder.names == [])
    #expect(throws: Never.self) { _ = try FileLock(beside: path) }
  }

  @Test func foldersLockThemselves() throws {
    let folder = TemporaryFolder()
    do {
      let lock = try FileLock(folder: folder.path)
      #expect(isLocked { _ = try FileLock(folder: folder.path + "/.") })
      withExtendedLifetime(lock) {}
    }
    #expect(!isLocked { _ = try FileLock(folder: folder.path) })
    #expect(folder.names == [])
    #expect(throws: FileError.system(.open, path: "/no/such", errno: ENOENT)) { _ = try FileLock(folder: "/no/such") }
  }

  /// Two names of one file are one output.
  @Test func linksLeadToOneLock() throws {
    let folder = TemporaryFolder()
    let path = folder.put("out", [1])
    symlink("out", folder.path + "/link")
    let lock = try FileLock(beside: path)
    #expect(isLocked { _ = try FileLock(beside: folder.path + "/link") })
    withExtendedLifetime(lock) {}
    unlink(folder.path + "/link")
  }

  @Test func waitsAndGivesUp() throws {
    let folder = TemporaryFolder()
    let path = folder.path + "/out"
    let child = holding(path + ".lock", seconds: 0.4)
    var status: Int32 = 0
    #expect(isLocked { _ = try FileLock(beside: path, waiting: 0.05) })
    #expect(!isLocked { _ = try FileLock(beside: path, waiting: 20) })
    waitpid(child, &status, 0)
    #expect(folder.names == [])
  }

  /// Another process that holds a lock file for a while: flock(1), because Swift cannot fork.
  private func holding(_ path: String, seconds: Double) -> pid_t {
    var child: pid_t = 0
    let words = ["/usr/bin/flock", path, "/bin/sleep", "\(seconds)"]
    var pointers = words.map { strdup($0) } + [nil]
    posix_spawn(&child, words[0], nil, nil, &pointers, environ)
    for pointer in pointers { free(pointer) }
    var taken = false
    while !taken {
      let descriptor = open(path, O_RDONLY)
      taken = descriptor >= 0 && flock(descriptor, LOCK_EX | LOCK_NB) != 0
      if descriptor >= 0 { close(descriptor) }
      usleep(1000)
    }
    return child
  }

  @Test func tellsHowItsHolderEnded() throws {
    let folder = TemporaryFolder()
    let path = folder.path + "/out"
    #expect(!FileLock.isLeft(beside: path) && !FileLock.exists(beside: path))
    do {
      var lock = try FileLock(beside: path)
      lock.leavesFile = true
    }
    #expect(FileLock.isLeft(beside: path) && folder.names == ["out.lock"])
    do {
      var lock = try FileLock(beside: path)
      lock.markEnd()
      #expect(!FileLock.isLeft(beside: path) && FileLock.exists(beside: path))
    }
    #expect(folder.names == [])
    // A mark that a killed process left is not the next one's.
    _ = folder.put("out.lock", Array("end\n".utf8))
    let lock = try FileLock(beside: path)
    #expect(FileLock.isLeft(beside: path))
    withExtendedLifetime(lock) {}
  }
}

@Suite struct LeftoverTests {
  @Test func removesWhatNobodyHolds() throws {
    let folder = TemporaryFolder()
    for name in [".qkd-run.1.0.partial", ".qkd-run.77.12.partial", ".qkd-run.partial", "x.partial", ".qkd-run.1.0"] {
      _ = folder.put(name, [1])
    }
    symlink("x.partial", folder.path + "/.qkd-run.2.0.partial")
    let held = open(folder.path + "/.qkd-run.77.12.partial", O_RDONLY)
    #expect(flock(held, LOCK_EX | LOCK_NB) == 0)
    Leftovers.remove(beside: folder.path + "/out")
    let others = [".qkd-run.1.0", ".qkd-run.2.0.partial", ".qkd-run.partial", "x.partial"]
    #expect(Set(folder.names) == Set(others + [".qkd-run.77.12.partial"]))
    close(held)
    try Leftovers.remove(in: Folder(path: folder.path))
    #expect(folder.names == others)
  }

  /// A file that is being written is none.
  @Test func livingOnesStay() throws {
    let folder = TemporaryFolder()
    var file = try RotatedFile(path: folder.path + "/c", bytes: 3)
    try Leftovers.remove(in: Folder(path: folder.path))
    #expect(folder.names.count == 3)
    var bytes: [UInt8] = [1, 2, 3]
    let status = bytes.withUnsafeMutableBytes { bytes in
      withUnsafePointer(to: iovec(iov_base: bytes.baseAddress, iov_len: 3)) {
        file.write(UnsafeBufferPointer(start: $0, count: 1))
      }
    }
    #expect(status == .written && folder.get("c") == [1, 2, 3])
  }
}

@Suite struct RotatedFileTests {
  private func write(_ value: UInt8, _ file: inout RotatedFile) -> WriteStatus {
    var first: [UInt8] = [value]
    var second: [UInt8] = [value, value]
    return first.withUnsafeMutableBytes { first in
      second.withUnsafeMutableBytes { second in
        let pieces = [first, second].map { iovec(iov_base: $0.baseAddress, iov_len: $0.count) }
        return pieces.withUnsafeBufferPointer { file.write($0) }
      }
    }
  }

  @Test func keepsTheOneBefore() throws {
    let folder = TemporaryFolder()
    _ = folder.put("c", [9])
    do {
      var file = try RotatedFile(path: folder.path + "/c", bytes: 3)
      #expect(folder.names.count == 4 && folder.get("c") == [9])
      #expect(write(1, &file) == .written)
      #expect(folder.get("c") == [1, 1, 1] && folder.get("c.prev") == [9])
      for value in UInt8(2)...9 {
        #expect(write(value, &file) == .written)
        #expect(folder.get("c") == [value, value, value])
        #expect(folder.get("c.prev") == [value - 1, value - 1, value - 1])
      }
    }
    #expect(folder.names == ["c", "c.prev"])
  }

  @Test func removesBoth() throws {
    let folder = TemporaryFolder()
    _ = folder.put("c.prev", [9])
    do {
      var file = try RotatedFile(path: folder.path + "/c", bytes: 3)
      #expect(write(1, &file) == .written)
      file.remove()
    }
    #expect(folder.names == [])
  }

  /// What fails stays failed, and what was whole stays whole.
  @Test func aFailureIsKept() throws {
    let folder = TemporaryFolder()
    do {
      var file = try RotatedFile(path: folder.path + "/c", bytes: 3)
      #expect(write(1, &file) == .written)
      mkdir(folder.path + "/c.prev", 0o700)
      #expect(write(2, &file) == .failed(errno: EISDIR))
      rmdir(folder.path + "/c.prev")
      #expect(write(3, &file) == .failed(errno: EISDIR))
      #expect(folder.get("c") == [1, 1, 1])
    }
    #expect(folder.names == ["c"])
  }

  @Test func roomIsReservedOrRefused() throws {
    let folder = TemporaryFolder()
    #expect(throws: FileError.self) { _ = try RotatedFile(path: folder.path + "/none/c", bytes: 3) }
    #expect(throws: FileError.self) { _ = try RotatedFile(path: folder.path + "/c", bytes: 1 << 60) }
    #expect(folder.names == [])
    var file = try AtomicFile(path: folder.path + "/f")
    do { try file.reserve(bytes: 1 << 60) } catch {
      guard case .system(.reserve, _, let errno) = error else {
        Issue.record("\(error)")
        return
      }
      #expect([ENOSPC, EFBIG].contains(errno) && error.kind == .diskFull)
      return
    }
    Issue.record("room for an exbibyte")
  }
}
