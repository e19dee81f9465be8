/// The states that every symmetry of the chain leaves alone up to a stated sign: momentum 0 for a periodic chain, and
/// ∏X = parity. A coordinate s stands for one orbit of basis states under the symmetries:
/// |s⟩ = Σ_{i in orbit s} scale[i] |i⟩, scale[i] = ±1/√(orbit size). So a sector vector a has the amplitudes
/// amplitude[i] = scale[i] · a[index[i]].
struct SymmetrySector {
  let spins: SpinConfiguration
  let parity: FlipParity
  let dimension: Int
  /// [2^n] the orbit of a basis state; 0 where the sector has nothing of it.
  let index: UnsafeMutablePointer<UInt32>
  /// [2^n] the amplitude of a basis state in its orbit; 0 where the sector has nothing of it.
  let scale: UnsafeMutablePointer<Double>
  /// [dimension] the smallest basis state of each orbit, ascending.
  let representatives: UnsafeMutablePointer<UInt32>

  private static let unvisited = UInt32.max

  /// Fills the tables.
  /// - Precondition: `index` and `scale` hold 2^n elements, `representatives` holds `dimension(of:parity:)`.
  init(
    _ chain: ChainSpecification, parity: FlipParity, index: UnsafeMutablePointer<UInt32>,
    scale: UnsafeMutablePointer<Double>, representatives: UnsafeMutablePointer<UInt32>
  ) {
    let spins = SpinConfiguration(qubits: chain.qubits)
    let translations = chain.boundary == .periodic ? chain.qubits : 1
    index.update(repeating: Self.unvisited, count: spins.count)
    var found = 0
    for first in 0..<spins.count where index[first] == Self.unvisited {
      // The orbit is walked twice: to mark and count it, then to fill in what the count decides.
      var size = 0
      var survives = true
      Self.forEachImage(of: first, spins, translations) { state, flipped in
        let sign: Double = flipped ? Double(parity.rawValue) : 1
        if index[state] == Self.unvisited {
          index[state] = UInt32(found)
          scale[state] = sign
          size += 1
        } else if scale[state] != sign {
          // One symmetry gives the state back with the sign −1: the sum over the orbit cancels.
          survives = false
        }
      }
      let amplitude = survives ? 1 / Double(size).squareRoot() : 0
      Self.forEachImage(of: first, spins, translations) { state, flipped in
        index[state] = survives ? UInt32(found) : 0
        scale[state] = flipped ? Double(parity.rawValue) * amplitude : amplitude
      }
      if survives {
        representatives[found] = UInt32(first)
        found += 1
      }
    }
    self.spins = spins
    self.parity = parity
    self.dimension = found
    self.index = index
    self.scale = scale
    self.representatives = representatives
  }

  /// Every image of a basis state under the translations and the flip, each as often as symmetries lead to it.
  private static func forEachImage(
    of first: Int, _ spins: SpinConfiguration, _ translations: Int, _ body: (_ state: Int, _ flipped: Bool) -> Void
  ) {
    var state = first
    for _ in 0..<translations {
      body(state, false)
      body(spins.flipAll(state), true)
      state = spins.translate(state)
    }
  }

  /// The number of orbits that survive, without enumerating them (Burnside's lemma with the sector's character):
  /// (1/2t) Σ over t translations a of [fixed(T^a) + parity · fixed(T^a ∏X)]. T^a moves bits in gcd(a, n) cycles of
  /// length n / gcd; a configuration is fixed by T^a ∏X when its bits alternate along cycles of even length.
  static func dimension(of chain: ChainSpecification, parity: FlipParity) -> Int {
    guard chain.boundary == .periodic else { return 1 << (chain.qubits - 1) }
    var fixed = 0
    for shift in 0..<chain.qubits {
      let cycles = greatestCommonDivisor(shift, chain.qubits)
      fixed += 1 << cycles
      if (chain.qubits / cycles).isMultiple(of: 2) { fixed += parity.rawValue << cycles }
    }
    return fixed / (2 * chain.qubits)
  }

  /// Writes the 2^n amplitudes of the sector vector `coordinates`.
  func expand(_ coordinates: UnsafePointer<Double>, into amplitudes: UnsafeMutablePointer<Double>) {
    for state in 0..<spins.count { amplitudes[state] = scale[state] * coordinates[Int(index[state])] }
  }
}

private func greatestCommonDivisor(_ first: Int, _ second: Int) -> Int {
  var (a, b) = (first, second)
  while b != 0 { (a, b) = (b, a % b) }
  return a
}
