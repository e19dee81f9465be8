import Files

/// The line of names with which a text may begin, and what its columns are for.
///
/// Names stand between commas; where there is none between tabs, or else between blanks. Quotation marks may stand
/// around a name, two of them for one inside.
struct TextHeader {
  enum Role: Equatable {
    /// Its place among the numbers of a row.
    case number(Int)
    case label
    case none
  }

  /// A longer line is no line of names.
  static let largestBytes = 1 << 20
  private static let pieceBytes = 4096

  /// `[column of the file]`
  let roles: [Role]
  /// Numbers of a row.
  let numbers: Int
  /// The name of the column of labels.
  let label: String?
  /// Lines up to this one.
  let lines: Int
  let usesCommas: Bool?

  /// Looks at the first line that is more than a comment, and passes it where it is one of names.
  /// - Returns: nil where there is none.
  /// - Throws: `SampleError.header`, and what reading throws.
  static func read(_ stream: inout ByteStream, _ form: TextForm) throws(SampleError) -> TextHeader? {
    let header: TextHeader? = form.header == false ? nil : try find(&stream, form)
    if header == nil && (form.header == true || form.names) { throw .header(.missing) }
    return header
  }

  private static func find(_ stream: inout ByteStream, _ form: TextForm) throws(SampleError) -> TextHeader? {
    var (start, lines, searched) = (0, 0, 0)
    while start <= largestBytes {
      guard let end = stream.front[searched...].firstIndex(of: UInt8(ascii: "\n")) else {
        searched = stream.front.count
        if form.header == nil && TextLine.namesNothing(stream.front[start...], isFirst: start == 0) { return nil }
        try stream.lookFurther(pieceBytes)
        if stream.front.count == searched || searched > largestBytes { return nil }
        continue
      }
      lines += 1
      let line = TextLine.content(stream.front[start..<end], isFirst: start == 0)
      if line.isEmpty {
        (start, searched) = (end + 1, end + 1)
        continue
      }
      if line.first == UInt8(ascii: "<") { throw .foreign(ForeignFormat.markup) }
      let header = try TextHeader(line, lines: lines, form)
      if header != nil { stream.skipFront(end + 1) }
      return header
    }
    return nil
  }

  /// nil where the line is one of numbers.
  private init?(_ line: ArraySlice<UInt8>, lines: Int, _ form: TextForm) throws(SampleError) {
    let comma = TextLine.fields(line, separator: UInt8(ascii: ","))
    let tab = TextLine.fields(line, separator: 0x09)
    let fields = comma.count > 1 ? comma : tab.count > 1 ? tab : TextLine.fields(line, separator: 0x20)
    let names = fields.compactMap(TextLine.name)
    if form.header == nil {
      let isJSON = [UInt8(ascii: "{"), UInt8(ascii: "[")].contains(line.first!)
      if isJSON || names.count < fields.count || !TextLine.areNames(names) {
        // Names that pandas gives to columns that have none.
        if names.count > 2 && names == (0..<names.count).map(String.init) { throw .header(.numbers(lines)) }
        return nil
      }
    }
    guard names.count == fields.count else { throw .header(.notText(lines)) }
    func place(_ name: String) throws(SampleError) -> Int {
      let places = names.indices.filter { names[$0] == name }
      guard places.count == 1 else { throw .header(.column(name, times: places.count, names: names)) }
      return places[0]
    }
    var roles = [Role](repeating: .none, count: names.count)
    if form.columns.isEmpty {
      for index in names.indices { roles[index] = .number(index) }
    } else {
      for (index, name) in form.columns.enumerated() { roles[try place(name)] = .number(index) }
    }
    if !form.labelColumn.isEmpty {
      let index = try place(form.labelColumn)
      if !form.columns.isEmpty && roles[index] != .none { throw .header(.labelAmongNumbers(form.labelColumn)) }
      roles[index] = .label
    }
    if form.columns.isEmpty {
      var number = 0
      for index in roles.indices where roles[index] != .label {
        roles[index] = .number(number)
        number += 1
      }
    }
    self.roles = roles
    self.lines = lines
    numbers = roles.count { if case .number = $0 { true } else { false } }
    label = form.labelColumn.isEmpty ? nil : form.labelColumn
    usesCommas = fields.count == 1 ? nil : comma.count > 1
  }
}

/// Why a line of names is not used; lines count from 1.
public enum HeaderFault: Sendable, Equatable {
  /// Names are asked for, and there are none.
  case missing
  /// `0,1,2,…` may be names or a sample.
  case numbers(Int)
  /// Another number of columns than a sample has numbers.
  case count(given: Int, expected: Int)
  /// A name that is not text.
  case notText(Int)
  case column(String, times: Int, names: [String])
  /// The column of labels is asked for as a number, too.
  case labelAmongNumbers(String)
}
