import Files
import TemporaryFolders
import Testing

@Suite struct BufferedFileTests {
  /// Every size of buffer gives the same file, also where records straddle it.
  @Test(arguments: [3, 4, 5, 7, 64, 4096])
  func theBufferDoesNotShow(bytes: Int) throws {
    let folder = TemporaryFolder()
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes, alignment: 8)
    defer { buffer.deallocate() }
    var file = try BufferedFile(path: folder.path + "/a", buffer: buffer)
    var expected: [UInt8] = []
    for index in 0..<100 {
      let record = [UInt8](repeating: UInt8(index), count: index % 4)
      expected += record
      let status = file.append(atMost: 3) { room in
        room.copyBytes(from: record)
        return record.count
      }
      #expect(status == .written)
      if index == 50 {
        #expect([UInt8(9), 8].withUnsafeBytes { file.overwrite($0, at: 0) } == .written)
      }
    }
    expected.replaceSubrange(0..<2, with: [9, 8])
    try file.commit()
    #expect(folder.get("a") == expected)
    #expect(folder.names == ["a"])
  }

  @Test func abandonedNothingAppears() throws {
    let folder = TemporaryFolder()
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 8, alignment: 8)
    defer { buffer.deallocate() }
    var file = try BufferedFile(path: folder.path + "/a", buffer: buffer)
    _ = file.append(atMost: 8) { _ in 8 }
    file.abandon()
    #expect(folder.names == [])
  }
}
