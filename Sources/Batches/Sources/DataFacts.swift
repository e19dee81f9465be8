/// What the data's files say before they are planned for.
package struct DataFacts {
  /// Numbers in a row, where the file tells.
  package var columns: Int?
  /// Whether every number is x/255 of a byte x, and whether any may have an imaginary part.
  package var hasBytes = false
  package var isComplex = true
  /// Fields of a line of text, 0 where no line of names tells; nil: the file is an array.
  package var fields: Int? = 0
  /// Whether zeros complete short rows.
  package var pads = false
  /// Labels in the label file; nil: there is none.
  package var labels: Int?
  /// Samples in the file of targets; nil: there is none.
  package var targets: Int?
  /// Memory that reading holds outside the arena, bytes.
  package var outsideBytes = 0
  /// Classes of the prediction file's rows; nil: none is written.
  package var predictions = false

  package init(
    columns: Int? = nil, hasBytes: Bool = false, isComplex: Bool = true, fields: Int? = 0, pads: Bool = false,
    labels: Int? = nil, outsideBytes: Int = 0, predictions: Bool = false
  ) {
    self.columns = columns
    self.hasBytes = hasBytes
    self.isComplex = isComplex
    self.fields = fields
    self.pads = pads
    self.labels = labels
    self.outsideBytes = outsideBytes
    self.predictions = predictions
  }
}
