/// The terms of H, or of one of its two affine parts, as what they do to a basis state.
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

  /// Calls `body` with each basis state t that H connects to `state`, and with ⟨t|H|state⟩. H is real, symmetric, and
  /// has no diagonal: every term flips one qubit (X, Z X Z) or two neighbours (X X).
  @inline(__always)
  func forEachTarget(of state: Int, _ body: (_ target: Int, _ element: Double) -> Void) {
    let last = spins.qubits - 1
    let differ = spins.neighboursDiffer(state)
    for site in 0...last {
      let flipped = spins.flip(state, site)
      let hasCluster = boundary == .periodic || (site > 0 && site < last)
      let cluster = hasCluster ? (spins.bit(differ, site) ? -j : j) : 0
      body(flipped, -(h1 + cluster))
      if h2 != 0 && (boundary == .periodic || site < last) {
        body(spins.flip(flipped, site == last ? 0 : site + 1), -h2)
      }
    }
  }
}
