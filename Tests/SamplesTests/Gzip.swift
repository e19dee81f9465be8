import TemporaryFolders

/// Compresses with deflate's stored blocks: what gzip allows at the least, made without the library under test.
func gzipStored(_ content: [UInt8], blockBytes: Int = 100) -> [UInt8] {
  var result: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
  var start = 0
  repeat {
    let end = min(start + blockBytes, content.count)
    let length = UInt16(end - start)
    result.append(end == content.count ? 1 : 0)
    result += [UInt8(length & 255), UInt8(length >> 8), UInt8(~length & 255), UInt8(~length >> 8)]
    result += content[start..<end]
    start = end
  } while start < content.count
  return result + littleEndian(crc32(content)) + littleEndian(UInt32(content.count))
}

private func littleEndian(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.littleEndian, Array.init) }

private func crc32(_ bytes: [UInt8]) -> UInt32 {
  var crc = UInt32.max
  for byte in bytes {
    crc ^= UInt32(byte)
    for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0xEDB8_8320 : crc >> 1 }
  }
  return ~crc
}

/// What zlib makes at level 9 of `idx([2, 2, 2], [0, 255, 51, 102, 1, 2, 3, 4])`: Huffman codes.
enum GzipFixture {
  static let images: [UInt8] = [
    31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 99, 96, 224, 96, 102, 96, 96, 96, 130, 227,
    255, 198, 105, 140, 76, 204, 44, 0, 198, 250, 216, 106, 24, 0, 0, 0,
  ]
}

/// An IDX file of unsigned bytes.
func idx(_ shape: [UInt32], _ data: [UInt8], type: UInt8 = 8) -> [UInt8] {
  var result: [UInt8] = [0, 0, type, UInt8(shape.count)]
  for extent in shape { result += withUnsafeBytes(of: extent.bigEndian, Array.init) }
  return result + data
}
