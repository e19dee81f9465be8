import CSupport
import Files
import Glibc
import TemporaryFolders
import Testing

@Suite struct AtomicFileTests {
  let folder = TemporaryFolder()
  let old = Array("the old content".utf8)
  let new = Array("the new content, which is longer".utf8)

  func write(_ bytes: [UInt8], to name: String) throws(FileError) {
    let status = bytes.withUnsafeBytes { bytes -> Result<Void, FileError> in
      do throws(FileError) {
        return .success(try AtomicFile.write(bytes, to: folder.path + "/" + name))
      } catch {
        return .failure(error)
      }
    }
    try status.get()
  }

  @Test(arguments: ["plain", "with spaces", "ünïcode", ".hidden", String(repeating: "n", count: 255)])
  func writesUnderTheNameAndLeavesNothingElse(name: String) throws {
    try write(new, to: name)
    #expect(folder.get(name) == new)
    #expect(folder.names == [name])
  }

  @Test func anEmptyFileIsAFile() throws {
    try write([], to: "empty")
    #expect(folder.get("empty") == [])
  }

  @Test func replacesAndKeepsThePermissions() throws {
    let path = folder.put("a", old)
    chmod(path, 0o640)
    try write(new, to: "a")
    var status = stat()
    stat(path, &status)
    #expect(folder.get("a") == new)
    #expect(status.st_mode & 0o777 == 0o640)
  }

  @Test func theOldFileStandsUntilTheCommit() throws {
    let path = folder.put("a", old)
    var file = try AtomicFile(path: path)
    #expect(new.withUnsafeBytes { file.append($0) } == .written)
    #expect(folder.get("a") == old)
    // The file has no name yet, or a hidden one where the file system wants names.
    let names = folder.names.filter { $0 != "a" }
    #expect(names.count <= 1)
    #expect(names.allSatisfy { $0.hasPrefix(".qkd-run.\(getpid()).") && $0.hasSuffix(".partial") })
    try file.commit()
    #expect(folder.get("a") == new)
    #expect(folder.names == ["a"])
  }

  @Test func anAbandonedFileLeavesTheOldOne() throws {
    let path = folder.put("a", old)
    var file = try AtomicFile(path: path)
    _ = new.withUnsafeBytes { file.append($0) }
    file.abandon()
    #expect(folder.get("a") == old)
    #expect(folder.names == ["a"])
  }

  @Test func aDroppedFileLeavesNothing() throws {
    do {
      var file = try AtomicFile(path: folder.path + "/a")
      _ = new.withUnsafeBytes { file.append($0) }
    }
    #expect(folder.names == [])
  }

  @Test func twoWritersOfOneFileDoNotMix() throws {
    var first = try AtomicFile(path: folder.path + "/a")
    var second = try AtomicFile(path: folder.path + "/a")
    _ = old.withUnsafeBytes { first.append($0) }
    _ = new.withUnsafeBytes { second.append($0) }
    try second.commit()
    try first.commit()
    #expect(folder.get("a") == old)
    #expect(folder.names == ["a"])
  }

  @Test func overwritesWithoutMovingTheEnd() throws {
    var file = try AtomicFile(path: folder.path + "/a")
    _ = Array("0123".utf8).withUnsafeBytes { file.append($0) }
    _ = Array("ab".utf8).withUnsafeBytes { file.overwrite($0, at: 1) }
    _ = Array("4".utf8).withUnsafeBytes { file.append($0) }
    try file.commit()
    #expect(folder.get("a") == Array("0ab34".utf8))
  }

  @Test func aLinkStaysAndItsTargetIsReplaced() throws {
    let target = folder.put("target", old)
    symlink(target, folder.path + "/link")
    try write(new, to: "link")
    var status = stat()
    lstat(folder.path + "/link", &status)
    #expect(status.st_mode & S_IFMT == S_IFLNK)
    #expect(folder.get("target") == new)
    #expect(folder.names == ["link", "target"])
  }

