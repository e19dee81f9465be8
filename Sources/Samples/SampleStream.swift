import Files

/// Samples from a file or the standard input, plain or gzipped, in whatever format they are: NPY or IDX if the first
/// bytes say so, else text, whose lines may be NDJSON.
public enum SampleStream: ~Copyable {
  case array(ArrayStream)
  case text(TextRowStream)

  /// The least memory that `begin` takes.
  public static let smallestBuffer = ByteStream.smallestBuffer

  /// Opens a file, or the standard input for `-`.
  /// - Throws: `SampleError`.
  public init(path: String, _ form: TextForm = TextForm()) throws(SampleError) {
    try self.init(ByteStream.open(path), form)
  }

  /// The same for a file that is open.
  /// - Throws: `SampleError`.
  public init(_ file: consuming InputFile, _ form: TextForm = TextForm()) throws(SampleError) {
    try self.init(ByteStream.open(file), form)
  }

  private init(_ opened: consuming ByteStream, _ form: TextForm) throws(SampleError) {
    var stream = opened
    try ForeignFormat.refuse(&stream)
    // No text begins with the first byte of the magic numbers, so a cut-off array file is told as such.
    if stream.front.first == NPYHeader.magic[0] || stream.front.first == 0 {
      if form.isForText { throw .notText }
      self = .array(try ArrayStream(stream))
    } else {
      self = .text(try TextRowStream(stream, form))
    }
  }

  public var path: String {
    switch self {
    case .array(let stream): stream.path
    case .text(let stream): stream.path
    }
  }

  /// The number of samples, where the format tells it.
  public var rows: Int? {
    switch self {
    case .array(let stream): stream.rows
    case .text: nil
    }
  }

  /// The length of a sample, where the format tells it.
  public var columns: Int? {
    switch self {
    case .array(let stream): stream.columns
    case .text(let stream): stream.namedColumns
    }
  }

  /// Fields of a line of text, where a line of names tells, else 0; nil for arrays.
  public var fields: Int? {
    switch self {
    case .array: nil
    case .text(let stream): stream.fields ?? 0
    }
  }

  /// The name of the column of labels, where there is one.
  public var labelName: String? {
    switch self {
    case .array: nil
    case .text(let stream): stream.labelName
    }
  }

  /// Whether every number is x/255 of a byte x.
  public var hasBytes: Bool {
    switch self {
    case .array(let stream): stream.hasBytes
    case .text: false
    }
  }

  /// Whether an array has one dimension: all its numbers are one row.
  public var isFlat: Bool {
    switch self {
    case .array(let stream): stream.isFlat
    case .text: false
    }
  }

  /// Whether numbers may have imaginary parts; the first line of a text tells.
  public var isComplex: Bool {
    switch self {
    case .array(let stream): stream.isComplex
    case .text: true
    }
  }

  /// The label that stands beside the last sample; nil: there is none.
  public var label: Int? {
    switch self {
    case .array: nil
    case .text(let stream): stream.label
    }
  }

  /// How many targets stand beside the last sample; nil: there are none, or nobody asks.
  public var targetCount: Int? {
    switch self {
    case .array: nil
    case .text(let stream): stream.targetCount
    }
  }

  /// Whether the samples can be read again: regular files only.
  public var canRewind: Bool {
    switch self {
    case .array(let stream): stream.canRewind
    case .text(let stream): stream.canRewind
    }
  }

  /// Memory that reading holds outside the arena, taken when the stream was opened.
  public var outsideBytes: Int {
    switch self {
    case .array(let stream): stream.outsideBytes
    case .text(let stream): stream.outsideBytes
    }
  }

  /// Prepares for reading samples; see the same functions of the two streams.
  /// - Parameter targets: room for those that stand beside a sample (NDJSON); nil: they are passed over.
  /// - Throws: `SampleError.columns`, `.complex`.
  public mutating func begin(
    columns: Int, imaginary: Bool, buffer: UnsafeMutableRawBufferPointer,
    targets: UnsafeMutableBufferPointer<Double>? = nil
  ) throws(SampleError) {
    switch consume self {
    case .array(var stream):
      do {
        try stream.begin(columns: columns, imaginary: imaginary, buffer: buffer)
      } catch {
        self = .array(stream)
        throw error
      }
      self = .array(stream)
    case .text(var stream):
      do {
        try stream.begin(columns: columns, imaginary: imaginary, buffer: buffer, targets: targets)
      } catch {
        self = .text(stream)
        throw error
      }
      self = .text(stream)
    }
  }

  /// Reads the next sample; allocates nothing.
  /// - Precondition: `begin` came before, and `imaginary` is given if it said so.
  public mutating func nextRow(
    real: UnsafeMutablePointer<Double>, imaginary: UnsafeMutablePointer<Double>?
  ) -> RowStatus {
    switch consume self {
    case .array(var stream):
      let status = stream.nextRow(real: real, imaginary: imaginary)
      self = .array(stream)
      return status
    case .text(var stream):
      let status = stream.nextRow(real: real, imaginary: imaginary)
      self = .text(stream)
      return status
    }
  }

  /// Starts again from the first sample.
  /// - Precondition: `canRewind`.
  public mutating func rewind() {
    switch consume self {
    case .array(var stream):
      stream.rewind()
      self = .array(stream)
    case .text(var stream):
      stream.rewind()
      self = .text(stream)
    }
  }
}
