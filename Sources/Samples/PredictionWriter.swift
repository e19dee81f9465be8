import Files

/// Writes predictions, one a sample, into a file that appears when it is complete.
///
/// Nothing allocates between opening and the end of `commit`, nor throws before it.
public enum PredictionWriter: ~Copyable {
  case npy(NPYWriter)
  case text(PredictionText)

  /// The least memory that a writer takes.
  public static func smallestBuffer(classes: Int) -> Int {
    max(PredictionText.largestRecord(classes: classes), NPYWriter.smallestBuffer)
  }

  /// - Parameters:
  ///   - classes: of a regression, its outputs.
  ///   - labelName: the column of labels; nil: `label`.
  ///   - buffer: at least `smallestBuffer(classes:)` bytes that outlive this value.
  /// - Throws: `SampleError.file`.
  public init(
    path: String, format: PredictionFormat, classes: Int, kind: PredictionKind = .classes,
    labelName: String? = nil,
    buffer: UnsafeMutableRawBufferPointer
  ) throws(SampleError) {
    let file: AtomicFile
    do { file = try AtomicFile(path: path) } catch { throw .file(error) }
    self.init(file, format: format, classes: classes, kind: kind, labelName: labelName, buffer: buffer)
  }

  /// The same for a file that is open.
  public init(
    _ file: consuming AtomicFile, format: PredictionFormat, classes: Int, kind: PredictionKind = .classes,
    labelName: String? = nil,
    buffer: UnsafeMutableRawBufferPointer
  ) {
    precondition(classes > 0, "there is at least one class")
    precondition(buffer.count >= Self.smallestBuffer(classes: classes), "the buffer is too small")
    switch format {
    case .npy:
      self = .npy(NPYWriter(file, element: .float64, columns: (kind == .classes ? 4 : 1) + 2 * classes, buffer: buffer))
    case .csv, .ndjson:
      self = .text(
        PredictionText(
          file, isJSON: format == .ndjson, classes: classes, kind: kind, labelName: labelName, buffer: buffer))
    }
  }

  /// Appends one prediction.
  public mutating func append(_ prediction: Prediction) -> WriteStatus {
    switch consume self {
    case .npy(var writer):
      precondition(
        4 + prediction.probabilities.count + prediction.logits.count == writer.columns, "one number a class")
      var status = writer.append(Double(prediction.sample))
      if status == .written { status = writer.append(Double(prediction.predicted)) }
      if status == .written { status = writer.append(prediction.label < 0 ? .nan : Double(prediction.label)) }
      if status == .written { status = writer.append(prediction.isHit.map { $0 ? 1 : 0 } ?? .nan) }
      if status == .written { status = writer.append(prediction.probabilities) }
      if status == .written { status = writer.append(prediction.logits) }
      self = .npy(writer)
      return status
    case .text(var writer):
      let status = writer.append(prediction)
      self = .text(writer)
      return status
    }
  }

  /// Makes the file appear.
  /// - Throws: `SampleError.file`; the file then does not appear.
  public consuming func commit() throws(SampleError) {
    switch consume self {
    case .npy(let writer): try writer.commit()
    case .text(let writer): try writer.commit()
    }
  }

  /// Removes what was written; an older file of the name stays.
  public consuming func abandon() {}
}
