/// A channel on one qubit as Kraus operators, ρ → Σ K ρ K†, each with its K†K. Which operators, of the many sets that
/// make a channel, is the caller's choice: means over trajectories are the same, their spread is not.
public struct QubitKraus: BitwiseCopyable, Sendable {
  /// `KrausSet`'s numbers; they come first, where `KrausTable` looks for them.
  private var numbers = InlineArray<48, Double>(repeating: 0)
  var traits = KrausTraits()

  /// Nothing happens: one operator, 1.
  @_noAllocation
  public init() { setIdentity() }

  /// - Parameters: `[operator][row][column]`, rows and columns in the order |0⟩, |1⟩.
  /// - Precondition: `count` in 1 … 4; Σ K†K = 1.
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

  /// The rotations first, then the channel.
  init(_ block: RotationBlock, then channel: QubitKraus?) {
    let channel = channel ?? QubitKraus()
    while traits.count < channel.count {
      let k = traits.count
      var entry = 0
      while entry < 4 {
        let (row, column) = (entry / 2, entry % 2)
        let first = channel.element(k, row, 0) * block.entry(0, column)
        setElement(k, row, column, first.adding(channel.element(k, row, 1), times: block.entry(1, column)))
        entry += 1
      }
      countOperator()
    }
  }
}

extension QubitKraus: KrausSet {
  static var size: Int { 2 }
  func number(_ index: Int) -> Double { numbers[index] }
  mutating func setNumber(_ index: Int, _ value: Double) { numbers[index] = value }
}
