import Budget
import Kernel
import Samples

/// A file or standard input as a source of samples: one row in memory at a time.
struct FileMemory {
  /// Enough that a system call is not what reading costs.
  static let bufferBytes = max(16 << 10, SampleStream.smallestBuffer)

  let columns: Int
  let encoder: GroupEncoder
  private let buffer: Reservation<UInt8>
  private let row: Reservation<Double>

  /// - Parameter columns: what the file says its rows have, where it says so.
  init(
    ansatz: Ansatz, format: LaneFormat, encoder: Encoder, columns given: Int?, in planner: inout Planner
  ) {
    self.encoder = GroupEncoder(ansatz: ansatz, format: format, encoder: encoder)
    switch encoder {
    case .state: columns = ansatz.amplitudes
    case .amplitude, .amplitudeUnnormalized: columns = min(given ?? ansatz.amplitudes, ansatz.amplitudes)
    case .phase, .angle, .basis: columns = ansatz.qubits
    }
    buffer = planner.reserve(
      "input buffer", [Extent("bytes", Self.bufferBytes)], of: UInt8.self, lifetime: .run, owner: "Samples")
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
    let norm = encoder.setLane(lane, of: input, real: real, imaginary: complex ? imaginary : nil, count: columns)
    if encoder.encoder == .state && !((norm - 1).magnitude <= Self.normTolerance) {
      return .refused(.norm(squared: norm, tolerance: Self.normTolerance))
    }
    if encoder.encoder == .amplitude && !(norm > 0 && norm.isFinite) { return .refused(.zero) }
    rows += 1
    return .sample
  }

  func clear(lane: Int, of input: UnsafeMutableRawPointer) { encoder.clearLane(lane, of: input) }
}
