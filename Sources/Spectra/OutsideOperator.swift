/// H on all states of one ∏X, without those of momentum 0 where these are a sector's own. Its lowest level tells
/// whether the sector holds the ground state.
struct OutsideOperator: SymmetricOperator {
  let whole: ParityOperator
  /// nil: nothing is left out.
  let removed: TranslationOrbits?

  var dimension: Int { whole.dimension }

  func apply(_ input: UnsafePointer<Double>, _ output: UnsafeMutablePointer<Double>) {
    whole.apply(input, output)
    project(output)
  }

  /// Removes everything that does not belong to the complement.
  func project(_ amplitudes: UnsafeMutablePointer<Double>) { removed?.removeMomentumZero(amplitudes) }
}
