import Samples

extension ErrorText {
  static func text(_ fault: TextFault, isFirst: Bool) -> String {
    switch fault {
    case .number:
      "a number is expected" + (isFirst ? "; where the first line names the columns, set data.header = true" : "")
    case .complex:
      "a number with an imaginary part; the first line's form decides, and encoders of real numbers take none"
    case .separator: "commas and blanks both separate numbers; write decimal points, and one separator"
    case .semicolon: "a semicolon; numbers stand between commas or blanks"
    case .quote: "quotation marks stand around a whole field"
    case .label: "a label is a whole number"
    }
  }

  static func text(_ fault: HeaderFault) -> String {
    switch fault {
    case .missing:
      "no line of names begins it, which data.header, data.label-column or data.columns asks for"
    case .numbers(let line):
      "line \(line) may name the columns 0, 1, 2, …, or be a sample: set data.header to true or false"
    case .count(let given, let expected):
      "its line of names has \(counted(given, "column", "columns")) of numbers, the model and its encoder take "
        + "\(expected); choose them with --columns and --label-column, or set data.header = false where it names none"
        + (given == 1 ? "; names stand between commas, tabs or blanks" : "")
    case .notText(let line): "line \(line) names columns with what is no text in UTF-8"
    case .column(let name, let times, let names):
      "\(times == 0 ? "no column" : "more than one column") is named \"\(name)\"; the names are "
        + names.prefix(20).joined(separator: ", ") + (names.count > 20 ? ", …" : "")
    case .labelAmongNumbers(let name): "data.columns names \"\(name)\", the column of labels"
    }
  }

  /// How there come to be more classes.
  static func text(classes: Void) -> String {
    "each class is an observable (model.observables), and data.classes keeps some labels"
  }

  /// Where a target is needed, and none stands beside a row.
  static func text(noTarget: Void) -> String {
    "there is no target; targets stand beside the samples (NDJSON, \"target\") or in a file (data.targets)"
  }

  /// Where a label is needed, and none stands beside a row.
  static func text(noLabel: Void) -> String {
    "there is no label; labels stand beside the samples (NDJSON, data.label-column) or in a file (data.labels)"
  }
}
