/// A symmetry sector in the Z basis, as states are expanded from it. A coordinate s stands for one orbit of basis
/// states under the symmetries: |s⟩ = Σ_{i in orbit s} scale[i] |i⟩, scale[i] = ±1/√(orbit size). So a sector vector a
/// has the amplitudes amplitude[i] = scale[i] · a[index[i]].
struct SectorTables {
  /// [2^n] the orbit of a basis state; 0 where the sector has nothing of it.
  let index: UnsafeMutablePointer<UInt32>
  /// [2^n] the amplitude of a basis state in its orbit; 0 where the sector has nothing of it.
  let scale: UnsafeMutablePointer<Double>
  private let spins: SpinConfiguration

  private static let unvisited = UInt32.max

  /// Fills the tables, [2^n] each.
  init(
    _ chain: ChainSpecification, parity: FlipParity, index: UnsafeMutablePointer<UInt32>,
    scale: UnsafeMutablePointer<Double>
  ) {
    let spins = SpinConfiguration(qubits: chain.qubits)
    let translations = chain.boundary == .periodic ? chain.qubits : 1
    index.update(repeating: Self.unvisited, count: spins.count)
    var found: UInt32 = 0
    for first in 0..<spins.count where index[first] == Self.unvisited {
      // The orbit is walked twice: to mark and count it, then to fill in what the count decides.
      var size = 0
      var survives = true
      Self.forEachImage(of: first, spins, translations) { state, flipped in
        let sign: Double = flipped ? Double(parity.rawValue) : 1
        if index[state] == Self.unvisited {
          index[state] = found
          scale[state] = sign
          size += 1
        } else if scale[state] != sign {
          // One symmetry gives the state back with the sign −1: the sum over the orbit cancels.
          survives = false
        }
      }
      let amplitude = survives ? 1 / Double(size).squareRoot() : 0
      Self.forEachImage(of: first, spins, translations) { state, flipped in
        index[state] = survives ? found : 0
        scale[state] = flipped ? Double(parity.rawValue) * amplitude : amplitude
      }
      if survives { found += 1 }
    }
    self.spins = spins
    self.index = index
    self.scale = scale
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

  /// Writes the coordinates of a sector vector whose amplitudes are known in the X basis.
  /// - Parameters:
  ///   - amplitudes: [2^(n−1)], of a `ParityBasis`; transformed in place.
  ///   - coordinates: every `stride`-th element is written.
  func transform(
    _ amplitudes: UnsafeMutablePointer<Double>, into coordinates: UnsafeMutablePointer<Double>, stride: Int
  ) {
    // ψ(z) = 2^(−n/2) Σ_x (−1)^(x·z) ψ(x). Each orbit's first state has the last bit 0, so that of x does not matter.
    walshHadamard(amplitudes, spins.count / 2)
    let factor = 1 / Double(spins.count).squareRoot()
    var orbit = 0
    for state in 0..<(spins.count / 2) where scale[state] != 0 && index[state] == orbit {
      coordinates[orbit * stride] = factor * amplitudes[state] / scale[state]
      orbit += 1
    }
  }
}

/// Sums over all pairs of indices x, z of a power of two: vector[z] = Σ_x (−1)^(x·z) vector[x].
private func walshHadamard(_ vector: UnsafeMutablePointer<Double>, _ count: Int) {
  var half = 1
  while half < count {
    for start in stride(from: 0, to: count, by: 2 * half) {
      for position in start..<(start + half) {
        let (even, odd) = (vector[position], vector[position + half])
        vector[position] = even + odd
        vector[position + half] = even - odd
      }
    }
    half *= 2
  }
}
