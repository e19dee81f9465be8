import Files

/// A static array of numbers that a linker places in flash.
///
/// `@section` makes the compiler refuse what it cannot lay out itself. Of a constant (`let`) it hands out the address
/// of a copy on the stack, of a variable its own: so tables are variables in a section of constants, which nothing
/// writes.
struct SwiftTable {
  private let name: String
  private let shape: String
  private let type: String
  private let numbers: [String]
  private let row: Int

  /// Of longer ones the compiler says that they are no constants.
  static let longestRow = 1024

  private init(_ name: String, _ shape: String, type: String, _ numbers: [String], row: Int?) {
    self.name = name
    self.shape = shape
    self.type = type
    self.row = row ?? numbers.count
    self.numbers = numbers
  }

  init(_ name: String, _ shape: String, _ numbers: [Float], row: Int? = nil) {
    self.init(name, shape, type: "Float", numbers.map { JSON.numberText(Double("\($0)") ?? 0) }, row: row)
  }

  init(_ name: String, _ shape: String, _ numbers: [Double]) {
    self.init(name, shape, type: "Double", numbers.map { JSON.numberText($0) }, row: nil)
  }

  init(_ name: String, _ shape: String, _ numbers: [UInt32], row: Int? = nil) {
    self.init(name, shape, type: "UInt32", numbers.map { "\($0)" }, row: row)
  }

  init(_ name: String, _ shape: String, _ numbers: [UInt64]) {
    self.init(name, shape, type: "UInt64", numbers.map { "0x" + String($0, radix: 16) }, row: nil)
  }

  /// - Parameter section: the last part of its section's name.
  func text(section: String) -> String {
    let rows = stride(from: 0, to: numbers.count, by: row).map { numbers[$0..<min($0 + row, numbers.count)] }
    let type = "InlineArray<\(row), \(self.type)>"
    let head = """
      /// \(shape)
      @section(".rodata.\(section)")
      nonisolated(unsafe) private var \(name): \(rows.count > 1 ? "InlineArray<\(rows.count), \(type)>" : type) = [
      """
    let lines = rows.map { row in
      let lines = Self.wrapped(row)
      return rows.count > 1 ? "  [\n\(lines)\n  ]," : lines
    }
    return head + "\n" + lines.joined(separator: "\n") + "\n]"
  }

  private static func wrapped(_ numbers: ArraySlice<String>) -> String {
    var lines = [" "]
    for number in numbers {
      if lines[lines.count - 1].utf8.count + number.utf8.count > 110 { lines.append(" ") }
      lines[lines.count - 1] += " " + number + ","
    }
    return lines.joined(separator: "\n")
  }
}
