/// Turns samples that are given in a reduced basis of a symmetry sector into states: first the sector's coordinates,
/// a_s = Σ_r basis[s][r] · c_r, then amplitude i = scale_i · a_index(i). All real.
public struct SectorExpansion {
  public let format: LaneFormat
  public let amplitudes: Int
  /// S: the sector's dimension, and R: the reduced basis's.
  public let sectorDimension: Int
  public let basisDimension: Int
  /// `[S][R]`
  public let basis: UnsafePointer<Double>
  /// `[amplitude]`
  public let index: UnsafePointer<UInt32>
  public let scale: UnsafePointer<Double>

  @_noAllocation
  public init(
    format: LaneFormat, amplitudes: Int, sectorDimension: Int, basisDimension: Int, basis: UnsafePointer<Double>,
    index: UnsafePointer<UInt32>, scale: UnsafePointer<Double>
  ) {
    self.format = format
    self.amplitudes = amplitudes
    self.sectorDimension = sectorDimension
    self.basisDimension = basisDimension
    self.basis = basis
    self.index = index
    self.scale = scale
  }

  /// - Parameters:
  ///   - coefficients: `[lane][R]`; zeros for a lane without a sample.
  ///   - sector: `[S][lane]` of the format's scalar, overwritten.
  ///   - state: `[amplitude][re, im][lane]`, the result.
  @_noAllocation
  public func expand(
    coefficients: UnsafePointer<Double>, sector: UnsafeMutableRawPointer, into state: UnsafeMutableRawPointer
  ) {
    dispatch(format, ExpansionJob(expansion: self, coefficients: coefficients, sector: sector, state: state))
  }
}

private struct ExpansionJob: LaneJob {
  let expansion: SectorExpansion
  let coefficients: UnsafePointer<Double>
  let sector: UnsafeMutableRawPointer
  let state: UnsafeMutableRawPointer

  func run<V: LaneVector>(_ vector: V.Type) {
    let coordinates = sector.assumingMemoryBound(to: V.self)
    fillSector(coordinates)
    let output = state.assumingMemoryBound(to: V.self)
    var i = 0
    while i < expansion.amplitudes {
      let scale = V(repeating: V.Scalar(rounding: expansion.scale[i]))
      output[2 &* i] = scale * coordinates[Int(expansion.index[i])]
      output[2 &* i &+ 1] = .zero
      i &+= 1
    }
  }

  private func fillSector<V: LaneVector>(_ coordinates: UnsafeMutablePointer<V>) {
    let r = expansion.basisDimension
    var s = 0
    while s < expansion.sectorDimension {
      var lane = 0
      while lane < V.lanes {
        let row = expansion.basis + s * r
        let c = coefficients + lane * r
        var sum = 0.0
        var k = 0
        while k < r {
          sum += row[k] * c[k]
          k &+= 1
        }
        coordinates[s].setLane(lane, V.Scalar(rounding: sum))
        lane &+= 1
      }
      s &+= 1
    }
  }
}
