/// H on all amplitudes, restricted to what a sector leaves out: the complement of a momentum-0 sector, either in the
/// whole space or within one ∏X sector. Its lowest level tells whether the sector holds the ground state.
struct OutsideOperator: SymmetricOperator {
  let terms: ChainTerms
  let sector: SymmetrySector
  /// Stay inside the sector's own ∏X.
  let withinParity: Bool
  /// [sector.dimension]
  let coordinates: UnsafeMutablePointer<Double>

  var dimension: Int { sector.spins.count }

  func apply(_ input: UnsafePointer<Double>, _ output: UnsafeMutablePointer<Double>) {
    terms.apply(input, output)
    project(output)
  }

  /// Removes everything that does not belong to the complement.
  func project(_ amplitudes: UnsafeMutablePointer<Double>) {
    if withinParity {
      let parity = Double(sector.parity.rawValue)
      for state in 0..<(dimension / 2) {
        let partner = sector.spins.flipAll(state)
        let kept = (amplitudes[state] + parity * amplitudes[partner]) / 2
        amplitudes[state] = kept
        amplitudes[partner] = parity * kept
      }
    }
    coordinates.update(repeating: 0, count: sector.dimension)
    for state in 0..<dimension {
      coordinates[Int(sector.index[state])] += sector.scale[state] * amplitudes[state]
    }
    for state in 0..<dimension {
      amplitudes[state] -= sector.scale[state] * coordinates[Int(sector.index[state])]
    }
  }
}
