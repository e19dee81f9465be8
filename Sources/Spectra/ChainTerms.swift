/// The terms of H, or of one of its two affine parts, in the X basis: there X and X X are numbers, and a cluster term
/// Z X Z inverts two bits. So every term keeps ∏X, the parity of the bits.
struct ChainTerms {
  let spins: SpinConfiguration
  let boundary: Boundary
  let h1: Double
  let h2: Double
  let j: Double

  /// H at one h2.
  init(_ chain: ChainSpecification, h2: Double) {
    self.init(chain, h1: chain.h1, h2: h2, j: chain.j)
  }

  private init(_ chain: ChainSpecification, h1: Double, h2: Double, j: Double) {
    self.spins = SpinConfiguration(qubits: chain.qubits)
    self.boundary = chain.boundary
    self.h1 = h1
    self.h2 = h2
    self.j = j
  }

  /// A of H = A + h2 B: the field and the cluster terms.
  static func constantPart(_ chain: ChainSpecification) -> ChainTerms {
    ChainTerms(chain, h1: chain.h1, h2: 0, j: chain.j)
  }

  /// B of H = A + h2 B: −Σ X_i X_{i+1}.
  static func linearPart(_ chain: ChainSpecification) -> ChainTerms { ChainTerms(chain, h1: 0, h2: 1, j: 0) }

  /// ⟨state| −Σ (h1 X_i + h2 X_i X_{i+1}) |state⟩.
  @inline(__always)
  func diagonal(_ state: Int) -> Double {
    let isPeriodic = boundary == .periodic
    let bonds = isPeriodic ? spins.qubits : spins.qubits - 1
    // Without its bit 0, which stands for the bond between both ends, for an open chain.
    let walls = isPeriodic ? spins.domainWalls(state) : spins.domainWalls(state) & ~1
    let field = spins.qubits - 2 * state.nonzeroBitCount
    let alignment = bonds - 2 * walls.nonzeroBitCount
    return -(h1 * Double(field) + h2 * Double(alignment))
  }

  /// The sites i that have a cluster term −J Z_{i−1} X_i Z_{i+1}: it inverts the bits `spins.neighbours(i)` with the
  /// element −J, or J where bit i is set.
  var clusterSites: Range<Int> { boundary == .periodic ? 0..<spins.qubits : 1..<(spins.qubits - 1) }
}
