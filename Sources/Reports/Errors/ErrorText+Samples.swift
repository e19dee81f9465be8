import Batches
import Files
import Samples

/// What is wrong with samples and labels.
extension ErrorText {
  public static func text(_ error: SampleError, path: String) -> String {
    switch error {
    case .file(let error): text(error)
    case .npy(let error): "\(path): \(text(error))"
    case .idx(let error): "\(path): \(text(error))"
    case .gzip(let damage, let byte): "\(path): \(text(damage, atByte: byte))"
    case .shape(let given):
      "\(path): shape \(given); allowed are one sample (one dimension), rows of samples (two), one label a sample"
    case .columns(let given, let expected):
      "\(path): rows of \(given) numbers, the model and its encoder take \(expected)"
    case .complex: "\(path): complex numbers, allowed are real ones; only the state encoder takes complex amplitudes"
    case .labelCount(let given, let expected): "\(path): \(given) labels for \(text(expected, moreThan: given)) samples"
    case .label(let given, let classes, let index):
      "\(path): label \(index) (from 0) is \(given), allowed are 0 to \(classes - 1); \(text(classes: ()))"
    case .forbidden: "\(path): its permissions forbid this user to read it"
    case .empty: "\(path): holds no sample"
    case .fewer(let given, let asked, let setting):
      "\(path): holds \(counted(given, "sample", "samples")), \(setting) asks for \(groupedText(asked)); 0 means all"
    case .emptyRows: "\(path): its samples have no numbers: an extent of its shape is 0"
    case .foreign(let format):
      "\(path): looks like \(format); samples and labels are NPY, IDX or text, plain or gzipped"
    case .notText:
      "\(path): is an array, and data.pairs, data.header, data.label-column and data.columns are about text"
    case .header(let fault): "\(path): \(text(fault))"
    case .row(let row, let status): "\(path): row \(row) (from 0): \(text(status))"
    case .unlabelled(let row): "\(path): row \(row) (from 0): \(text(noLabel: ()))"
    case .targetCount(let given, let expected):
      "\(path): targets of \(given) samples for \(text(expected, moreThan: given))"
    case .targetShape(let given, let outputs):
      "\(path): targets of shape \(given), allowed is a row of \(outputs) for each sample, one for each observable"
        + (outputs == 1 ? ", or one dimension" : "")
    case .target(let given, let allowed, let row):
      "\(path): row \(row) (from 0): the target \(shortestText(given)), allowed are magnitudes up to "
        + shortestText(allowed)
    case .untargeted(let row): "\(path): row \(row) (from 0): \(text(noTarget: ()))"
    case .targetsBeside(let given, let outputs, let row):
      "\(path): row \(row) (from 0): \(text(.targetCount(given: given, expected: outputs)))"
    case .pipe: "\(path): text of labels or targets is read twice: name a regular file"
    case .classAbsent(let label):
      "\(path): no sample has label \(label), which data.classes asks for"
    case .format(let path, let allowed) where allowed.isEmpty:
      "\(path): a file of results would take the name of spool.metrics"
    case .format(let path, let allowed):
      "\(path): the name's ending tells the format; allowed are " + allowed.map { "." + $0 }.joined(separator: ", ")
    case .rows(let given, let expected): "\(path): \(given) rows came, \(expected) were announced"
    }
  }

  /// Samples that nobody counted to the end are known to be more than their labels.
  private static func text(_ count: Int?, moreThan least: Int) -> String {
    count.map(String.init) ?? "more than \(least)"
  }

  static func text(_ error: NPYError) -> String {
    switch error {
    case .truncated(let given, let needed): "ends after \(given) bytes, \(needed) are needed; copy it again"
    case .magic: "is no NPY file: it does not begin with \\x93NUMPY"
    case .version(let major, let minor): "NPY version \(major).\(minor); save it with numpy.save"
    case .headerTooLong(let given, let allowed): "a header of \(given) bytes, allowed are \(allowed)"
    case .syntax(let byte, let expected): "damaged header at byte \(byte): expected is \(expected)"
    case .duplicateKey(let key, let byte): "damaged header at byte \(byte): \"\(key)\" stands twice"
    case .unknownKey(let key, let byte): "damaged header at byte \(byte): unknown key \"\(key)\""
    case .missingKey(let key): "damaged header: no \"\(key)\""
    case .type(let given, let allowed, _):
      "elements are \"\(given)\", allowed are \(allowed.joined(separator: ", ")); convert them with "
        + "numpy.astype(\"\(["<f8", "<i4"].first(where: allowed.contains) ?? allowed[0])\")"
    case .structured:
      "a structured array, whose columns have names; save its numbers as rows, e.g. "
        + "numpy.lib.recfunctions.structured_to_unstructured(array)"
    case .fortranOrder: "stored by columns; save numpy.ascontiguousarray of it"
    case .dimensions(let given, let allowed, _):
      "\(given) dimensions, allowed are \(allowed.lowerBound) to \(allowed.upperBound)"
    case .shapeOverflow(let given): "shape \(given) is larger than any file"
    case .size(let given, let expected): "\(given) bytes, its header says \(expected); copy it again"
    case .trailingBytes(let byte): "goes on after its last row, at byte \(byte)"
    }
  }

