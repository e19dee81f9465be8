import Budget
import Kernel
import Samples
import Settings

/// A file or standard input as a source of samples: one row in memory at a time.
package struct FileMemory {
  /// Enough that a system call is not what reading costs.
  private static let smallestBuffer = max(16 << 10, SampleStream.smallestBuffer)
  /// Room for a number of text and what follows it: `-1.234567890123456789e-308`, of NumPy's savetxt, is 26 characters.
  private static let textBytesPerNumber = 32
  /// What a line of NDJSON may hold besides its numbers: the names of members, a label, members that are passed over.
  private static let textBytesBeside = 4 << 10

  /// Numbers of a row of the file.
  package let columns: Int
  /// Numbers of a sample, after features were made of the row.
  package let width: Int
  package let encoder: Encoder
  /// Whether samples may have imaginary parts.
  private let isComplex: Bool
  private let buffer: Reservation<UInt8>
  private let row: Reservation<Double>
  private let sample: Reservation<Double>?
  /// `[output]`, for a target beside the row; nil: of classes.
  private let target: Reservation<Double>?

  /// The longest line of text with so many numbers, each with an imaginary part.
  package static func lineBytes(_ numbers: Int) -> Int { 2 * numbers * textBytesPerNumber + textBytesBeside }

  /// - Parameters:
  ///   - name: what stands before `buffer` and `row` in the plan.
  ///   - rawColumns: the length of a row of which features are made; nil: rows are samples.
  ///   - outputs: of a regression; nil: of classes.
  ///   - facts: its columns are what the file says its rows have; lines of text must fit the buffer.
  package init(
    _ name: String, ansatz: Ansatz, encoder: Encoder, rawColumns: Int?, outputs: Int?,
    facts: DataFacts,
    lifetime: Lifetime, in planner: inout Planner
  ) {
    self.encoder = encoder
    switch encoder {
    case .state: width = ansatz.amplitudes
    case .amplitude, .amplitudeUnnormalized:
      width = facts.pads ? max(1, min(facts.columns ?? ansatz.amplitudes, ansatz.amplitudes)) : ansatz.amplitudes
    case .phase, .angle, .basis: width = ansatz.qubits
    }
    columns = rawColumns ?? width
    isComplex = facts.isComplex && !encoder.isProduct
    if facts.outsideBytes > 0 {
      planner.declareOutside(
        OutsideMemory(
          name: "\(name) decompression", formula: "gzip window, state, input", bytes: facts.outsideBytes, owner: "zlib")
      )
    }
    let lineBytes = facts.fields.map { [columns] fields in Self.lineBytes(max(columns, fields)) }
    buffer = planner.reserve(
      "\(name) buffer", [Extent("bytes", max(Self.smallestBuffer, lineBytes ?? 0))], of: UInt8.self, lifetime: lifetime,
      owner: "Samples")
    row = planner.reserve(
      "\(name) row", (isComplex ? [Extent("re/im", 2)] : []) + [Extent("numbers", columns)], of: Double.self,
      lifetime: lifetime, owner: "Samples")
    sample =
      rawColumns == nil
      ? nil
      : planner.reserve(
        "\(name) features", [Extent("features", width)], of: Double.self, lifetime: lifetime, owner: "Samples")
    target = outputs.map {
      planner.reserve(
        "\(name) target", [Extent("outputs", $0)], of: Double.self, lifetime: lifetime, owner: "Samples")
    }
  }

  /// - Parameters:
  ///   - labels: one a row, −1 for rows to pass over; nil: there are none.
  ///   - targets: of a regression, `[row][output]` of its file; nil: there is none.
  ///   - features: nil: rows are samples.
  ///   - classes, selected: what labels that stand beside the samples may be, and which of them are kept, as positions
  ///     in the list. With labels of a file they must be the same.
  ///   - needsLabels: whether a sample without a label or target is refused.
  ///   - range: of the rows that the model was trained on; nil: rows are taken as they are.
  ///   - shard: the part of the samples to take, of those that are not passed over; nil: all.
  /// - Throws: `SessionError.samples` when rows have another length, or are complex where features, or those that were
  ///   planned for, are real.
  package func bind(
    _ opened: consuming SampleStream, labels: UnsafeMutableBufferPointer<Int32>?,
    targets: UnsafeMutableBufferPointer<Double>? = nil, features: FeatureMap?, classes: Int, selected: [Int],
    needsLabels: Bool = false,
    range: ClosedRange<Double>? = nil, shard: Shard? = nil, _ arena: borrowing Arena
  ) throws(SessionError) -> FileFeed {
    var stream = opened
    let path = stream.path
    let beside = target.map { arena.buffer($0) }
    do {
      try stream.begin(
        columns: columns, imaginary: isComplex,
        buffer: UnsafeMutableRawBufferPointer(arena.buffer(buffer)), targets: beside)
    } catch { throw .samples(path: path, error) }
    let row = arena.pointer(row)
    return FileFeed(
      stream, path: path, columns: columns, width: width, encoder: encoder, labels: labels,
      targets: beside.map { FileTargets(file: targets, beside: $0) }, features: features, classes: classes,
      selected: selected, needsLabels: needsLabels, range: range,
      shard: shard, row: row, sample: sample.map { arena.pointer($0) } ?? row,
      imaginary: isComplex ? row + columns : nil)
  }
}

