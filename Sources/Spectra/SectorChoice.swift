/// Finds the sector of the ground state, and proves that nothing outside it lies lower.
struct SectorChoice {
  let chain: ChainSpecification
  let buffers: GroundStateBuffers

  /// The ends and the middle: where sectors are compared.
  private var probes: [Double] {
    let (lower, upper) = (chain.h2Range.lowerBound, chain.h2Range.upperBound)
    return lower == upper ? [lower] : [lower, lower + (upper - lower) / 2, upper]
  }

  /// The sector of the stated parity, or else the one whose lowest level at the middle of the range is lower.
  func solver() throws(SpectrumError) -> SectorSolver {
    if let parity = chain.parity { return try solver(parity) }
    let h2 = probes[probes.count / 2]
    // Levels alone: whether one is single is asked of the sector taken, where it matters.
    let plus = try solver(.plus).lowestLevel(h2: h2)
    let minusSolver = try solver(.minus)
    return try minusSolver.lowestLevel(h2: h2) < plus ? minusSolver : solver(.plus)
  }

  private func solver(_ parity: FlipParity) throws(SpectrumError) -> SectorSolver {
    let basis = ParityBasis(spins: SpinConfiguration(qubits: chain.qubits), parity: parity)
    let sector = SymmetrySector(
      basis: basis, orbits: buffers.orbits.map { TranslationOrbits(basis, $0) }, diagonal: buffers.diagonal)
    var dense: SectorSolver.Dense?
    if let memory = buffers.dense {
      dense = SectorSolver.Dense(solver: try DenseEigenSolver(size: sector.dimension), memory: memory)
    }
    return SectorSolver(
      chain: chain, sector: sector, state: buffers.state, image: buffers.image, dense: dense,
      lanczos: buffers.lanczos?.recurrence, start: buffers.lanczos?.start)
  }

  /// Compares the family with the lowest level outside its sector at the ends and in the middle of the range: outside
  /// altogether, or inside ∏X where a parity was stated (an open chain then has nothing outside).
  /// - Parameter energy: of the family at an h2.
  /// - Throws: `SpectrumError.groundStateOutsideSector`, `.degenerateOutsideSector`, `.notConverged`.
  func checkOutside(_ sector: SymmetrySector, energy: (_ h2: Double) -> Double) throws(SpectrumError) {
    guard chain.boundary == .periodic else { return }
    let tolerance = SectorSolver.degeneracyTolerance(chain)
    let parities: [FlipParity] = chain.parity.map { [$0] } ?? [.plus, .minus]
    for h2 in probes {
      let inside = energy(h2)
      var gap = Double.infinity
      for parity in parities { gap = min(gap, try distance(from: inside, to: parity, outside: sector, h2: h2)) }
      if gap < -tolerance / 4 {
        throw .groundStateOutsideSector(h2: h2, sectorEnergy: inside, lowerEnergy: inside + gap)
      }
      if gap <= tolerance { throw .degenerateOutsideSector(h2: h2, gap: gap, tolerance: tolerance) }
    }
  }

  /// How far the lowest level of one ∏X, without the sector's own, lies above `energy`.
  private func distance(
    from energy: Double, to parity: FlipParity, outside sector: SymmetrySector, h2: Double
  ) throws(SpectrumError) -> Double {
    guard let (recurrence, start) = buffers.lanczos else { preconditionFailure("a ring without Lanczos vectors") }
    let basis = ParityBasis(spins: sector.basis.spins, parity: parity)
    let outside = OutsideOperator(
      whole: ParityOperator(ChainTerms(chain, h2: h2), basis, diagonal: buffers.diagonal),
      removed: parity == sector.basis.parity ? sector.orbits : nil)
    fill(start, with: .nextLevel, outside.dimension)
    outside.project(start)
    return try recurrence.distance(
      from: energy, toLowestOf: outside, start: start, resolution: SectorSolver.degeneracyTolerance(chain) / 4, h2: h2)
  }
}
