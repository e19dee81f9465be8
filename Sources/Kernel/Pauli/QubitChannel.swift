import CSupport

/// What happens to one qubit, as a Pauli transfer matrix: with r_P = tr(ρP), r'_P = Σ_Q M_PQ r_Q, letters in the order
/// I, X, Y, Z. It preserves the trace where the first row is (1, 0, 0, 0); what else makes it physical,
/// `Devices` checks. In the Heisenberg picture observables are multiplied by the transpose.
public struct QubitChannel: Sendable, BitwiseCopyable {
  /// `[4][4]`, row by row.
  private var entries = InlineArray<16, Double>(repeating: 0)

  /// Nothing happens.
  @_noAllocation
  public init() {
    var letter = 0
    while letter < 4 {
      self.set(letter, letter, 1)
      letter += 1
    }
  }

  @_noAllocation
  public func entry(_ row: Int, _ column: Int) -> Double { entries[4 * row + column] }

  @_noAllocation
  public mutating func set(_ row: Int, _ column: Int, _ value: Double) { entries[4 * row + column] = value }

  /// ρ → (1 − p) ρ + p I/2 (PAPER.md section 10): X, Y and Z shrink by 1 − p.
  @_noAllocation
  public static func depolarizing(_ probability: Double) -> QubitChannel {
    var channel = QubitChannel()
    var letter = 1
    while letter < 4 {
      channel.set(letter, letter, 1 - probability)
      letter += 1
    }
    return channel
  }

  /// Thermal relaxation at zero temperature: populations decay to |0⟩ with e^(−t/T1), coherences with e^(−t/T2).
  /// - Parameters: all in one unit of time; an infinite T1 or T2 does not decay.
  /// - Precondition: time ≥ 0, 0 < T2 ≤ 2 T1.
  @_noAllocation
  public static func relaxation(time: Double, t1: Double, t2: Double) -> QubitChannel {
    let (population, coherence) = (qkd_exp(-time / t1), qkd_exp(-time / t2))
    var channel = QubitChannel()
    channel.set(1, 1, coherence)
    channel.set(2, 2, coherence)
    channel.set(3, 3, population)
    channel.set(3, 0, 1 - population)
    return channel
  }

  /// RX, RY, RZ by the angles of the half convention, in this order.
  @_noAllocation
  public static func rotation(x: Double, y: Double, z: Double) -> QubitChannel {
    let (x, y, z) = (Phase(x), Phase(y), Phase(z))
    var channel = QubitChannel()
    var column = 1
    while column < 4 {
      // A unit vector, turned about X, Y and Z.
      var v = (column == 1 ? 1.0 : 0, column == 2 ? 1.0 : 0, column == 3 ? 1.0 : 0)
      v = (v.0, x.cosine * v.1 - x.sine * v.2, x.sine * v.1 + x.cosine * v.2)
      v = (y.cosine * v.0 + y.sine * v.2, v.1, y.cosine * v.2 - y.sine * v.0)
      channel.set(1, column, z.cosine * v.0 - z.sine * v.1)
      channel.set(2, column, z.sine * v.0 + z.cosine * v.1)
      channel.set(3, column, v.2)
      column += 1
    }
    return channel
  }

  /// This one first, then the other.
  @_noAllocation
  public func then(_ other: QubitChannel) -> QubitChannel {
    var result = QubitChannel()
    var row = 0
    while row < 4 {
      var column = 0
      while column < 4 {
        var sum = 0.0
        var k = 0
        while k < 4 {
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

  /// Whether some letter of I, Z becomes one of X, Y or the other way round.
  var mixesRows: Bool { hasEntry { Letter.flips($0) != Letter.flips($1) && $2 != 0 } }

  /// Whether it does nothing.
  var isIdentity: Bool { !hasEntry { $2 != ($0 == $1 ? 1 : 0) } }

  /// - Parameter holds: of row, column and entry.
  private func hasEntry(where holds: (Int, Int, Double) -> Bool) -> Bool {
    var place = 0
    while place < 16 {
      if holds(place / 4, place % 4, entry(place / 4, place % 4)) { return true }
      place += 1
    }
    return false
  }
}

/// A letter of a Pauli string as a number, I, X, Y, Z from 0 on, and as two bits: X^flip · Z^sign up to a phase.
enum Letter {
  @inline(__always)
  static func of(flip: Int, sign: Int) -> Int { flip == 0 ? 3 &* sign : 1 &+ sign }

  @inline(__always)
  static func flips(_ letter: Int) -> Bool { letter == 1 || letter == 2 }
}
