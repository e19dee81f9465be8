/// A board that sources are made for: its memory, and what the parts of a C source take there.
public struct Board: Sendable {
  public let name: String
  /// Bytes.
  public let flash, ram: Int
  /// What the C library keeps in RAM, bytes, with what it is copied from in flash.
  let libraryData: Int
  /// Bytes of code a part.
  let code: [CodePart: Double]
  /// Bytes of stack a part.
  let stack: [CodePart: Double]

  /// The same with other memory.
  public func with(flash: Int?, ram: Int?) -> Board {
    Board(
      name: name, flash: flash ?? self.flash, ram: ram ?? self.ram, libraryData: libraryData, code: code, stack: stack)
  }

  public static func named(_ name: String) -> Board? { all.first { $0.name == name } }
}

/// What a source needs on a board, bytes. Tables and what is static are exact. Code and stack are the compiler's: sums
/// over the source's parts, as fitted (`Board.all`).
public struct BoardNeeds: Sendable, Equatable {
  /// Code, the C library's functions and constants.
  public let flash: Int
  /// What is static, a sample and its logits.
  public let ram: Int
  public let stack: Int

  public init(_ source: DeviceSource, on board: Board) {
    func sum(_ bytes: [CodePart: Double]) -> Int {
      Int(source.parts.reduce(0.0) { $0 + Double($1.value) * (bytes[$1.key] ?? 0) }.rounded())
    }
    let data = source.isClassifier ? board.libraryData : 0
    flash = sum(board.code) + source.tableBytes + data
    ram = source.stateBytes + source.callerBytes + data
    stack = sum(board.stack)
  }

  /// The first memory that does not suffice; nil: all do.
  public func excess(on board: Board) -> (memory: String, needed: Int, available: Int)? {
    if flash > board.flash { return ("flash", flash, board.flash) }
    if ram + stack > board.ram { return ("RAM", ram + stack, board.ram) }
    return nil
  }
}
