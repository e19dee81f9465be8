import Files
import Glibc
import TemporaryFolders
import Testing

@Suite struct LineLogTests {
  let folder = TemporaryFolder()
  var path: String { folder.path + "/log" }

  private func text() -> String { String(decoding: folder.get("log") ?? [], as: UTF8.self) }

  private func lastLine() throws -> String? {
    let log = try LineLog(OwnFile(path: path))
    return log.lastLine.map { String(decoding: $0, as: UTF8.self) }
  }

  @Test func linesAreAdded() throws {
    #expect(try lastLine() == nil && text() == "")
    var log = try LineLog(OwnFile(path: path))
    try log.append("one\n")
    try log.append("two\n")
    #expect(text() == "one\ntwo\n")
    #expect(try lastLine() == "two")
  }

  /// Wherever the last line was cut, what was whole stays, and nothing else.
  @Test(arguments: [10, 5000, 70_000]) func tornLines(_ length: Int) throws {
    let line = String(repeating: "x", count: length) + "\n"
    for cut in [0, 1, length / 2, length] {
      _ = folder.put("log", Array((line + line.prefix(cut)).utf8))
      #expect(try lastLine() == String(line.dropLast()), "\(cut)")
      #expect(text() == line, "\(cut)")
      _ = folder.put("log", Array(line.prefix(cut).utf8))
      #expect(try lastLine() == nil && text() == "", "\(cut)")
    }
    _ = folder.put("log", Array(("first\n" + line).utf8))
    #expect(try lastLine() == String(line.dropLast()))
    #expect(text() == "first\n" + line)
  }

  @Test func whatIsNoFileOfOurs() throws {
    symlink("target", path)
    #expect(throws: FileError.notOwn(path: path)) { _ = try LineLog(OwnFile(path: path)) }
    unlink(path)
    mkfifo(path, 0o600)
    #expect(throws: FileError.notOwn(path: path)) { _ = try LineLog(OwnFile(path: path)) }
    unlink(path)
    #expect(throws: FileError.self) { _ = try LineLog(OwnFile(path: folder.path + "/none/log")) }
    #expect(folder.names == [])
  }
}
