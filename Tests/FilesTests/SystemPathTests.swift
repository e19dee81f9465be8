import Files
import TemporaryFolders
import Testing

@Suite struct SystemPathTests {
  @Test(
    arguments: [
      [], Array("a/b.npy".utf8), Array("ψ — 量子".utf8), [0x61, 0xFF, 0x62], [0xC3], [0xC3, 0x28], [0xED, 0xA0, 0x80],
      [0xF4, 0x8F, 0xBF, 0xBF], [0xFF, 0xF4, 0x8F, 0xBC, 0x80, 0xFF], Array(UInt8(1)...255),
    ] as [[UInt8]])
  func everyPathHasATextOfItsOwn(bytes: [UInt8]) {
    let text = String(path: bytes)
    #expect(text.pathBytes == bytes)
    if let plain = String(validating: bytes, as: UTF8.self), bytes.first != 0xF4 { #expect(text == plain) }
  }

  @Test func isPrintedOnOneLine() {
    #expect("a ψ.npy".printed == "a ψ.npy")
    #expect("a\nb\u{1B}[31m\u{202E}".printed == "a\\x0ab\\x1b[31m\\xe2\\x80\\xae")
    #expect(String(path: [0x61, 0xFF]).printed == "a\\xff")
  }

  @Test func filesHaveSuchNames() throws {
    let folder = TemporaryFolder()
    let path = String(path: Array(folder.path.utf8) + [0x2F, 0x61, 0xFF])
    try AtomicFile.write([1, 2], to: AtomicFile(path: path))
    #expect(try readFile(path, atMost: 2) == [1, 2])
    #expect(fileExists(path) && isRegularFile(path) && !isRegularFile(folder.path))
    var names: [String] = []
    try Folder(path: folder.path).forEachName { name, _ in names.append(String(path: name.bytes)) }
    #expect(names.map(\.pathBytes) == [[0x61, 0xFF]])
  }
}

extension UnsafePointer<CChar> {
  fileprivate var bytes: [UInt8] {
    var bytes: [UInt8] = []
    var place = self
    while place.pointee != 0 {
      bytes.append(UInt8(bitPattern: place.pointee))
      place += 1
    }
    return bytes
  }
}
