import Files

/// Reads the header of a tensor file: points 2, 4 and 5 of the format.
struct HeaderReader {
  private var scanner: JSONScanner
  /// Of a tensor's values.
  private let largestBytes: Int
  private(set) var metadata: [String: String] = [:]
  private(set) var tensors: [TensorLayout] = []
  /// Where in the file the first digit of the digest stands.
  private(set) var digestOffset: Int?

  /// - Precondition: `range` lies within `bytes`.
  init(_ bytes: [UInt8], _ range: Range<Int>, largestBytes: Int = TensorFile.largestFileBytes) {
    scanner = JSONScanner(bytes, range)
    self.largestBytes = largestBytes
  }

  /// - Throws: `TensorFileError`.
  mutating func read() throws(TensorFileError) {
    do { try readHeader() } catch {
      if let error = error as? JSONSyntaxError { throw .syntax(atByte: error.atByte, expected: error.expected) }
      guard let error = error as? TensorFileError else { preconditionFailure("\(error)") }
      throw error
    }
  }

  private mutating func readHeader() throws {
    var names: Set<String> = []
    try scanner.beginObject()
    while let (name, offset) = try scanner.nextKey(isFirst: names.isEmpty) {
      if !names.insert(name).inserted { throw TensorFileError.duplicate(key: name, atByte: offset) }
      if name == TensorFile.metadataKey { try readMetadata() } else { try readTensor(name) }
    }
    try scanner.endOfHeader()
  }

  private mutating func readMetadata() throws {
    var isFirst = true
    try scanner.beginObject()
    while let (key, offset) = try scanner.nextKey(isFirst: isFirst) {
      isFirst = false
      let (value, valueOffset) = try scanner.string()
      if metadata.updateValue(value, forKey: key) != nil { throw TensorFileError.duplicate(key: key, atByte: offset) }
      if key == TensorFile.digestKey { digestOffset = valueOffset + 1 }
    }
  }

  private mutating func readTensor(_ name: String) throws {
    var type: TensorLayout.ElementType?
    var shape: [Int]?
    var offsets: [Int]?
    var isFirst = true
    try scanner.beginObject()
    while let (key, offset) = try scanner.nextKey(isFirst: isFirst) {
      isFirst = false
      switch key {
      case "dtype" where type == nil:
        let (given, _) = try scanner.string()
        guard let known = TensorLayout.ElementType(rawValue: given) else {
          throw TensorFileError.type(tensor: name, given: given)
        }
        type = known
      case "shape" where shape == nil: shape = try scanner.integers()
      case "data_offsets" where offsets == nil: offsets = try scanner.integers()
      case "dtype", "shape", "data_offsets": throw TensorFileError.duplicate(key: key, atByte: offset)
      default: throw TensorFileError.unknownKey(key, atByte: offset)
      }
    }
    guard let type else { throw TensorFileError.missingKey("dtype", tensor: name) }
    guard let shape else { throw TensorFileError.missingKey("shape", tensor: name) }
    guard let offsets else { throw TensorFileError.missingKey("data_offsets", tensor: name) }
    guard shape.count <= TensorFile.largestRank else {
      throw TensorFileError.rank(tensor: name, given: shape.count, allowed: TensorFile.largestRank)
    }
    guard let count = elementCount(shape), count <= largestBytes / type.bytes else {
      throw TensorFileError.shape(tensor: name, given: shape)
    }
    let begin = tensors.last?.bytes.upperBound ?? 0
    let (end, overflow) = begin.addingReportingOverflow(count * type.bytes)
    if overflow { throw TensorFileError.shape(tensor: name, given: shape) }
    let expected = [begin, end]
    guard offsets == expected else { throw TensorFileError.offsets(tensor: name, given: offsets, expected: expected) }
    tensors.append(TensorLayout(name: name, type: type, shape: shape, bytes: expected[0]..<expected[1]))
  }
}
