import CSupport
import Kernel
import Testing

/// The loss under shots, and its gradient by angles and readout.
@Suite struct ShotLawTests {
  private static let ansatz = Ansatz(qubits: 2, layers: 2, entangler: .linear, finalRotation: true)

  /// O_0 = 0.3 + Z_0 + ½ Z_1, O_1 = −Z_1; behind them A_0² − 1.25 = Z_0 Z_1 and A_0 A_1 + ½ = −Z_0 Z_1.
  private static let terms = [
    PauliTerm(weight: 0.3, x: 0, y: 0, z: 0, logit: 0), PauliTerm(weight: 1, x: 0, y: 0, z: 1, logit: 0),
    PauliTerm(weight: 0.5, x: 0, y: 0, z: 2, logit: 0), PauliTerm(weight: -1, x: 0, y: 0, z: 2, logit: 1),
    PauliTerm(weight: 1, x: 0, y: 0, z: 3, logit: 2), PauliTerm(weight: -1, x: 0, y: 0, z: 3, logit: 3),
  ]

  private static let law = ShotLaw(
    shots: 20, identities: (0.3, 0), first: .init(constant: 1.25, output: 2),
    mixed: .init(constant: -0.5, output: 3), second: .init(constant: 1, output: -1))

  private struct Case {
    var angles: [Double]
    var scales = [2.5, -1.7, 1, 1]
    var biases = [0.2, 0.1, 0, 0]
    let state: [Complex]
    var loss: Loss

    init(_ seed: UInt64, _ loss: Loss) {
      var random = Random(seed)
      angles = random.angles(ansatz.parameterCount)
      state = random.state(2)
      self.loss = loss
    }

    func gradient() -> Harness.Gradient {
      let harness = Harness(ansatz, .float64x1, observables: terms, logits: 4)
      for j in 0..<4 { (harness.scales[j], harness.biases[j]) = (scales[j], biases[j]) }
      harness.prepare(angles)
      harness.load([state])
      return harness.gradient(angles: angles, labels: [1], teacher: [[0.4, -1.1, 9, 9]], loss: loss, weight: 0.5)
    }

    /// Mean and standard deviation of l_1 − l_0 from 20 shots, by the probabilities of all outcomes.
    func difference() -> (mean: Double, deviation: Double) {
      let harness = Harness(ansatz, .float64x1, observables: terms, logits: 4)
      harness.prepare(angles)
      harness.load([state])
      let e = harness.forward()[0]
      let (z0, z1, both) = (e[0] - 0.3 + 0.5 * e[1], -e[1], e[2])
      var (mean, square) = (0.0, 0.0)
      for (a, b) in [(1.0, 1.0), (1, -1), (-1, 1), (-1, -1)] {
        let probability = (1 + a * z0 + b * z1 + a * b * both) / 4
        let value = scales[1] * -b + biases[1] - scales[0] * (0.3 + a + 0.5 * b) - biases[0]
        mean += probability * value
        square += probability * value * value
      }
      return (mean, qkd_sqrt((square - mean * mean) / 20))
    }
  }

  private static func loss(_ alpha: Double, _ direction: DistillationDirection = .studentFirst, _ law: ShotLaw? = law)
    -> Loss
  {
    Loss(distillationWeight: alpha, temperature: 2, direction: direction, hints: 2, hintWeight: 0, shots: law)
  }

  @Test(arguments: [DistillationDirection.studentFirst, .teacherFirst], [UInt64](1...4))
  func slopesAreDifferenceQuotients(_ direction: DistillationDirection, seed: UInt64) {
    let given = Case(seed, Self.loss(0.6, direction))
    let found = given.gradient()
    func quotient(_ path: WritableKeyPath<Case, [Double]>, _ index: Int) -> Double {
      var (up, down) = (given, given)
      up[keyPath: path][index] += 1e-5
      down[keyPath: path][index] -= 1e-5
      return (up.gradient().loss - down.gradient().loss) / 2e-5
    }
    for i in given.angles.indices { #expect(abs(quotient(\.angles, i) - found.angles[i]) < 1e-8, "angle \(i)") }
    for j in 0..<2 {
      #expect(abs(quotient(\.scales, j) - found.scales[j]) < 1e-8, "scale \(j)")
      #expect(abs(quotient(\.biases, j) - found.biases[j]) < 1e-8, "bias \(j)")
    }
    // Moments have no readout of their own.
    #expect(found.scales[2...] == [0, 0] && found.biases[2...] == [0, 0])
  }

  /// Of many shots it is the loss of exact values; of few it is larger, for the loss is convex.
  @Test func manyShotsAreExact() {
    let exact = Case(5, Self.loss(0, .studentFirst, nil)).gradient()
    let many = Case(5, Self.loss(0, .studentFirst, Self.law.with(1 << 40))).gradient()
    #expect(abs(exact.loss - many.loss) < 1e-9)
    for (left, right) in zip(exact.angles, many.angles) { #expect(abs(left - right) < 1e-8) }
    #expect(Case(5, Self.loss(0, .studentFirst, Self.law.with(10))).gradient().loss > exact.loss)
  }

  /// The mean over a Gaussian with the outcomes' own mean and variance, by sums on a fine grid.
  @Test(arguments: [UInt64](1...4)) func theMeanIsTheGaussians(seed: UInt64) {
    let given = Case(seed, Self.loss(0))
    let (mean, deviation) = given.difference()
    var (sum, weights) = (0.0, 0.0)
    for k in -4000...4000 {
      let x = Double(k) / 400
      let weight = qkd_exp(-x * x / 2)
      sum += weight * qkd_log(1 + qkd_exp(-(mean + deviation * x)))
      weights += weight
    }
    #expect(abs(given.gradient().loss - 0.5 * sum / weights) < 1e-8)
  }
}
