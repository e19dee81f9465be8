/// The outcome of reading one sample. What is not final concerns this sample alone: the next one can be read.
public enum RowStatus: Equatable, Sendable {
  case row
  /// There are no more samples.
  case end
  /// A NaN or an infinity; columns count from 0.
  case notFinite(column: Int)
  /// Text that is no field of a sample; lines and characters (bytes of a line) count from 1.
  case malformed(line: Int, character: Int, TextFault = .number)
  /// A line that begins like JSON but goes on otherwise; counted as above.
  case json(line: Int, character: Int, expected: JSONPart)
  /// A line of text with another number of numbers; below a line of names, of fields.
  case count(line: Int, given: Int, expected: Int)
  case lineTooLong(line: Int, allowed: Int)
  /// The file ends in the middle of a sample.
  case truncated(atByte: Int)
  /// The file goes on after its last sample.
  case trailingBytes(atByte: Int)
  /// A gzip file that cannot be read on; `atByte` counts bytes of the compressed file.
  case damaged(GzipDamage, atByte: Int)
  case failed(errno: Int32)

  /// Whether nothing more can be read.
  public var isFinal: Bool {
    switch self {
    case .row, .notFinite, .malformed, .json, .count, .lineTooLong: false
    case .end, .truncated, .trailingBytes, .damaged, .failed: true
    }
  }
}
