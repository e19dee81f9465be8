import Files
import Glibc
import TemporaryFolders
import Testing

@Suite struct InputFileTests {
  let folder = TemporaryFolder()

  @Test(arguments: [0, 1, 65535, 65536, 65537, 200_000])
  func readsAFileWhole(count: Int) throws {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let path = folder.put("a", bytes)
    #expect(try readFile(path, atMost: count) == bytes)
    #expect(try readFile(path, atMost: 1 << 20) == bytes)
    if count > 0 {
      #expect(throws: FileError.tooLarge(path: path, given: count, allowed: count - 1)) {
        try readFile(path, atMost: count - 1)
      }
    }
  }

  /// A file of no stated size is read to its end.
  @Test func readsWhatHasNoSize() throws {
    #expect(try readFile("/proc/self/status", atMost: 1 << 20).starts(with: Array("Name:".utf8)))
    #expect(throws: FileError.self) { try readFile("/proc/self/status", atMost: 20) }
  }

  @Test func readsAPipeWithinTheLimit() throws {
    let path = folder.path + "/pipe"
    mkfifo(path, 0o600)
    for limit in [49_999, 50_000, 50_001] {
      let writer = open(path, O_RDWR)
      let bytes = [UInt8](repeating: 3, count: 50_000)
      #expect(write(writer, bytes, bytes.count) == bytes.count)
      if limit < bytes.count {
        #expect(throws: FileError.tooLarge(path: path, given: limit + 1, allowed: limit)) {
          try readFile(path, atMost: limit)
        }
        close(writer)
      } else {
        let file = try InputFile(path: path)
        #expect(file.size == nil)
        close(writer)
        var buffer = [UInt8](repeating: 0, count: limit)
        var count = 0
        while case .read(let more) = buffer.withUnsafeMutableBytes({ file.read(into: .init(rebasing: $0[count...])) }) {
          count += more
          if count == limit { break }
        }
        #expect(count == bytes.count)
      }
    }
  }

  @Test func readsAtOffsets() throws {
    let file = try InputFile(path: folder.put("a", Array(0..<100)))
    #expect(file.size == 100)
    var buffer = [UInt8](repeating: 0, count: 10)
    #expect(buffer.withUnsafeMutableBytes { file.read(into: $0, at: 95) } == .read(5))
    #expect(buffer[..<5] == [95, 96, 97, 98, 99])
    #expect(buffer.withUnsafeMutableBytes { file.read(into: $0, at: 100) } == .end)
    #expect(buffer.withUnsafeMutableBytes { file.read(into: $0) } == .read(10))
    #expect(buffer[0] == 0)
  }

  @Test func missingAndMisplaced() throws {
    let missing = folder.path + "/missing"
    #expect(throws: FileError.system(.open, path: missing, errno: ENOENT)) { try readFile(missing, atMost: 1) }
    #expect(throws: FileError.notRegular(path: folder.path)) { try readFile(folder.path, atMost: 1) }
    #expect(FileError.system(.open, path: "", errno: ENOENT).kind == .noInput)
  }

  @Test(arguments: [
    (FileError.Operation.open, EACCES, FileError.Kind.permission), (.create, EACCES, .permission),
    (.create, EROFS, .permission), (.create, ENOENT, .cannotCreate), (.write, ENOSPC, .diskFull),
    (.create, ENOSPC, .diskFull), (.write, EDQUOT, .diskFull), (.write, EIO, .io), (.read, EIO, .io),
    (.rename, EBUSY, .io), (.synchronize, EIO, .io), (.open, ENOTDIR, .noInput),
  ])
  func kinds(operation: FileError.Operation, errno: Int32, kind: FileError.Kind) {
    #expect(FileError.system(operation, path: "a", errno: errno).kind == kind)
  }

  @Test func kindsOfTheRest() {
    #expect(FileError.notRegular(path: "a").kind == .noInput)
    #expect(FileError.tooLarge(path: "a", given: 2, allowed: 1).kind == .badData)
  }

  @Test func standardInputThroughAPipe() async {
    await #expect(processExitsWith: .success) {
      var ends: [Int32] = [0, 0]
      pipe(&ends)
      dup2(ends[0], STDIN_FILENO)
      // A non-blocking standard input is waited for, not taken for an error.
      _ = fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK)
      write(ends[1], [1, 2, 3] as [UInt8], 3)
      let file = try InputFile(path: "-")
      #expect(file.size == nil)
      var buffer = [UInt8](repeating: 0, count: 10)
      #expect(buffer.withUnsafeMutableBytes { file.read(into: $0) } == .read(3))
      #expect(buffer[..<3] == [1, 2, 3])
      close(ends[1])
      #expect(buffer.withUnsafeMutableBytes { file.read(into: $0) } == .end)
    }
  }

  @Test func standardInputThatWasPartlyRead() async {
    await #expect(processExitsWith: .success) {
      let folder = TemporaryFolder()
      dup2(open(folder.put("a", [0, 1, 2, 3, 4]), O_RDONLY), STDIN_FILENO)
      lseek(STDIN_FILENO, 2, SEEK_SET)
      let file = try InputFile(path: "-")
      #expect(file.size == 3)
      var buffer = [UInt8](repeating: 0, count: 1)
      #expect(buffer.withUnsafeMutableBytes { file.read(into: $0, at: 1) } == .read(1))
      #expect(buffer == [3])
      #expect(try readFile("-", atMost: 3) == [2, 3, 4])
    }
  }
}
