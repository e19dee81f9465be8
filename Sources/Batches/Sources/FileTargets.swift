import Models

/// Where a regression's targets stand: in a file of their own that was read, beside the rows, or in both, which then
/// say the same. Allocates nothing.
struct FileTargets {
  let outputs: Int
  /// Rows of the file; nil: there is none.
  let count: Int?
  /// That of the last row; nil: it has none.
  private(set) var current: UnsafePointer<Double>?
  /// `[row][output]`
  private let file: UnsafePointer<Double>?
  /// `[output]`
  private let beside: UnsafePointer<Double>

  /// - Parameters:
  ///   - file: `[row][output]`; nil: there is none.
  ///   - beside: `[output]`, where a row's own target is put when it is read.
  init(file: UnsafeMutableBufferPointer<Double>?, beside: UnsafeMutableBufferPointer<Double>) {
    outputs = beside.count
    count = file.map { $0.count / beside.count }
    self.file = file.flatMap { UnsafePointer($0.baseAddress) }
    self.beside = UnsafePointer(beside.baseAddress!)
  }

  /// Makes the target of a row the current one.
  /// - Parameter given: how many numbers stand beside the row; nil: there is no target.
  /// - Returns: what is wrong with it; nil: nothing.
  mutating func take(row: Int, beside given: Int?) -> RowProblem? {
    let own = file.map { $0 + row * outputs }
    current = own
    guard let given else { return nil }
    if given != outputs { return .targetCount(given: given, expected: outputs) }
    var output = 0
    while output < outputs {
      let value = beside[output]
      if !(value.magnitude <= Model.largestTarget) { return .target(value: value, allowed: Model.largestTarget) }
      if let own, own[output] != value { return .targetsDisagree }
      output += 1
    }
    current = own ?? beside
    return nil
  }
}
