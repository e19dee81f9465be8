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
    let sector = SymmetrySector(
      chain, parity: parity, index: buffers.sectorIndex, scale: buffers.sectorScale,
      representatives: buffers.representatives)
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
    guard chain.boundary == .periodic, let (recurrence, start) = buffers.lanczos else { return }
    let tolerance = SectorSolver.degeneracyTolerance(chain)
    for h2 in probes {
      let outside = OutsideOperator(
        terms: ChainTerms(chain, h2: h2), sector: sector, withinParity: chain.parity != nil,
        coordinates: buffers.image)
      fill(start, with: .nextLevel, outside.dimension)
      outside.project(start)
      let inside = energy(h2)
      let gap = try recurrence.distance(
        from: inside, toLowestOf: outside, start: start, resolution: tolerance / 4, h2: h2)
      if gap < -tolerance / 4 {
        throw .groundStateOutsideSector(h2: h2, sectorEnergy: inside, lowerEnergy: inside + gap)
      }
      if gap <= tolerance { throw .degenerateOutsideSector(h2: h2, gap: gap, tolerance: tolerance) }
    }
  }
}
