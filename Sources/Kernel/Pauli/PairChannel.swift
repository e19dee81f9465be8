/// What happens to two qubits, as a Pauli transfer matrix on 16 letters; a pair of letters stands at
/// 4 · (the control's) + (the target's), otherwise as `QubitChannel`.
public struct PairChannel: Sendable, BitwiseCopyable {
  /// `[16][16]`, row by row.
  private var entries = InlineArray<256, Double>(repeating: 0)
  /// Whether letters I, Z of either qubit become X, Y or the other way round: then rows of a Pauli vector are mixed,
  /// which is slow.
  public private(set) var mixesRows = false
  /// Whether, of what stays within a row, letters only lose Zs (I out of Z, X out of Y), as relaxation does it.
  private(set) var onlyLosesSigns = true
  /// Whether letters become others at all.
  private(set) var hasOffDiagonal = false

  /// Nothing happens.
  @_noAllocation
  public init() {
    var letters = 0
    while letters < 16 {
      entries[17 * letters] = 1
      letters += 1
    }
  }

  /// Both channels, each on its own qubit.
  @_noAllocation
  public init(control: QubitChannel, target: QubitChannel) {
    var row = 0
    while row < 16 {
      var column = 0
      while column < 16 {
        set(row, column, control.entry(row / 4, column / 4) * target.entry(row % 4, column % 4))
        column += 1
      }
      row += 1
    }
  }

  @_noAllocation
  public func entry(_ row: Int, _ column: Int) -> Double { entries[16 * row + column] }

  /// An entry of a channel in memory: `pointee.entry` would copy all of them first.
  @inline(__always)
  static func entry(_ row: Int, _ column: Int, of channel: UnsafePointer<PairChannel>) -> Double {
    // The entries are what the value begins with.
    UnsafeRawPointer(channel).assumingMemoryBound(to: Double.self)[16 &* row &+ column]
  }

  @_noAllocation
  public mutating func set(_ row: Int, _ column: Int, _ value: Double) {
    entries[16 * row + column] = value
    if value != 0 && row != column { classify(row, column) }
  }

  private mutating func classify(_ row: Int, _ column: Int) {
    hasOffDiagonal = true
    let sameControl = Letter.flips(row / 4) == Letter.flips(column / 4)
    let sameTarget = Letter.flips(row % 4) == Letter.flips(column % 4)
    if !sameControl || !sameTarget { mixesRows = true }
    // The transpose takes row letters to column letters.
    if PairChannel.signs(column) & ~PairChannel.signs(row) != 0 { onlyLosesSigns = false }
  }

  /// Which of the two letters have a Z in X^flip · Z^sign: bit 1 the control's, bit 0 the target's.
  private static func signs(_ letters: Int) -> Int {
    (letters / 4 >= 2 ? 2 : 0) | (letters % 4 >= 2 ? 1 : 0)
  }

  /// ρ → (1 − p) ρ + p I/4 ⊗ tr_pair ρ (PAPER.md section 10): every string that touches the pair shrinks by 1 − p.
  @_noAllocation
  public static func depolarizing(_ probability: Double) -> PairChannel {
    var channel = PairChannel()
    var letters = 1
    while letters < 16 {
      channel.set(letters, letters, 1 - probability)
      letters += 1
    }
    return channel
  }

  /// This one first, then the other.
  @_noAllocation
  public func then(_ other: PairChannel) -> PairChannel {
    var result = PairChannel()
    var row = 0
    while row < 16 {
      var column = 0
      while column < 16 {
        var sum = 0.0
        var k = 0
        while k < 16 {
          sum += other.entry(row, k) * entry(k, column)
          k += 1
        }
        result.set(row, column, sum)
        column += 1
      }
      row += 1
    }
    return result
  }
}
