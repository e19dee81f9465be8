/// A channel on two qubits as Kraus operators; otherwise as `QubitKraus`.
public struct PairKraus: BitwiseCopyable, Sendable {
  /// `KrausSet`'s numbers; they come first, where `KrausTable` looks for them.
  private var numbers = InlineArray<768, Double>(repeating: 0)
  var traits = KrausTraits()

  /// Nothing happens: one operator, 1.
  @_noAllocation
  public init() { setIdentity() }

  /// - Parameters: `[operator][row][column]`, rows and columns at 2 · (the control's bit) + (the target's).
  /// - Precondition: `count` in 1 … 16; Σ K†K = 1.
  @_noAllocation
  public init(count: Int, real: UnsafePointer<Double>, imaginary: UnsafePointer<Double>) {
    setAll(count, real, imaginary)
  }

  public var count: Int { traits.count }

  @_noAllocation
  public func entry(_ index: Int, _ row: Int, _ column: Int) -> (real: Double, imaginary: Double) {
    let element = element(index, row, column)
    return (element.re, element.im)
  }
}

extension PairKraus: KrausSet {
  static var size: Int { 4 }
  func number(_ index: Int) -> Double { numbers[index] }
  mutating func setNumber(_ index: Int, _ value: Double) { numbers[index] = value }
}
