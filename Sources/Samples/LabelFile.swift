import Files

/// Class labels from a file or a pipe, plain or gzipped: NPY of integers, `(n,)` or `(n, 1)`, IDX of one dimension, or
/// text, an integer a line. Read whole, before the seal.
public struct LabelFile: ~Copyable {
  public var count: Int { source.count }
  /// Memory for decompression, outside the arena.
  public var outsideBytes: Int { source.outsideBytes }
  private let source: any LabelSource

  /// Opens a file, or the standard input for `-`, and reads the header; of text, all lines.
  /// - Throws: `SampleError`.
  public init(path: String) throws(SampleError) { try self.init(ByteStream.open(path)) }

  /// The same for a file that is open.
  /// - Throws: as above.
  public init(_ file: consuming InputFile) throws(SampleError) { try self.init(ByteStream.open(file)) }

  private init(_ opened: consuming ByteStream) throws(SampleError) {
    source = try Self.source(opened)
  }

  private static func source(_ opened: consuming ByteStream) throws(SampleError) -> any LabelSource {
    var stream = opened
    try ForeignFormat.refuse(&stream)
    let isArray = stream.front.first == NPYHeader.magic[0] || stream.front.first == 0
    let source: any LabelSource = if isArray { try ArrayLabels(stream) } else { try TextLabels(stream) }
    if source.count == 0 { throw .empty }
    return source
  }

  /// Reads all labels.
  /// - Parameters:
  ///   - labels: memory for as many labels as there are samples.
  ///   - selected: the classes to keep: a label becomes its position in this list, −1 where it is not in it. Empty:
  ///     labels stay as they are.
  /// - Throws: `SampleError.labelCount` when the file has another number, and what `count` throws.
  public consuming func read(
    into labels: UnsafeMutableBufferPointer<Int32>, classes: Int, selected: [Int] = []
  ) throws(SampleError) {
    guard count == labels.count else { throw .labelCount(given: count, expected: labels.count) }
    _ = try pass(into: labels, classes: classes, selected: selected)
  }

  /// How many labels are of the selected classes; of any, if none is selected.
  /// - Throws: `SampleError.label` when one is not in 0..<classes (not in 0..<2 for truth values) and nothing is
  ///   selected, `.classAbsent` when no label is of a selected class, and what reading throws.
  public consuming func count(classes: Int, selected: [Int] = []) throws(SampleError) -> Int {
    try pass(into: nil, classes: classes, selected: selected)
  }

  private func pass(
    into labels: UnsafeMutableBufferPointer<Int32>?, classes: Int, selected: [Int]
  ) throws(SampleError) -> Int {
    var tally = LabelTally(classes: source.isBoolean ? min(classes, 2) : classes, selected: selected)
    try source.visit { index, label throws(SampleError) in
      let used = try tally.add(label, index: index)
      labels?[index] = used
    }
    return try tally.kept()
  }
}

/// The labels of one file, in one format.
protocol LabelSource: AnyObject {
  var count: Int { get }
  /// Whether they are truth values.
  var isBoolean: Bool { get }
  /// Memory for decompression, outside the arena.
  var outsideBytes: Int { get }
  func visit(_ body: (_ index: Int, _ label: Int) throws(SampleError) -> Void) throws(SampleError)
}
