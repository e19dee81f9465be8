/// Labels as text, an integer a line; the first line may name the column. Read twice: to count, and to use them.
final class TextLabels: LabelSource {
  private(set) var count = 0
  let isBoolean = false
  private var stream: TextRowStream
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 16)

  /// - Throws: `SampleError`: what stands on the lines, and pipes, which cannot be read twice.
  init(_ opened: consuming ByteStream) throws(SampleError) {
    stream = try TextRowStream(opened)
    guard stream.canRewind else { throw .pipe }
    try stream.begin(columns: 1, imaginary: false, buffer: buffer)
    var number = 0
    try visit { _, _ throws(SampleError) in number += 1 }
    count = number
  }

  deinit { buffer.deallocate() }

  var outsideBytes: Int { stream.outsideBytes }

  func visit(_ body: (_ index: Int, _ label: Int) throws(SampleError) -> Void) throws(SampleError) {
    stream.rewind()
    var value = 0.0
    var index = 0
    while true {
      let status = stream.nextRow(real: &value, imaginary: nil)
      if status == .end { return }
      guard status == .row else { throw .row(index, status) }
      guard let label = Int(exactly: value), value.magnitude <= 9_007_199_254_740_992 else {
        throw .row(index, .malformed(line: stream.line, character: 1, .label))
      }
      try body(index, label)
      index += 1
    }
  }
}

extension SampleStream {
  /// How many rows have a label of the selected classes beside them; without any, how many there are. Reads to the end.
  /// - Parameter lineBytes: of the longest line.
  /// - Throws: `SampleError`; `.unlabelled` for a row without one.
  public consuming func countLabels(
    classes: Int, selected: [Int], lineBytes: Int
  ) throws(SampleError) -> Int {
    switch consume self {
    case .array: throw .unlabelled(row: 0)
    case .text(var stream):
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: lineBytes, alignment: 16)
      defer { buffer.deallocate() }
      stream.beginLabels(buffer: buffer)
      var tally = LabelTally(classes: classes, selected: selected)
      var nothing = 0.0
      var row = 0
      while true {
        let status = stream.nextRow(real: &nothing, imaginary: nil)
        if status == .end { return try tally.kept() }
        guard status == .row else { throw .row(row, status) }
        guard let label = stream.label else { throw .unlabelled(row: row) }
        _ = try tally.add(label, index: row)
        row += 1
      }
    }
  }
}
