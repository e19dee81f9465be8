/// A share of samples with its 95 % Wilson score interval.
public struct Proportion: Sendable, Equatable {
  public let successes: Int
  public let trials: Int

  public init(successes: Int, trials: Int) {
    self.successes = successes
    self.trials = trials
  }

  public var value: Double { trials == 0 ? .nan : Double(successes) / Double(trials) }

  /// Wilson's score interval at 95 % (z = 1.959964); the whole of [0, 1] without trials.
  public var interval: (lower: Double, upper: Double) {
    if trials == 0 { return (0, 1) }
    let (n, p, z) = (Double(trials), value, 1.959963984540054)
    let centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    let half = z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
    return (max(0, centre - half), min(1, centre + half))
  }
}
