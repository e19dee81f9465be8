/// One weighted Pauli string of an observable. On bits of the amplitude's index the string is
/// i^phase · X^flips · Z^signs: it takes |i⟩ to i^phase · (−1)^|i ∧ signs| · |i ⊕ flips⟩ (Y = iXZ).
public struct PauliTerm: BitwiseCopyable, Sendable, Equatable {
  public var weight: Double
  public var flips: UInt32
  public var signs: UInt32
  /// The number of Y in the string, modulo 4.
  public var phase: UInt32
  /// The logit that the term contributes to.
  public var logit: UInt32

  /// - Parameters: `x`, `y`, `z` are disjoint masks of the bits on which the string has that Pauli matrix.
  @_noAllocation
  public init(weight: Double, x: UInt32, y: UInt32, z: UInt32, logit: Int) {
    self.weight = weight
    flips = x | y
    signs = z | y
    phase = UInt32(truncatingIfNeeded: y.nonzeroBitCount & 3)
    self.logit = UInt32(truncatingIfNeeded: logit)
  }

  var isDiagonal: Bool { flips == 0 }
}

/// The observables whose expectations are the logits: O_j = Σ weight · string, over the terms with logit j.
public struct Observables {
  public let logits: Int
  let terms: UnsafePointer<PauliTerm>
  let count: Int
  let hasDiagonal: Bool
  let hasNonDiagonal: Bool
  let lowestSingleBit: Int

  /// Borrows the terms. Those with X or Y are pulled back through the last layer's CNOTs, in place: CNOTs map Pauli
  /// strings to Pauli strings, so the state itself is never permuted for them.
  @_noAllocation
  public init(terms: UnsafeMutablePointer<PauliTerm>, count: Int, logits: Int, tables: CircuitTables) {
    var (diagonal, other) = (false, false)
    var lowest = tables.ansatz.qubits
    var t = 0
    while t < count {
      if terms[t].isDiagonal {
        diagonal = true
        let signs = terms[t].signs
        if signs.nonzeroBitCount == 1 { lowest = min(lowest, signs.trailingZeroBitCount) }
      } else {
        other = true
        if tables.endsEntangled {
          let signs = terms[t].signs
          terms[t].flips = tables.disentangled[Int(terms[t].flips)]
          terms[t].signs = Observables.transposed(signs, tables)
        }
      }
      t += 1
    }
    self.terms = UnsafePointer(terms)
    self.count = count
    self.logits = logits
    hasDiagonal = diagonal
    hasNonDiagonal = other
    lowestSingleBit = lowest
  }

  /// Aᵀ·mask: (−1)^|A(i) ∧ mask| = (−1)^|i ∧ Aᵀ mask|.
  private static func transposed(_ mask: UInt32, _ tables: CircuitTables) -> UInt32 {
    var result: UInt32 = 0
    var bit = 0
    while bit < tables.ansatz.qubits {
      let single = BasisIndex.single(bit)
      if BasisIndex.isOdd(tables.entangled[Int(single)], mask) { result |= single }
      bit += 1
    }
    return result
  }
}
