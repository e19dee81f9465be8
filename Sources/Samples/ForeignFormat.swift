/// Files that are often given for samples or labels, told by their first bytes.
enum ForeignFormat {
  private static let beginnings: [(name: String, bytes: [UInt8])] = [
    ("bzip2", Array("BZh".utf8)), ("xz", [0xFD] + Array("7zXZ".utf8)), ("zstd", [0x28, 0xB5, 0x2F, 0xFD]),
    ("zip (npz, xlsx)", [0x50, 0x4B, 0x03, 0x04]), ("gzip in gzip", Inflater.magic),
    ("HDF5", [0x89] + Array("HDF".utf8)), ("Parquet", Array("PAR1".utf8)), ("pickle", [0x80]),
    ("PDF", Array("%PDF".utf8)), ("UTF-16 text", [0xFF, 0xFE]), ("UTF-16 text", [0xFE, 0xFF]),
  ]

  static let markup = "HTML or XML"

  /// - Throws: `SampleError.foreign`, and what reading throws.
  static func refuse(_ stream: inout ByteStream) throws(SampleError) {
    try stream.lookAhead(1)
    // Whatever else begins so is looked at no further: a pipe's first line may be short.
    guard let first = stream.front.first, first == UInt8(ascii: "<") || beginnings.contains(where: { $1[0] == first })
    else { return }
    if first == UInt8(ascii: "<") { throw .foreign(markup) }
    try stream.lookAhead(5)
    for (name, bytes) in beginnings where stream.front.starts(with: bytes) { throw .foreign(name) }
  }
}
