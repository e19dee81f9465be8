import Kernel
import Models

extension Measurement {
  /// The law of two logits' difference under shots, and the observables that it needs behind the logits.
  /// - Returns: nil unless two logits' strings are all measured together.
  package func shotLaw(_ shots: Int) -> (law: ShotLaw, moments: [Observable])? {
    guard constants.count == 2, settings.count <= 1 else { return nil }
    var moments: [Observable] = []
    func moment(_ i: Int, _ j: Int) -> ShotLaw.Moment {
      let (constant, rest) = product(i, j)
      guard let rest else { return ShotLaw.Moment(constant: constant, output: -1) }
      moments.append(rest)
      return ShotLaw.Moment(constant: constant, output: 1 + moments.count)
    }
    let law = ShotLaw(
      shots: shots, identities: (constants[0], constants[1]), first: moment(0, 0), mixed: moment(0, 1),
      second: moment(1, 1))
    return (law, moments)
  }
}
