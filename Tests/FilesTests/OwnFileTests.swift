import Files
import Glibc
import TemporaryFolders
import Testing

/// What others can put in the place of a file of the program's own.
@Suite struct OwnFileTests {
  let folder = TemporaryFolder()

  private func put(_ kind: String, at name: String) {
    let path = folder.path + "/" + name
    switch kind {
    case "link": symlink(folder.put("precious", Array("precious".utf8)), path)
    case "link to nowhere": symlink("nowhere", path)
    case "second name": link(folder.put("precious", Array("precious".utf8)), path)
    case "pipe": mkfifo(path, 0o600)
    default: mkdir(path, 0o700)
    }
  }

  @Test(arguments: ["link", "link to nowhere", "second name", "pipe", "folder"])
  func areNotTaken(_ kind: String) throws {
    put(kind, at: "m.lock")
    put(kind == "second name" ? "link" : kind, at: "m.checkpoint.prev")
    let path = folder.path + "/m"
    #expect(throws: FileError.notOwn(path: path + ".lock")) { _ = try FileLock(beside: path) }
    #expect(throws: FileError.notOwn(path: path + ".checkpoint.prev")) {
      _ = try RotatedFile(path: path + ".checkpoint", bytes: 8)
    }
    #expect(throws: FileError.notOwn(path: path + ".lock")) { _ = try LineLog(OwnFile(path: path + ".lock")) }
    #expect(throws: FileError.notOwn(path: path + ".lock")) { _ = try OwnFile(path: path + ".lock").input() }
    #expect(folder.get("precious").map { String(decoding: $0, as: UTF8.self) } ?? "precious" == "precious")
  }

  @Test func derivedOutputsReplaceLinks() throws {
    put("link", at: "part")
    try AtomicFile.write(Array("new".utf8), to: AtomicFile(OwnFile(path: folder.path + "/part")))
    #expect(folder.get("precious") == Array("precious".utf8) && folder.get("part") == Array("new".utf8))
  }

  @Test func standsNowhere() throws {
    #expect(try OwnFile(path: folder.path + "/none").input() == nil)
    #expect(throws: FileError.notRegular(path: folder.path + "/")) { _ = try OwnFile(path: folder.path + "/") }
  }

  /// A line that no run wrote is not looked for to the file's beginning.
  @Test func lineWithoutEnd() throws {
    _ = folder.put("log", [UInt8](repeating: UInt8(ascii: "x"), count: 8 << 20))
    #expect(throws: FileError.self) { _ = try LineLog(OwnFile(path: folder.path + "/log")) }
    #expect(folder.get("log")?.count == 1 << 20)
  }

  @Test(arguments: ["", "a\n", "a\nbc\n\nd", String(repeating: "x", count: 70_000) + "\ny\n"])
  func lines(_ text: String) throws {
    var lines: [String] = []
    try forEachLine(of: InputFile(path: folder.put("lines", Array(text.utf8))), atMost: 100_000) {
      lines.append(String(decoding: $0, as: UTF8.self))
      return true
    }
    #expect(lines == text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init))
    #expect(throws: FileError.self) {
      try forEachLine(
        of: InputFile(path: folder.put("long", [UInt8](repeating: 65, count: 300_000))), atMost: 100_000
      ) { _ in true }
    }
  }
}
