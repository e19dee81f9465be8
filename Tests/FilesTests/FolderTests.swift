import Files
import Glibc
import TemporaryFolders
import Testing

@Suite struct FolderTests {
  let temporary = TemporaryFolder()

  @Test(arguments: [
    ("plain-ψ.npy", "plain-ψ.npy"), ("a\nb", #"a\x0ab"#), ("a\\b", #"a\\b"#), ("\u{202E}x", #"\xe2\x80\xaex"#),
    ("\u{7F}", #"\x7f"#), ("-rf", "-rf"), ("a b", "a b"),
  ])
  func namesAsText(_ name: String, _ text: String) { #expect(FileName(name).text == text) }

  @Test func namesThatAreNoText() {
    #expect(FileName([0xFF, 0x61]).text == #"\xffa"#)
    #expect(FileName([0xC3]).text == #"\xc3"#)
    #expect(FileName([0xE2, 0x82]).text == #"\xe2\x82"#)
    // Two names never look the same.
    #expect(FileName(#"\xff"#).text != FileName([0xFF]).text)
    #expect(FileName([0x61]) < FileName([0x61, 0x61]) && FileName([0x61]) < FileName([0xFF]))
    let long = FileName([UInt8](repeating: 0x61, count: 255))
    let other = FileName([UInt8](repeating: 0x61, count: 254) + [0x62])
    #expect(long.shortened(to: 200).count == 200 && long.shortened(to: 200) != other.shortened(to: 200))
    #expect((FileName("a") + ".json").hasSuffix(".json") && FileName(".a").isHidden)
  }

  @Test func nothingIsFollowed() throws {
    _ = temporary.put("target", Array("as it was".utf8))
    symlink("target", temporary.path + "/link")
    let folder = try Folder(path: temporary.path)
    #expect(try folder.status(FileName("link"))?.kind == .link)
    #expect(try folder.status(FileName("none")) == nil)
    #expect(throws: FileError.self) { _ = try InputFile(in: folder, name: FileName("link")) }
    var byte: UInt8 = 0
    let front = withUnsafeMutableBytes(of: &byte) { buffer in
      FileName("link").withCString { folder.front(of: $0, into: buffer) }
    }
    #expect(front.count == 0)
    try AtomicFile.write(Array("new".utf8), to: AtomicFile(in: folder, name: FileName("link")))
    #expect(temporary.get("target") == Array("as it was".utf8) && temporary.get("link") == Array("new".utf8))
    #expect(try folder.status(FileName("link"))?.kind == .regular)
    try folder.move(FileName("link"), to: folder, as: FileName("moved"))
    #expect(temporary.names == ["moved", "target"])
  }

  @Test func pipesAreNotWaitedFor() throws {
    mkfifo(temporary.path + "/pipe", 0o600)
    mkdir(temporary.path + "/folder", 0o700)
    let folder = try Folder(path: temporary.path)
    for name in ["pipe", "folder"] {
      #expect(throws: FileError.notRegular(path: temporary.path + "/" + name)) {
        _ = try InputFile(in: folder, name: FileName(name))
      }
      #expect(throws: FileError.notRegular(path: temporary.path + "/" + name)) {
        _ = try AtomicFile(in: folder, name: FileName(name))
      }
    }
  }

  @Test func namesAreListed() throws {
    for name in ["b", "a", ".c"] { _ = temporary.put(name, []) }
    mkdir(temporary.path + "/d", 0o700)
    let folder = try Folder(path: temporary.path)
    var names: [String] = []
    try folder.forEachName { name, isFolder in names.append(String(cString: name) + (isFolder ? "/" : "")) }
    #expect(names.sorted() == [".c", "a", "b", "d/"])
  }

  @Test func missingFolders() throws {
    #expect(throws: FileError.system(.open, path: temporary.path + "/x", errno: ENOENT)) {
      _ = try Folder(path: temporary.path + "/x")
    }
    let made = try Folder(path: temporary.path + "/x", makes: true)
    #expect(try made.status().kind == .folder)
    #expect(throws: FileError.self) { _ = try Folder(path: temporary.path + "/y/z", makes: true) }
  }

  @Test func times() throws {
    for (seconds, text) in [
      (0, "1970-01-01T00:00:00Z"), (1_700_000_000, "2023-11-14T22:13:20Z"), (-1, "1969-12-31T23:59:59Z"),
    ] {
      let path = temporary.put("a", [])
      var times = [timespec(tv_sec: seconds, tv_nsec: 7), timespec(tv_sec: seconds, tv_nsec: 7)]
      utimensat(AT_FDCWD, path, &times, 0)
      let status = try #require(try Folder(path: temporary.path).status(FileName("a")))
      #expect(status.time == text && status.seconds == seconds && status.nanoseconds == 7)
    }
  }
}
