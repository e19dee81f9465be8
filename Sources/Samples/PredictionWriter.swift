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

  /// - Parameter buffer: at least `smallestBuffer(classes:)` bytes that outlive this value.
  /// - Throws: `SampleError.file`.
  public init(
    path: String, format: PredictionFormat, classes: Int, buffer: UnsafeMutableRawBufferPointer
  ) throws(SampleError) {
    let file: AtomicFile
    do { file = try AtomicFile(path: path) } catch { throw .file(error) }
    self.init(file, format: format, classes: classes, buffer: buffer)
  }

  /// The same for a file that is open.
  public init(
    _ file: consuming AtomicFile, format: PredictionFormat, classes: Int, buffer: UnsafeMutableRawBufferPointer
  ) {
    precondition(classes > 0, "there is at least one class")
    precondition(buffer.count >= Self.smallestBuffer(classes: classes), "the buffer is too small")
    switch format {
    case .npy:
      self = .npy(NPYWriter(file, element: .float64, columns: 2 + 2 * classes, buffer: buffer))
    case .csv, .ndjson:
      self = .text(PredictionText(file, isJSON: format == .ndjson, classes: classes, buffer: buffer))
    }
  }

  /// Appends one prediction.
  /// - Parameters:
  ///   - sample: the number of the sample in its stream.
  ///   - probabilities, logits: one number a class.
  public mutating func append(
    sample: Int, predicted: Int, probabilities: UnsafeBufferPointer<Double>, logits: UnsafeBufferPointer<Double>
  ) -> WriteStatus {
    switch consume self {
    case .npy(var writer):
      precondition(2 + probabilities.count + logits.count == writer.columns, "one number a class")
      var status = writer.append(Double(sample))
      if status == .written { status = writer.append(Double(predicted)) }
      if status == .written { status = writer.append(probabilities) }
      if status == .written { status = writer.append(logits) }
      self = .npy(writer)
      return status
    case .text(var writer):
      let status = writer.append(sample: sample, predicted: predicted, probabilities: probabilities, logits: logits)
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
