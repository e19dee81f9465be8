import Files

/// A teacher's logits of a training set, and what they belong to: a tensor file, so that a student learns from them
/// where the teacher has no room. Metadata, all strings:
/// - `format`: `qkd-tape`; `format_version`: `1`.
/// - `teacher_sha256`: the digest of the teacher's model file.
/// - every key that begins with `of_`: what the samples are, in the words of who wrote the tape.
/// - every other key that begins with `made_`: provenance.
/// One tensor, F64: `logits` `[sample, logit]`, samples in the training set's order.
public struct LogitTape: Sendable, Equatable {
  public static let format = "qkd-tape"
  static let formatVersion = "1"
  static let dataPrefix = "of_"
  static let tensorName = "logits"

  public let teacherDigest: String
  /// What the samples are, by key.
  public let data: [String: String]
  public let provenance: [String: String]
  public let samples: Int
  public let logits: Int

  public init(
    teacherDigest: String, data: [String: String], provenance: [String: String], samples: Int, logits: Int
  ) {
    self.teacherDigest = teacherDigest
    self.data = data
    self.provenance = provenance
    self.samples = samples
    self.logits = logits
  }

  /// - Throws: `ModelError.entry`.
  public init(_ file: TensorFile) throws(ModelError) {
    try self.init(file.metadata, file.tensors.map { ($0.name, $0.values.type, $0.shape) })
  }

  private init(
    _ metadata: [String: String], _ tensors: [(name: String, type: String, shape: [Int])]
  ) throws(ModelError) {
    let entries = ModelEntries(file: TensorFile(metadata: metadata, tensors: [], digest: ""))
    _ = try entries.text("format", [Self.format])
    _ = try entries.text("format_version", [Self.formatVersion])
    guard tensors.count == 1, tensors[0].name == Self.tensorName, tensors[0].type == "F64",
      tensors[0].shape.count == 2, tensors[0].shape[0] > 0,
      (1...Model.largestLogitCount).contains(tensors[0].shape[1])
    else {
      throw .entry(
        "tensors", given: tensors.map { "\($0.name) \($0.type) \($0.shape)" }.joined(separator: ", "),
        allowed: "\(Self.tensorName) F64 [samples, logits], 1 or more samples, 1 to \(Model.largestLogitCount) logits")
    }
    guard let teacher = metadata["teacher_sha256"] else {
      throw .entry("teacher_sha256", given: nil, allowed: "the digest of a model file")
    }
    teacherDigest = teacher
    data = Self.entries(metadata, Self.dataPrefix)
    provenance = entries.provenance
    (samples, logits) = (tensors[0].shape[0], tensors[0].shape[1])
  }

  private static func entries(_ metadata: [String: String], _ prefix: String) -> [String: String] {
    var result: [String: String] = [:]
    for (key, value) in metadata where key.hasPrefix(prefix) { result[String(key.dropFirst(prefix.count))] = value }
    return result
  }

  private var metadata: [String: String] {
    var metadata: [String: String] = [
      "format": Self.format, "format_version": Self.formatVersion, "teacher_sha256": teacherDigest,
    ]
    for (key, value) in data { metadata[Self.dataPrefix + key] = value }
    for (key, value) in provenance { metadata[Model.provenancePrefix + key] = value }
    return metadata
  }

  /// What a tape says of itself. Its values were not read, so its digest is what it claims.
  /// - Throws: `ModelError`.
  public static func open(path: String) throws(ModelError) -> (tape: LogitTape, digest: String) {
    let stream: TensorStream
    do { stream = try TensorStream(path: path) } catch { throw .file(error) }
    return (try LogitTape(stream.metadata, stream.tensors), stream.digest)
  }

  /// Reads the logits of a tape that was looked at before.
  /// - Parameters:
  ///   - digest: what `open` returned.
  ///   - logits: `[sample][logit]`; not to be used unless this returns.
  /// - Throws: `ModelError`, also where the file has changed meanwhile.
  public static func read(
    path: String, digest: String, into logits: UnsafeMutableBufferPointer<Double>
  ) throws(ModelError) {
    do throws(TensorFileError) {
      let stream = try TensorStream(path: path)
      // The same digest is the same header, or the file is refused when its values are read.
      guard stream.digest == digest, stream.tensors.count == 1, stream.tensors[0].type == "F64",
        stream.tensors[0].shape.reduce(1, *) == logits.count
      else {
        throw .digestMismatch(given: digest, computed: stream.digest)
      }
      try stream.read(into: logits)
    } catch { throw .file(error) }
  }

  /// - Throws: `ModelError.file` for a tape that would be too large.
  public static func checkSize(samples: Int, logits: Int) throws(ModelError) {
    let bytes = samples * logits * 8 + TensorFile.largestHeaderBytes
    if bytes > TensorFile.largestFileBytes {
      throw .file(.fileTooLarge(given: bytes, allowed: TensorFile.largestFileBytes))
    }
  }

  /// Writes a tape.
  /// - Parameter values: `[sample][logit]`, finite.
  /// - Returns: its digest.
  /// - Throws: `ModelError.file`.
  public func write(
    _ values: UnsafeBufferPointer<Double>, to file: inout AtomicFile
  ) throws(ModelError) -> String {
    do {
      return try TensorFile.write(
        metadata: metadata, name: Self.tensorName, shape: [samples, logits], values: values, to: &file)
    } catch { throw .file(error) }
  }
}