  static func text(_ error: IDXError) -> String {
    switch error {
    case .truncated(let given, let needed): "ends after \(given) bytes, \(needed) are needed; copy it again"
    case .magic: "is no IDX file: it does not begin with two zero bytes"
    case .type(let given): "IDX elements of type \(given), allowed is 8, unsigned bytes"
    case .dimensions(let given, let allowed):
      "IDX of \(given) dimensions, allowed are \(allowed.lowerBound) to \(allowed.upperBound): labels have one, "
        + "images more"
    case .shapeOverflow(let given): "shape \(given) is larger than any file"
    case .size(let given, let expected): "\(given) bytes, its header says \(expected); copy it again"
    case .trailingBytes(let byte): "goes on after its last element, at byte \(byte)"
    }
  }

  static func text(_ damage: GzipDamage, atByte byte: Int) -> String {
    switch damage {
    case .truncated: "the compressed file ends too early, after \(byte) bytes; copy it again"
    case .corrupt: "damaged compressed data or a wrong checksum, at byte \(byte) of the file; copy it again"
    case .trailingBytes: "something else follows the compressed data, at byte \(byte) of the file"
    }
  }

  public static func text(_ problem: RowProblem) -> String {
    switch problem {
    case .unreadable(let status): text(status)
    case .norm(let squared, let tolerance):
      "the state's squared norm is \(shortestText(squared)), allowed is 1 within \(shortestText(tolerance)); "
        + "normalise it, or choose --encoder amplitude"
    case .outside(let column, let value, let range):
      "column \(column) (from 0) is \(shortestText(value)), far outside what the model was trained on, "
        + "\(shortestText(range.lowerBound)) to \(shortestText(range.upperBound)); scale the rows as those were, "
        + "or set data.allow-outside = true"
    case .zero: "all numbers are zero, which nothing can normalise"
    case .notBinary(let column, let value):
      "column \(column) (from 0) is \(shortestText(value)), this encoder allows 0 and 1"
    case .label(let given, let classes):
      "the label is \(given), allowed are 0 to \(classes - 1); \(text(classes: ()))"
    case .tooLarge(let squared, let allowed):
      "the squared norm of its amplitudes is \(shortestText(squared)), allowed are up to \(shortestText(allowed)); "
        + "scale all rows down"
    case .unlabelled: text(noLabel: ())
    case .labelsDisagree(let beside, let file):
      "the label beside the row is \(beside), that of the label file \(file.map(String.init) ?? "another")"
    case .untargeted: text(noTarget: ())
    case .targetCount(let given, let expected):
      "\(counted(given, "target", "targets")) beside it, allowed are \(expected), one for each observable"
    case .target(let value, let allowed):
      "a target of \(shortestText(value)), allowed are finite numbers up to \(shortestText(allowed)) in magnitude"
    case .targetsDisagree: "the target beside the row is another than that of the file of targets"
    case .logit(let column, let value, let allowed):
      "column \(column) (from 0) is \(shortestText(value)), allowed are logits up to \(shortestText(allowed)) in "
        + "magnitude"
    }
  }

  static func text(_ status: RowStatus) -> String {
    switch status {
    case .row, .end: "no more samples"
    case .notFinite(let column): "column \(column) (from 0) is not a finite number"
    case .malformed(let line, let character, let fault):
      "line \(line), character \(character): \(text(fault, isFirst: line == 1))"
    case .json(let line, let character, let expected):
      "line \(line), character \(character): \(text(expected))"
    case .count(let line, let given, let expected):
      "line \(line) has \(given) numbers, expected are \(expected)"
        + (given == 2 * expected ? "; complex numbers are written a+bi, or said to be pairs (data.pairs = true)" : "")
    case .lineTooLong(let line, let allowed): "line \(line) is longer than the allowed \(allowed) bytes"
    case .truncated(let byte):
      "the file ends inside this sample, at byte \(byte); copy it again, or end the last line of a text with a newline"
    case .trailingBytes(let byte): "the file goes on after its last sample, at byte \(byte)"
    case .damaged(let damage, let byte): text(damage, atByte: byte)
    case .failed(let errno): "could not be read: \(systemText(errno))"
    }
  }
}
