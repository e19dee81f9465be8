import Files

/// Why a file of samples or labels is not used, or one of results not written.
public enum SampleError: Error, Equatable, Sendable {
  case file(FileError)
  case npy(NPYError)
  case idx(IDXError)
  /// A gzip file that cannot be read to its end; `atByte` counts bytes of the compressed file.
  case gzip(GzipDamage, atByte: Int)
  /// One dimension is a single sample, or a list of labels; two are rows. A list of labels has one column.
  case shape(given: [Int])
  /// The rows of the file have another length than the model takes.
  case columns(given: Int, expected: Int)
  /// The samples are complex where only real ones are taken.
  case complex
  /// nil: of more samples, which nobody counted; as below.
  case labelCount(given: Int, expected: Int?)
  /// A label outside 0..<classes; `given` is clamped to 64 signed bits.
  case label(given: Int, classes: Int, index: Int)
  /// No sample has a label that was selected.
  case classAbsent(Int)
  /// The file's own permissions forbid to read it.
  case forbidden
  /// There is not one sample.
  case empty
  /// Fewer samples than a setting asks for.
  case fewer(given: Int, asked: Int, setting: String)
  /// Samples without numbers: images of no height, say.
  case emptyRows
  /// A format that is known, but not read here.
  case foreign(String)
  /// Something is said of a text, and this is an array.
  case notText
  case header(HeaderFault)
  /// A line, counted from 0, that cannot be used.
  case row(Int, RowStatus)
  /// A row, counted from 0, has no label beside it.
  case unlabelled(row: Int)
  case targetCount(given: Int, expected: Int?)
  /// A file of targets whose rows are not one number for each output.
  case targetShape(given: [Int], outputs: Int)
  /// A target that is too large in magnitude; rows count from 0.
  case target(given: Double, allowed: Double, row: Int)
  /// A row, counted from 0, has no target beside it, or another number of them than there are outputs.
  case untargeted(row: Int)
  case targetsBeside(given: Int, outputs: Int, row: Int)
  /// Text that is read twice comes from a pipe.
  case pipe
  /// The name of the file tells no format for predictions.
  case format(path: String, allowed: [String])
  /// Fewer or more rows were written than were announced.
  case rows(given: Int, expected: Int)
}

/// Why bytes are no array of the NPY format that is read here. Offsets count bytes from the start of the file.
public enum NPYError: Error, Equatable, Sendable {
  /// The file ends before what it announces.
  case truncated(given: Int, needed: Int)
  case magic
  case version(major: Int, minor: Int)
  case headerTooLong(given: Int, allowed: Int)
  case syntax(atByte: Int, expected: String)
  case duplicateKey(String, atByte: Int)
  case unknownKey(String, atByte: Int)
  case missingKey(String)
  /// An array of structures: columns with names.
  case structured(atByte: Int)
  /// Big-endian numbers, objects, text, and types that are not read in this place: samples are floating-point numbers,
  /// labels are integers.
  case type(given: String, allowed: [String], atByte: Int)
  /// Columns first: `numpy.ascontiguousarray` makes rows of them.
  case fortranOrder(atByte: Int)
  case dimensions(given: Int, allowed: ClosedRange<Int>, atByte: Int)
  /// The shape's size in bytes is beyond 2^63.
  case shapeOverflow(given: [Int])
  /// The file's size is another than header and shape say.
  case size(given: Int, expected: Int)
  /// A pipe goes on after the last row.
  case trailingBytes(atByte: Int)
}
