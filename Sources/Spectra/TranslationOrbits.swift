/// The states of momentum 0 in one ∏X of a periodic chain. A coordinate o stands for one orbit of X-basis states under
/// translations, |o⟩ = scale[o] Σ_{x in orbit o} |x⟩ with scale[o] = 1/√(orbit size).
struct TranslationOrbits {
  let basis: ParityBasis
  let count: Int
  private let memory: Memory

  struct Memory {
    /// [2^(n−1)] the orbit of each state of the basis.
    let index: UnsafeMutablePointer<UInt32>
    /// [count] the first state of each orbit.
    let representatives: UnsafeMutablePointer<UInt32>
    /// [count]
    let scale: UnsafeMutablePointer<Double>
    /// [count][n] where the cluster term at each site leads from the representative: 2 · orbit + bit of the site.
    /// Twenty qubits have 26,272 orbits at most, which leaves that bit.
    let targets: UnsafeMutablePointer<UInt16>
    /// [count][2] scratch: an amplitude of each orbit's states, and its negative, as `targets` count them.
    let signed: UnsafeMutablePointer<Double>
  }

  private static let unvisited = UInt32.max

  /// Fills the tables; `index` is scratch, and free again afterwards.
  init(_ basis: ParityBasis, _ memory: Memory) {
    let spins = basis.spins
    memory.index.update(repeating: Self.unvisited, count: basis.count)
    var found = 0
    for first in 0..<basis.count where memory.index[first] == Self.unvisited {
      memory.representatives[found] = UInt32(basis.state(first))
      var size = 0
      Self.forEachTranslate(of: basis.state(first), spins) { state in
        memory.index[basis.index(state)] = UInt32(found)
        size += 1
      }
      memory.scale[found] = 1 / Double(size).squareRoot()
      found += 1
    }
    for orbit in 0..<found {
      let state = Int(memory.representatives[orbit])
      for site in 0..<spins.qubits {
        let target = memory.index[basis.index(state ^ spins.neighbours(site))]
        memory.targets[orbit * spins.qubits + site] = UInt16(2 * Int(target) + spins.bit(state, site))
      }
    }
    self.basis = basis
    self.count = found
    self.memory = memory
  }

  @inline(__always)
  private static func forEachTranslate(of first: Int, _ spins: SpinConfiguration, _ body: (_ state: Int) -> Void) {
    var state = first
    repeat {
      body(state)
      state = spins.translate(state)
    } while state != first
  }

  /// output = H · input in the coordinates of the orbits, [count] each. H maps them to themselves, so the image is
  /// known from its amplitudes at the representatives.
  func apply(_ terms: ChainTerms, _ input: UnsafePointer<Double>, _ output: UnsafeMutablePointer<Double>) {
    let sites = terms.j == 0 ? 0 : basis.spins.qubits
    for orbit in 0..<count {
      let amplitude = memory.scale[orbit] * input[orbit]
      memory.signed[2 * orbit] = amplitude
      memory.signed[2 * orbit + 1] = -amplitude
    }
    for orbit in 0..<count {
      let targets = memory.targets + orbit * basis.spins.qubits
      var sum = 0.0
      for site in 0..<sites { sum += memory.signed[Int(targets[site])] }
      let diagonal = terms.diagonal(Int(memory.representatives[orbit]))
      output[orbit] = diagonal * input[orbit] - terms.j * sum / memory.scale[orbit]
    }
  }

  /// Writes the amplitudes of all states of the basis.
  /// - Parameters:
  ///   - coordinates: [count]
  ///   - amplitudes: [2^(n−1)]
  func expand(_ coordinates: UnsafePointer<Double>, into amplitudes: UnsafeMutablePointer<Double>) {
    for orbit in 0..<count {
      let amplitude = memory.scale[orbit] * coordinates[orbit]
      Self.forEachTranslate(of: Int(memory.representatives[orbit]), basis.spins) {
        amplitudes[basis.index($0)] = amplitude
      }
    }
  }

  /// Removes what has momentum 0 from the amplitudes of all states of the basis: each orbit's mean.
  func removeMomentumZero(_ amplitudes: UnsafeMutablePointer<Double>) {
    for orbit in 0..<count {
      let first = Int(memory.representatives[orbit])
      var sum = 0.0
      Self.forEachTranslate(of: first, basis.spins) { sum += amplitudes[basis.index($0)] }
      let mean = sum * memory.scale[orbit] * memory.scale[orbit]
      Self.forEachTranslate(of: first, basis.spins) { amplitudes[basis.index($0)] -= mean }
    }
  }
}
