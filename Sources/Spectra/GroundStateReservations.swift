import Budget

/// What a family of ground states keeps in the arena, as sizes alone. Made by `GroundStateFamily.reserve`.
public struct GroundStateReservations: Sendable {
  /// The states of the symmetry sector; where its ∏X is not stated, of the larger of both sectors.
  public let sectorDimension: Int
  /// The dimensions of the reduced basis that memory is planned for.
  public let basisLimit: Int

  let chain: ChainSpecification
  /// Up to this many states a sector is diagonalised densely.
  static let denseLimit = 128
  static let lanczosStepLimit = 1024
  static let owner = "Spectra"

  // While the family lives: what every sample and its expansion read.
  let sectorIndex: Reservation<UInt32>
  let sectorScale: Reservation<Double>
  let basis: Reservation<Double>
  let reducedConstant: Reservation<Double>
  let reducedLinear: Reservation<Double>
  let residualFactor: Reservation<Double>
  let reducedMatrix: Reservation<Double>
  let reducedVectors: Reservation<Double>
  let reducedValues: Reservation<Double>
  /// nil unless the gap is asked for.
  let gaps: Reservation<Double>?
  // While it is built.
  /// H's diagonal on all states of one ∏X; at the end, the amplitudes of one basis state after the other.
  let diagonal: Reservation<Double>
  // Translation orbits: nil for an open chain.
  let orbitIndex: Reservation<UInt32>?
  let representatives: Reservation<UInt32>?
  let orbitScale: Reservation<Double>?
  let clusterTargets: Reservation<UInt16>?
  let signedAmplitudes: Reservation<Double>?
  let columns: Reservation<Double>
  let images: Reservation<Double>
  let state: Reservation<Double>
  let image: Reservation<Double>
  // Dense: nil in a large sector.
  let denseMatrix: Reservation<Double>?
  let denseVectors: Reservation<Double>?
  let denseValues: Reservation<Double>?
  // Lanczos: nil in a small sector of an open chain. Vectors hold a sector's coordinates or, to look outside the
  // sector of a periodic chain, all amplitudes of one ∏X.
  let lanczosVectors: Reservation<Double>?
  let lanczosCoefficients: Reservation<Double>?
  let lanczosDimension: Int
  let lanczosSteps: Int

  /// Lanczos vectors: the recurrence's three and its start.
  static let lanczosVectorCount = 4
  /// Lanczos coefficients: two diagonals, two rows of pivots, the eigenvector.
  static let lanczosRowCount = 5

  init(_ chain: ChainSpecification, in planner: inout Planner) throws(SpectrumError) {
    try chain.validate()
    let parities: [FlipParity] = chain.parity.map { [$0] } ?? [.plus, .minus]
    let dimension = parities.map { SymmetrySector.dimension(of: chain, parity: $0) }.max() ?? 0
    let limit = min(chain.basisLimit, dimension)
    let isDense = dimension <= Self.denseLimit
    let amplitudes = 1 << chain.qubits
    self.chain = chain
    self.sectorDimension = dimension
    self.basisLimit = limit
    let built = Lifetime(.spectrum, through: .reduction)
    let spectrum = Lifetime(.spectrum, through: .spectrum)
    let reduction = Lifetime(.reduction, through: .reduction)
    let kept = Lifetime(.spectrum, through: .run)
    let expanded = Lifetime(.reduction, through: .run)

    func reserve<Element: BitwiseCopyable>(
      _ name: String, _ shape: [(String, Int)], _ element: Element.Type, _ lifetime: Lifetime
    ) -> Reservation<Element> {
      planner.reserve(
        name, shape.map { Extent($0.0, $0.1) }, of: element, lifetime: lifetime, owner: Self.owner)
    }
    sectorIndex = reserve("sector index", [("amplitudes", amplitudes)], UInt32.self, expanded)
    sectorScale = reserve("sector scale", [("amplitudes", amplitudes)], Double.self, expanded)
    basis = reserve(
      "reduced basis", [("sector states", dimension), ("basis states", limit)], Double.self, expanded)
    let square = [("basis states", limit), ("basis states", limit)]
    reducedConstant = reserve("reduced constant part", square, Double.self, kept)
    reducedLinear = reserve("reduced h2 part", square, Double.self, kept)
    residualFactor = reserve(
      "residual factor", [("basis images", 2 * limit), ("basis images", 2 * limit)], Double.self, expanded)
    reducedMatrix = reserve("reduced matrix", square, Double.self, kept)
    reducedVectors = reserve("reduced eigenvectors", square, Double.self, kept)
    reducedValues = reserve("reduced eigenvalues", [("basis states", limit)], Double.self, kept)
    gaps = chain.target == .gap ? reserve("gap table", [("points", GapTable.points)], Double.self, kept) : nil

    let states = ("sector states", dimension)
    let half = ("amplitudes", amplitudes / 2)
    diagonal = reserve("diagonal in the X basis", [half], Double.self, built)
    if chain.boundary == .periodic {
      orbitIndex = reserve("orbit index", [half], UInt32.self, spectrum)
      representatives = reserve("orbit representatives", [states], UInt32.self, built)
      orbitScale = reserve("orbit scale", [states], Double.self, built)
      clusterTargets = reserve("cluster targets", [states, ("sites", chain.qubits)], UInt16.self, built)
      signedAmplitudes = reserve("signed amplitudes", [states, ("signs", 2)], Double.self, built)
    } else {
      (orbitIndex, representatives, orbitScale, clusterTargets, signedAmplitudes) = (nil, nil, nil, nil, nil)
    }
    columns = reserve("basis columns", [("basis states", limit), states], Double.self, built)
    images = reserve("basis images", [("basis images", 2 * limit), states], Double.self, reduction)
    state = reserve("ground state", [states], Double.self, spectrum)
    image = reserve("ground state's image", [states], Double.self, spectrum)

    denseMatrix = isDense ? reserve("sector matrix", [states, states], Double.self, spectrum) : nil
    denseVectors = isDense ? reserve("sector eigenvectors", [states, states], Double.self, spectrum) : nil
    denseValues = isDense ? reserve("sector eigenvalues", [states], Double.self, spectrum) : nil

    lanczosDimension = amplitudes / 2
    lanczosSteps = min(Self.lanczosStepLimit, 2 * lanczosDimension)
    let needsLanczos = !isDense || chain.boundary == .periodic
    lanczosVectors =
      needsLanczos
      ? reserve("Lanczos vectors", [("vectors", Self.lanczosVectorCount), half], Double.self, spectrum) : nil
    lanczosCoefficients =
      needsLanczos
      ? reserve(
        "Lanczos coefficients", [("rows", Self.lanczosRowCount), ("steps", lanczosSteps)], Double.self, spectrum)
      : nil

    // Two at a time: the sector's and the reduced one, or those of both ∏X while the sector is being found.
    let largest = max(limit, isDense ? dimension : 0)
    planner.declareOutside(
      OutsideMemory(
        name: "GSL eigen-solver workspaces", formula: "2 × (4 vectors × states \(largest) × f64 8 B + struct)",
        bytes: 2 * DenseEigenSolver.workspaceBytes(largest), owner: Self.owner))
  }
}
