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
    forEachTarget(of: state, sites: 0...(spins.qubits - 1), body)
  }

  /// The same for the terms in the middle of which, or at the lower end of which, these sites stand.
  @inline(__always)
  private func forEachTarget(
    of state: Int, sites: ClosedRange<Int>, _ body: (_ target: Int, _ element: Double) -> Void
  ) {
    let last = spins.qubits - 1
    let differ = spins.neighboursDiffer(state)
    for site in sites {
      let flipped = spins.flip(state, site)
      let hasCluster = boundary == .periodic || (site > 0 && site < last)
      let cluster = hasCluster ? (spins.bit(differ, site) ? -j : j) : 0
      body(flipped, -(h1 + cluster))
      if h2 != 0 && (boundary == .periodic || site < last) {
        body(spins.flip(flipped, site == last ? 0 : site + 1), -h2)
      }
    }
  }

  /// output = H · input, [2^n] each.
  ///
  /// A term on sites s … leaves runs of 2^(s − 1) amplitudes together, which are added as wholes; only the terms at the
  /// lowest three sites and around the end of the chain go amplitude by amplitude. Blocks of the output stay in the
  /// first-level cache until all terms are in.
  func apply(_ input: UnsafePointer<Double>, _ output: UnsafeMutablePointer<Double>) {
    let last = spins.qubits - 1
    let block = 1 << min(spins.qubits, 10)
    for start in stride(from: 0, to: spins.count, by: block) {
      for state in start..<(start + block) {
        var amplitude = 0.0
        forEachTarget(of: state, sites: 0...min(last, 2)) { amplitude += $1 * input[$0] }
        if last > 2 { forEachTarget(of: state, sites: last...last) { amplitude += $1 * input[$0] } }
        output[state] = amplitude
      }
      if last <= 3 { continue }
      for site in 3..<last {
        let run = min(block, 1 << (site - 1))
        for first in stride(from: start, to: start + block, by: run) {
          forEachTarget(of: first, sites: site...site) { addScaled($1, input + $0, to: output + first, run) }
        }
      }
    }
  }
}