/// Reads rows and encodes them into lanes; allocates nothing.
package final class FileFeed {
  package let path: String
  /// Numbers of a row of the file, and of a sample.
  package let columns: Int
  package let width: Int
  /// The row as it was read, and the sample that was made of it.
  package let row: UnsafeMutablePointer<Double>
  package let real: UnsafeMutablePointer<Double>
  /// nil where all samples are real.
  package let imaginary: UnsafeMutablePointer<Double>?
  package let encoder: Encoder
  private let labels: UnsafeMutableBufferPointer<Int32>?
  /// nil: of classes.
  private var targets: FileTargets?
  private let features: FeatureMap?
  private let classes: Int
  private let selected: [Int]
  private let needsLabels: Bool
  /// What numbers of a row may be: the range of the training rows, and as much again on either side.
  private let allowed: ClosedRange<Double>
  private let range: ClosedRange<Double>?
  private var stream: SampleStream
  /// The part of the samples to take; nil: all.
  private let shard: Shard?
  /// Rows read so far, those passed over included.
  private(set) var rows = 0
  /// Samples read so far, those of other parts included.
  package private(set) var samples = 0

  fileprivate init(
    _ stream: consuming SampleStream, path: String, columns: Int, width: Int, encoder: Encoder,
    labels: UnsafeMutableBufferPointer<Int32>?, targets: FileTargets?, features: FeatureMap?, classes: Int,
    selected: [Int], needsLabels: Bool, range: ClosedRange<Double>?, shard: Shard?, row: UnsafeMutablePointer<Double>,
    sample: UnsafeMutablePointer<Double>, imaginary: UnsafeMutablePointer<Double>?
  ) {
    self.stream = stream
    self.shard = shard
    self.path = path
    self.columns = columns
    self.width = width
    self.encoder = encoder
    self.labels = labels
    self.targets = targets
    self.features = features
    self.classes = classes
    self.selected = selected
    self.needsLabels = needsLabels
    self.range = range
    let width = range.map { $0.upperBound > $0.lowerBound ? $0.upperBound - $0.lowerBound : 1 } ?? 0
    allowed = range.map { $0.lowerBound - width...$0.upperBound + width } ?? -.infinity...(.infinity)
    self.row = row
    real = sample
    self.imaginary = imaginary
  }

  package enum Failure {
    case row(RowProblem)
    /// There are as many labels or targets as `given`, but other many rows; nil: more, which nobody counted.
    case labelCount(given: Int, rows: Int?)
  }

  package enum Outcome {
    /// −1: without a label or target. In a regression 0 where there is a target.
    case sample(label: Int32)
    case end
    case failed(Failure)
  }

  /// Reads the next row that is not passed over, and leaves it in `row` as it is.
  package func nextRow() -> Outcome {
    while true {
      let status = stream.nextRow(real: row, imaginary: imaginary)
      if status == .end {
        if let answers, answers != rows { return .failed(.labelCount(given: answers, rows: rows)) }
        return .end
      }
      // Nothing was read, so nothing is known of how many rows there are.
      if case .failed = status {
        rows += 1
        return .failed(.row(.unreadable(status)))
      }
      if let answers, rows >= answers { return .failed(.labelCount(given: answers, rows: nil)) }
      let given = labels?[rows]
      rows += 1
      if let given, given < 0, !status.isFinal, stream.label == nil { continue }
      if status != .row { return .failed(.row(.unreadable(status))) }
      switch label(given) {
      case .label(let label): return .sample(label: label)
      case .passOver: continue
      case .failed(let problem): return .failed(.row(problem))
      }
    }
  }

  /// How many labels or targets the file of them has; nil: there is none.
  private var answers: Int? { labels?.count ?? targets?.count }

  private enum RowLabel {
    case label(Int32)
    case passOver
    case failed(RowProblem)
  }

  /// The label of the row: of the label file, −1 where it is to be passed over, or beside the row. Where there are both
  /// they are the same.
  private func label(_ given: Int32?) -> RowLabel {
    if targets != nil { return takeTarget() }
    guard let own = stream.label else {
      guard let given else { return selected.isEmpty && !needsLabels ? .label(-1) : .failed(.unlabelled) }
      return .label(given)
    }
    let label: Int32
    if selected.isEmpty {
      guard own >= 0 && own < classes else { return .failed(.label(given: own, classes: classes)) }
      label = Int32(own)
    } else {
      label = selected.firstIndex(of: own).map { Int32($0) } ?? -1
    }
    if let given, given != label {
      let file = given < 0 ? nil : selected.isEmpty ? Int(given) : selected[Int(given)]
      return .failed(.labelsDisagree(beside: own, file: file))
    }
    return label < 0 ? .passOver : .label(label)
  }

  private func takeTarget() -> RowLabel {
    if let problem = targets!.take(row: rows - 1, beside: stream.targetCount) { return .failed(problem) }
    if targets!.current == nil { return needsLabels ? .failed(.untargeted) : .label(-1) }
    return .label(0)
  }

  /// Copies the target of the sample that `next` read, where it has one.
  package func copyTarget(into values: UnsafeMutablePointer<Double>, sample: Int) {
    guard let targets, let current = targets.current else { return }
    (values + sample * targets.outputs).update(from: current, count: targets.outputs)
  }

  /// Reads the next sample of the part: a row, or its features, checked against what the encoder takes.
  package func next() -> Outcome {
    var outcome = nextRow()
    while case .sample = outcome, let shard, !shard.contains(samples) {
      samples += 1
      outcome = nextRow()
    }
    guard case .sample = outcome else { return outcome }
    samples += 1
    if range != nil, let outside { return .failed(.row(outside)) }
    features?.apply(row, into: real)
    if let problem = encoder.problem(real, imaginary, count: width) { return .failed(.row(problem)) }
    return outcome
  }

  /// The number of the row that `next` was last about.
  package var lastRow: Int { max(rows - 1, 0) }

  /// The first number of the row that is far outside the model's training rows.
  private var outside: RowProblem? {
    if let problem = outside(row) { return problem }
    if let imaginary { return outside(imaginary) }
    return nil
  }

  private func outside(_ part: UnsafePointer<Double>) -> RowProblem? {
    var column = 0
    while column < columns {
      if !allowed.contains(part[column]) { return .outside(column: column, value: part[column], range: range!) }
      column += 1
    }
    return nil
  }

  /// Encodes the sample that `next` read.
  package func encode(lane: Int, of input: UnsafeMutableRawPointer, _ encoder: GroupEncoder) {
    encoder.setLane(lane, of: input, real: real, imaginary: imaginary, count: width)
  }

  /// Starts again from the first row. - Precondition: a regular file.
  package func rewind() {
    stream.rewind()
    rows = 0
    samples = 0
  }

  package func error(_ failure: Failure, labelsPath: String) -> SessionError {
    switch failure {
    case .row(let problem): .row(path: path, row: lastRow, problem)
    case .labelCount(let given, let rows):
      .samples(
        path: labelsPath,
        targets == nil
          ? .labelCount(given: given, expected: rows) : .targetCount(given: given, expected: rows))
    }
  }
}
