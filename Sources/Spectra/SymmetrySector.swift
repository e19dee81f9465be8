/// The states that every symmetry of the chain leaves alone up to a stated sign: ∏X = parity, and for a periodic chain
/// momentum 0. Its coordinates are those of translation orbits, or for an open chain the amplitudes of the X basis.
struct SymmetrySector {
  let basis: ParityBasis
  /// nil for an open chain.
  let orbits: TranslationOrbits?
  /// [2^(n−1)] scratch of one operator at a time.
  let diagonal: UnsafeMutablePointer<Double>

  var dimension: Int { orbits?.count ?? basis.count }

  /// H, or a part of it, in the sector's coordinates.
  func matrix(_ terms: ChainTerms) -> SectorOperator {
    if let orbits { return .orbits(orbits, terms) }
    return .amplitudes(ParityOperator(terms, basis, diagonal: diagonal))
  }

  /// Writes the 2^(n−1) amplitudes of a sector vector in the X basis.
  func expand(_ coordinates: UnsafePointer<Double>, into amplitudes: UnsafeMutablePointer<Double>) {
    if let orbits {
      orbits.expand(coordinates, into: amplitudes)
    } else {
      amplitudes.update(from: coordinates, count: basis.count)
    }
  }

  /// The number of states, without enumerating them (Burnside's lemma with the sector's character): (1/2t) Σ over t
  /// translations a of [fixed(T^a) + parity · fixed(T^a ∏X)], in the Z basis. T^a moves bits in gcd(a, n) cycles of
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
}

/// H, or one of its parts, in the coordinates of a symmetry sector.
enum SectorOperator: SymmetricOperator {
  case orbits(TranslationOrbits, ChainTerms)
  case amplitudes(ParityOperator)

  var dimension: Int {
    switch self {
    case .orbits(let orbits, _): orbits.count
    case .amplitudes(let matrix): matrix.dimension
    }
  }

  func apply(_ input: UnsafePointer<Double>, _ output: UnsafeMutablePointer<Double>) {
    switch self {
    case .orbits(let orbits, let terms): orbits.apply(terms, input, output)
    case .amplitudes(let matrix): matrix.apply(input, output)
    }
  }
}

private func greatestCommonDivisor(_ first: Int, _ second: Int) -> Int {
  var (a, b) = (first, second)
  while b != 0 { (a, b) = (b, a % b) }
  return a
}