  enum Refused: CaseIterable {
    case noFolder, folderIsAFile, isAFolder, trailingSlash, empty, device, danglingLink, endlessLink, nameTooLong
  }

  @Test(arguments: Refused.allCases)
  func refuses(_ kind: Refused) {
    let path: String
    let expected: FileError
    switch kind {
    case .noFolder:
      path = folder.path + "/missing/a"
      expected = .system(.create, path: path, errno: ENOENT)
    case .folderIsAFile:
      path = folder.put("file", old) + "/a"
      expected = .system(.create, path: path, errno: ENOTDIR)
    case .isAFolder:
      path = folder.path
      expected = .notRegular(path: path)
    case .trailingSlash:
      path = folder.path + "/a/"
      expected = .system(.create, path: path, errno: EISDIR)
    case .empty:
      path = ""
      expected = .system(.create, path: path, errno: ENOENT)
    case .device:
      path = "/dev/null"
      expected = .notRegular(path: path)
    case .danglingLink:
      path = folder.path + "/link"
      symlink(folder.path + "/nowhere", path)
      expected = .system(.create, path: path, errno: ENOENT)
    case .endlessLink:
      path = folder.path + "/link"
      symlink(path, path)
      expected = .system(.create, path: path, errno: ELOOP)
    case .nameTooLong:
      path = folder.path + "/" + String(repeating: "n", count: 256)
      expected = .system(.create, path: path, errno: ENAMETOOLONG)
    }
    let before = folder.names
    #expect(throws: expected) { _ = try AtomicFile(path: path) }
    #expect(folder.names == before)
  }

  @Test func aRelativePathWithoutAFolder() async {
    await #expect(processExitsWith: .success) {
      let folder = TemporaryFolder()
      chdir(folder.path)
      try [1, 2].withUnsafeBytes { try AtomicFile.write($0, to: "a") }
      #expect(folder.names == ["a"])
      try [1, 2].withUnsafeBytes { try AtomicFile.write($0, to: "./b") }
      #expect(folder.names == ["a", "b"])
    }
  }

  /// The largest file size of the process stands for the full disk: the system answers in the same way.
  @Test func aFullDiskLeavesTheOldFile() async {
    await #expect(processExitsWith: .success) {
      let folder = TemporaryFolder()
      let path = folder.put("a", [1, 2, 3])
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 1000, rlim_max: 1000)
      setrlimit(__rlimit_resource_t(1), &limit)
      var file = try AtomicFile(path: path)
      let bytes = [UInt8](repeating: 7, count: 700)
      #expect(bytes.withUnsafeBytes { file.append($0) } == .written)
      #expect(bytes.withUnsafeBytes { file.append($0) } == .failed(errno: EFBIG))
      #expect(bytes[..<1].withUnsafeBytes { file.append($0) } == .failed(errno: EFBIG))
      do throws(FileError) {
        try file.commit()
        Issue.record("a partial file was committed")
      } catch {
        #expect(error == .system(.write, path: path, errno: EFBIG))
        #expect(error.kind == .diskFull)
      }
      #expect(folder.get("a") == [1, 2, 3])
      #expect(folder.names == ["a"])
    }
  }

  /// In a process of its own, where no other test allocates meanwhile.
  @Test func appendingAndCommittingAllocateNothing() async {
    await #expect(processExitsWith: .success) {
      let folder = TemporaryFolder()
      let bytes = [UInt8](repeating: 7, count: 700)
      for commits in [true, false] {
        var file = try AtomicFile(path: folder.path + "/a name that is longer than fifteen bytes")
        let before = qkd_allocation_count()
        let status = bytes.withUnsafeBytes { file.append($0) }
        let overwritten = bytes.withUnsafeBytes { file.overwrite($0, at: 0) }
        if commits { try file.commit() } else { file.abandon() }
        let allocations = qkd_allocation_count() - before
        #expect(before >= 0 && allocations == 0)
        #expect(status == .written && overwritten == .written)
      }
    }
  }
}
