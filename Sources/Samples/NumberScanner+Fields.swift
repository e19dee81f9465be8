/// Fields of a text with a header that are no numbers of a sample.
extension NumberScanner {
  enum Label: Equatable {
    /// nil: the field is empty.
    case label(Int?)
    case fault(TextFault, at: Int)
    case end
  }

  /// The next field as a label: an integer, clamped far beyond what any label is.
  mutating func nextLabel() -> Label {
    switch beginField() {
    case nil: break
    case .fault(let fault, let place)?: return .fault(fault, at: place)
    case .end?, .number?, .notFinite?: return .end
    }
    if isAtEnd { return .label(nil) }
    let isQuoted = skip("\"")
    if isQuoted && skip("\"") { return isAtEnd ? .label(nil) : .fault(.quote, at: position) }
    let start = position
    let isNegative = skip("-")
    var value = 0
    let digits = position
    while position < line.count, line[position] &- UInt8(ascii: "0") < 10 {
      value = min(value, 1 << 58) * 10 + Int(line[position] - UInt8(ascii: "0"))
      position += 1
    }
    if position == digits { return .fault(.label, at: start) }
    if isQuoted && !skip("\"") || !isAtEnd { return .fault(.label, at: position) }
    return .label(isNegative ? -value : value)
  }

  /// Passes the next field, whatever it is, and its quotation marks; nil, or what is wrong, or the end.
  mutating func skipField() -> Step? {
    if let step = beginField() { return step }
    if skip("\"") {
      while position < line.count {
        // Two quotation marks stand for one.
        if skip("\"") && !skip("\"") { return isAtEnd ? nil : .fault(.quote, at: position) }
        if position < line.count, line[position] != UInt8(ascii: "\"") { position += 1 }
      }
      return .fault(.quote, at: position)
    }
    let commas = usesCommas ?? true
    while position < line.count, line[position] != UInt8(ascii: ","), commas || !isBlank(line[position]) {
      position += 1
    }
    return nil
  }
}
