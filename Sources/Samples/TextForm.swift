/// What is said of a text beyond its lines. Arrays say the same of themselves.
public struct TextForm: Sendable, Equatable {
  /// Numbers come in pairs, real part and imaginary part. Without it a number with an imaginary part is written `a+bi`.
  public var pairs = false
  /// Whether the first line names the columns; nil: it does where no field of it is a number.
  public var header: Bool?
  /// The column of labels, by its name; empty: there is none.
  public var labelColumn = ""
  /// The columns that make a sample, by their names, in this order; empty: all but that of the labels.
  public var columns: [String] = []
  /// Whether zeros complete the rows of a file in which all rows are shorter than a sample.
  public var pads = false

  public init() {}

  /// Whether columns are asked for by their names.
  var names: Bool { !labelColumn.isEmpty || !columns.isEmpty }
  /// Whether something is said that an array does not take.
  var isForText: Bool { pairs || header != nil || names }
}

/// What is wrong with a field of a text.
public enum TextFault: Sendable, Equatable {
  /// No number, or a misplaced comma.
  case number
  /// A number with an imaginary part, where the first line of the file has none, or only real ones are taken.
  case complex
  /// Commas separate the numbers here and blanks there: decimal commas, it seems.
  case separator
  /// Semicolons separate the numbers.
  case semicolon
  /// A quotation mark without its other one, or something behind it.
  case quote
  /// A label that is no integer.
  case label
}
