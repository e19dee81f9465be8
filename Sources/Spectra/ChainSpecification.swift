/// How the two ends of the chain meet.
public enum Boundary: Sendable, Equatable {
  /// Site indices are taken modulo the number of qubits: every site has all three terms.
  case periodic
  /// Only terms that lie on the chain: n − 1 bonds X X, n − 2 terms Z X Z.
  ///
  /// The ground state of the whole space is not unique at h1 = 0, so a sector has to be stated. The operator
  /// V = Z Z Y Y Z Z Y Y … then commutes with H, and what it forces depends on the length:
  /// - n odd: V anticommutes with ∏X, so the lowest energies of ∏X = +1 and −1 are equal, exactly. Inside either
  ///   sector the state is unique for h2 ≠ 0.
  /// - n = 2, 6, 10, …: V commutes with ∏X but not with ∏X over every other site, so all levels are twofold *inside*
  ///   both sectors. There is no one ground state: `SpectrumError.degenerate`.
  /// - n = 4, 8, 12, …: V forces nothing; the state is unique in ∏X = +1. In ∏X = −1 reflection makes it twofold.
  /// - h2 = 0: twofold inside both sectors for every n (free spins at both ends).
  ///
  /// A field h1 > 0 leaves a unique state in ∏X = +1 for every n. All of this was seen in dense spectra for n = 3 … 11.
  case open
}

/// The eigenvalue of ∏X, the flip of every qubit.
public enum FlipParity: Int, Sendable {
  case plus = 1
  case minus = -1
}

/// The cluster-Ising chain H = −Σ_i (h1 X_i + h2 X_i X_{i+1} + J Z_{i−1} X_i Z_{i+1}) (arXiv 2603.21586, Eq. 11) as a
/// family in h2. Qubit i is bit i of a basis index (bit 0 least significant). Energies have the couplings' unit.
public struct ChainSpecification: Sendable, Equatable {
  /// Below three the neighbours of a site coincide; above twenty the tables of the sector leave no small host.
  public static let allowedQubits = 3...20
  public static let allowedBasisLimit = 1...64

  public var qubits: Int
  public var boundary: Boundary
  /// The ∏X sector. Required for an open chain. For a periodic one nil means: the sector of the ground state, which is
  /// found, and must be the same and not degenerate over the whole range.
  public var parity: FlipParity?
  public var h1: Double
  public var j: Double
  public var h2Range: ClosedRange<Double>
  /// The most dimensions that the reduced basis may have; memory is planned for this many (or for the whole sector
  /// where that is smaller). The basis stops growing when it is good enough.
  public var basisLimit: Int
  /// The largest ‖Hψ − Eψ‖ that a state of the family may have, in units of the largest coupling.
  public var residualTolerance: Double
  /// What states are to tell besides; nil: nothing. `gap` takes a table, and the time to solve for it.
  public var target: ChainTarget?

  /// - Parameter basisLimit: nil takes what was measured to suffice at h1 = 0: 16 up to n = 15 and 20 up to n = 20
  ///   where the range is no wider than 0.4 |J|, else 32 (the whole phase diagram, h2/J in 0 … 2, took 25 at n = 15).
  public init(
    qubits: Int, boundary: Boundary = .periodic, parity: FlipParity? = nil, h1: Double = 0, j: Double = 1,
    h2Range: ClosedRange<Double> = 0.8...1.2, basisLimit: Int? = nil, residualTolerance: Double = 1e-9
  ) {
    self.qubits = qubits
    self.boundary = boundary
    self.parity = parity
    self.h1 = h1
    self.j = j
    self.h2Range = h2Range
    let narrow = h2Range.upperBound - h2Range.lowerBound <= 0.4 * j.magnitude * (1 + 1e-9)
    self.basisLimit = basisLimit ?? (narrow ? (qubits <= 15 ? 16 : 20) : 32)
    self.residualTolerance = residualTolerance
  }

  /// 1 in the symmetry-protected topological phase, |h2 / J| < 1, else 0.
  public func label(h2: Double) -> Int { h2.magnitude < j.magnitude ? 1 : 0 }

  /// The largest coupling of the family: the unit of every tolerance.
  public var couplingScale: Double {
    max(h1.magnitude, j.magnitude, h2Range.lowerBound.magnitude, h2Range.upperBound.magnitude)
  }

  /// The largest ‖Hψ − Eψ‖ that a state of the family may have, in the couplings' unit.
  public var largestAllowedResidual: Double { residualTolerance * couplingScale }

  /// How far a state of the family may be from the true one, as its residual / the gap tells (Davis–Kahan).
  public var largestAllowedStateError: Double { 100 * residualTolerance }

  /// - Throws: `SpectrumError`, for anything that can be refused without computing.
  func validate() throws(SpectrumError) {
    guard Self.allowedQubits.contains(qubits) else {
      throw .qubitsOutOfRange(given: qubits, allowed: Self.allowedQubits)
    }
    let couplings = [("h1", h1), ("j", j), ("h2 minimum", h2Range.lowerBound), ("h2 maximum", h2Range.upperBound)]
    for (name, value) in couplings where !(value.magnitude <= Self.largestCoupling) {
      throw .couplingOutOfRange(name: name, given: value, largest: Self.largestCoupling)
    }
    if couplingScale < Self.smallestScale {
      throw .couplingsVanish(largest: couplingScale, smallest: Self.smallestScale)
    }
    if boundary == .open && parity == nil { throw .openNeedsParity }
    guard Self.allowedBasisLimit.contains(basisLimit) else {
      throw .basisLimitOutOfRange(given: basisLimit, allowed: Self.allowedBasisLimit)
    }
    if target == .order && (h1 != 0 || j == 0) { throw .orderNeedsClusterTerms(h1: h1, j: j) }
    guard residualTolerance >= 1e-12 && residualTolerance.isFinite else {
      throw .residualToleranceOutOfRange(given: residualTolerance, smallest: 1e-12)
    }
  }

  /// Couplings beyond these bounds would overflow or underflow in squared norms.
  static let largestCoupling = 1e100
  static let smallestScale = 1e-100

  /// An upper bound of ‖H‖ over the range: the sum of the magnitudes of all terms.
  var normBound: Double {
    Double(qubits)
      * (h1.magnitude + j.magnitude + max(h2Range.lowerBound.magnitude, h2Range.upperBound.magnitude))
  }
}
