import Budget

/// The reservations of a family as memory. Shapes stand at the reservations.
struct GroundStateBuffers {
  let sectorIndex: UnsafeMutablePointer<UInt32>
  let sectorScale: UnsafeMutablePointer<Double>
  let diagonal: UnsafeMutablePointer<Double>
  /// nil for an open chain.
  let orbits: TranslationOrbits.Memory?
  let basis: UnsafeMutablePointer<Double>
  let residualFactor: UnsafeMutablePointer<Double>
  let problem: ReducedProblem
  /// nil unless the gap is asked for.
  let gaps: GapTable?
  let columns: UnsafeMutablePointer<Double>
  let images: UnsafeMutablePointer<Double>
  let state: UnsafeMutablePointer<Double>
  let image: UnsafeMutablePointer<Double>
  /// nil in a large sector.
  let dense: SectorSolver.DenseMemory?
  /// nil in a small sector of an open chain.
  let lanczos: (recurrence: Lanczos, start: UnsafeMutablePointer<Double>)?

  init(_ reservations: GroundStateReservations, _ arena: borrowing Arena) {
    sectorIndex = memory(reservations.sectorIndex, arena)
    sectorScale = memory(reservations.sectorScale, arena)
    diagonal = memory(reservations.diagonal, arena)
    if let index = reservations.orbitIndex, let representatives = reservations.representatives,
      let scale = reservations.orbitScale, let targets = reservations.clusterTargets,
      let signed = reservations.signedAmplitudes
    {
      orbits = TranslationOrbits.Memory(
        index: memory(index, arena), representatives: memory(representatives, arena), scale: memory(scale, arena),
        targets: memory(targets, arena), signed: memory(signed, arena))
    } else {
      orbits = nil
    }
    basis = memory(reservations.basis, arena)
    residualFactor = memory(reservations.residualFactor, arena)
    problem = ReducedProblem(
      constant: memory(reservations.reducedConstant, arena), linear: memory(reservations.reducedLinear, arena),
      limit: reservations.basisLimit, matrix: memory(reservations.reducedMatrix, arena),
      vectors: memory(reservations.reducedVectors, arena), values: memory(reservations.reducedValues, arena))
    gaps = reservations.gaps.map { GapTable(values: memory($0, arena), range: reservations.chain.h2Range) }
    columns = memory(reservations.columns, arena)
    images = memory(reservations.images, arena)
    state = memory(reservations.state, arena)
    image = memory(reservations.image, arena)
    if let matrix = reservations.denseMatrix, let vectors = reservations.denseVectors,
      let values = reservations.denseValues
    {
      dense = SectorSolver.DenseMemory(
        matrix: memory(matrix, arena), vectors: memory(vectors, arena), values: memory(values, arena))
    } else {
      dense = nil
    }
    if let vectors = reservations.lanczosVectors, let coefficients = reservations.lanczosCoefficients {
      let (dimension, steps) = (reservations.lanczosDimension, reservations.lanczosSteps)
      let vector = memory(vectors, arena)
      let row = memory(coefficients, arena)
      let recurrence = Lanczos(
        previous: vector, current: vector + dimension, next: vector + 2 * dimension, diagonal: row,
        offDiagonal: row + steps, downward: row + 2 * steps, upward: row + 3 * steps, weights: row + 4 * steps,
        stepLimit: steps)
      lanczos = (recurrence, vector + 3 * dimension)
    } else {
      lanczos = nil
    }
  }
}

private func memory<Element>(
  _ reservation: Reservation<Element>, _ arena: borrowing Arena
) -> UnsafeMutablePointer<Element> {
  guard let start = arena.buffer(reservation).baseAddress else {
    preconditionFailure("an arena's buffer always has an address")
  }
  return start
}
