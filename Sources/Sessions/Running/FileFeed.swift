import Budget
import Kernel
import Samples

/// A file or standard input as a source of samples: one row in memory at a time.
struct FileMemory {
  /// Enough that a system call is not what reading costs.
  private static let smallestBuffer = max(16 << 10, SampleStream.smallestBuffer)
  /// Room for a number of text and what follows it: `-1.234567890123456789e-308`, of NumPy's savetxt, is 26 characters.
  private static let textBytesPerNumber = 32

  let columns: Int
  let encoder: GroupEncoder
  private let buffer: Reservation<UInt8>
  private let row: Reservation<Double>

  /// - Parameter facts: its columns are what the file says its rows have; nil for text, whose lines must fit the buffer.
  init(
    ansatz: Ansatz, format: LaneFormat, encoder: Encoder, facts: DataFacts, in planner: inout Planner
  ) {
    self.encoder = GroupEncoder(ansatz: ansatz, format: format, encoder: encoder)
    switch encoder {
    case .state: columns = ansatz.amplitudes
    case .amplitude, .amplitudeUnnormalized:
      columns = max(1, min(facts.columns ?? ansatz.amplitudes, ansatz.amplitudes))
    case .phase, .angle, .basis: columns = ansatz.qubits
    }
    if facts.outsideBytes > 0 {
      planner.declareOutside(
        OutsideMemory(
          name: "decompression", formula: "gzip window, state, input", bytes: facts.outsideBytes, owner: "zlib"))
    }
    let longest = 2 * columns * Self.textBytesPerNumber
    let bytes = facts.columns == nil ? max(Self.smallestBuffer, longest) : Self.smallestBuffer
    buffer = planner.reserve(
      "input buffer", [Extent("bytes", bytes)], of: UInt8.self, lifetime: .run, owner: "Samples")
    row = planner.reserve(
      "input row", [Extent("re/im", 2), Extent("numbers", columns)], of: Double.self, lifetime: .run, owner: "Samples")
  }

  /// - Throws: `SessionError.samples` when rows have another length, or are complex where features are real.
  func bind(_ opened: consuming SampleStream, _ arena: borrowing Arena) throws(SessionError) -> FileFeed {
    var stream = opened
    let path = stream.path
    do {
      try stream.begin(
        columns: columns, imaginary: !encoder.encoder.isProduct,
        buffer: UnsafeMutableRawBufferPointer(arena.buffer(buffer)))
    } catch { throw .samples(path: path, error) }
    return FileFeed(stream, path: path, columns: columns, encoder: encoder, row: arena.pointer(row))
  }
}

/// Reads rows into lanes; allocates nothing.
final class FileFeed {
  /// Squared norms of states in single precision are off by a few 1e-7.
  static let normTolerance = 1e-5
  /// With it logits are finite, in single precision too.
  static let largestNorm = 1e12

  let path: String
  private let columns: Int
  private let encoder: GroupEncoder
  private let real: UnsafeMutablePointer<Double>
  private var imaginary: UnsafeMutablePointer<Double> { real + columns }
  private var stream: SampleStream
  private(set) var rows = 0

  fileprivate init(
    _ stream: consuming SampleStream, path: String, columns: Int, encoder: GroupEncoder,
    row: UnsafeMutablePointer<Double>
  ) {
    self.stream = stream
    self.path = path
    self.columns = columns
    self.encoder = encoder
    real = row
  }

  enum Outcome {
    case sample
    case end
    case refused(RowProblem)
  }

  /// Encodes the next row into a lane.
  func next(lane: Int, of input: UnsafeMutableRawPointer) -> Outcome {
    let complex = !encoder.encoder.isProduct
    switch stream.nextRow(real: real, imaginary: complex ? imaginary : nil) {
    case .row: break
    case .end: return .end
    case let status: return .refused(.unreadable(status))
    }
    if encoder.encoder == .phase || encoder.encoder == .basis {
      var column = 0
      while column < columns {
        if real[column] != 0 && real[column] != 1 {
          return .refused(.notBinary(column: column, value: real[column]))
        }
        column += 1
      }
    }
    var norm = encode(lane, of: input)
    switch encoder.encoder {
    case .state where !((norm - 1).magnitude <= Self.normTolerance),
      .amplitudeUnnormalized where !(norm <= Self.largestNorm):
      return .refused(.norm(squared: norm, tolerance: Self.normTolerance))
    case .amplitude where !(norm > 1e-280 && norm.isFinite):
      // Squares overflow or underflow: the largest number becomes 1 first.
      if !scaleRow() { return .refused(.zero) }
      norm = encode(lane, of: input)
    default: break
    }
    rows += 1
    return .sample
  }

  private func encode(_ lane: Int, of input: UnsafeMutableRawPointer) -> Double {
    encoder.setLane(
      lane, of: input, real: real, imaginary: encoder.encoder.isProduct ? nil : imaginary, count: columns)
  }

  /// Divides the row by its largest magnitude; false when that is 0.
  private func scaleRow() -> Bool {
    var largest = 0.0
    var i = 0
    while i < 2 * columns {
      largest = max(largest, real[i].magnitude)
      i += 1
    }
    if largest == 0 { return false }
    i = 0
    while i < 2 * columns {
      real[i] /= largest
      i += 1
    }
    return true
  }

  func clear(lane: Int, of input: UnsafeMutableRawPointer) { encoder.clearLane(lane, of: input) }
}
