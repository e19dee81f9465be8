import Budget
import Kernel
import Settings
import Spectra

/// Ground states of the spin chain as a source of samples: each is a handful of coefficients until it is expanded into
/// its lane.
package struct ChainMemory {
  package let specification: ChainSpecification
  package let format: LaneFormat
  package let threads: Int
  private let family: GroundStateReservations
  private let sector: ScalarReservation
  /// The most coefficients that a state can have; buffers of samples are planned with it.
  package var coefficientLimit: Int { family.basisLimit }

  /// - Parameter target: what a regression is to tell of a state; nil: states are classified.
  /// - Throws: `SessionError.spectrum`.
  package init(
    _ data: DataSettings, qubits: Int, target: ChainTarget? = nil, format: LaneFormat, threads: Int,
    in planner: inout Planner
  ) throws(SessionError) {
    if !(data.h2Minimum <= data.h2Maximum) {
      throw .setting(
        name: "data.h2", given: "[\(data.h2Minimum), \(data.h2Maximum)]", allowed: "the smaller value first")
    }
    var chain = ChainSpecification(
      qubits: qubits, boundary: data.boundary, parity: data.parity, h1: data.h1, j: data.j,
      h2Range: data.h2Minimum...data.h2Maximum)
    chain.target = target
    specification = chain
    self.format = format
    self.threads = threads
    do { family = try GroundStateFamily.reserve(specification, in: &planner) } catch { throw .spectrum(error) }
    sector = planner.reserve(
      "sector coordinates",
      [Extent("threads", threads), Extent("sector states", family.sectorDimension), Extent("lanes", format.lanes)],
      singlePrecision: format.precision == .float32, lifetime: Lifetime(.teach, through: .run), owner: "Batches")
  }

  /// Computes the family: everything before the seal.
  package func bind(_ arena: borrowing Arena, progress: Progress) throws(SessionError) -> ChainFeed {
    do {
      let limit = family.basisLimit
      let built = try GroundStateFamily(family, arena: arena) { snapshots, residual in
        progress.update("ground states", done: snapshots, of: limit, value: residual)
      }
      return ChainFeed(
        family: built, format: format, sector: arena.bytes(sector),
        sectorBytes: family.sectorDimension * format.vectorBytes)
    } catch { throw .spectrum(error) }
  }
}

/// Draws and expands ground states; allocates nothing, but for the basis.
package final class ChainFeed {
  package let family: GroundStateFamily
  private let lanes: Int
  private let expansion: SectorExpansion
  private let sector: UnsafeMutableRawPointer
  private let sectorBytes: Int
  package private(set) var largestResidual = 0.0
  /// Of the states drawn: how far from the true ones they are, at most.
  package var largestStateError: Double { largestResidual / family.smallestGap }

  /// R: how many numbers a sample is.
  package var coefficients: Int { family.basisDimension }

  fileprivate init(family: GroundStateFamily, format: LaneFormat, sector: UnsafeMutableRawPointer, sectorBytes: Int) {
    self.family = family
    self.sector = sector
    self.sectorBytes = sectorBytes
    lanes = format.lanes
    expansion = SectorExpansion(
      format: format, amplitudes: 1 << family.specification.qubits, sectorDimension: family.sectorDimension,
      basisDimension: family.basisDimension, basis: family.basis, index: family.sectorIndex,
      scale: family.sectorScale)
  }

  /// So many samples with h2 uniform in the family's range.
  /// - Parameters:
  ///   - states: `[sample][coefficient]`, filled.
  ///   - labels: `[sample]`, filled; 0 in a regression. nil: nobody needs them.
  ///   - values: `[sample]`, filled with a regression's targets; nil: nobody needs them.
  /// - Returns: nil, or the first ground state that missed the tolerance.
  package func draw(
    _ stream: RandomStream, _ count: Int, into states: UnsafeMutablePointer<Double>,
    labels: UnsafeMutablePointer<Int32>?, values: UnsafeMutablePointer<Double>? = nil
  ) -> FailedState? {
    let specification = family.specification
    let range = specification.h2Range
    var i = 0
    while i < count {
      let h2 = stream.uniform(range.lowerBound, range.upperBound)
      let state = family.groundState(h2: h2, coefficients: states + i * coefficients)
      largestResidual = max(largestResidual, state.residual)
      labels?[i] = specification.target == nil ? Int32(specification.label(h2: h2)) : 0
      if let values, let target = specification.target {
        values[i] = family.value(of: target, h2: h2, state, coefficients: states + i * coefficients)
      }
      if !(state.residual <= specification.largestAllowedResidual) {
        return FailedState(h2: h2, residual: state.residual)
      }
      i += 1
    }
    return nil
  }

  package struct FailedState {
    package let h2: Double
    package let residual: Double
  }

  package func error(_ failed: FailedState) -> SessionError {
    .residual(h2: failed.h2, residual: failed.residual, tolerance: family.specification.largestAllowedResidual)
  }

  /// Expands a group's samples, `[lane][coefficient]`, into a thread's input.
  package func expand(_ samples: UnsafePointer<Double>, thread: Int, into input: UnsafeMutableRawPointer) {
    expansion.expand(coefficients: samples, sector: sector + thread * sectorBytes, into: input)
  }

  /// The groups of the basis itself.
  package var basisGroups: Int { (coefficients + lanes - 1) / lanes }

  /// Expands a group of the basis: its vector k has the coefficients e_k. Allocates.
  package func expandBasis(group: Int, into input: UnsafeMutableRawPointer) {
    var unit = [Double](repeating: 0, count: lanes * coefficients)
    for lane in 0..<min(lanes, coefficients - group * lanes) { unit[lane * coefficients + group * lanes + lane] = 1 }
    expand(unit, thread: 0, into: input)
  }

  /// Expands the basis into `[group]` states.
  /// - Parameters:
  ///   - bytes: of a state.
  ///   - compressor: what each group passes then; nil: nothing.
  package func expandBasis(into states: UnsafeMutableRawPointer, bytes: Int, compressor: AutoencoderCircuit? = nil) {
    for group in 0..<basisGroups {
      expandBasis(group: group, into: states + group * bytes)
      compressor?.encode(states + group * bytes)
    }
  }
}
