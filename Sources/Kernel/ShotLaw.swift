import CSupport

/// How the difference of two logits scatters over the results of finitely many measurements: the loss becomes its mean
/// over that, so that a student learns the margin that few measurements need, not only the side.
///
/// Logits are l_j = s_j ⟨O_j⟩ + b_j; all strings are measured together, S times. One measurement gives O_j the value
/// o_j, and d = l_1 − l_0 is estimated with the variance
///
///   v = (s_0² ⟨A_0²⟩ − 2 s_0 s_1 ⟨A_0 A_1⟩ + s_1² ⟨A_1²⟩ − (s_1 ⟨A_1⟩ − s_0 ⟨A_0⟩)²) / S,
///
/// A_j being O_j without its multiple of the identity. Each second moment is a number and, where products of different
/// strings are left, an observable among the outputs behind the logits. Of the law of d, mean and variance are exact;
/// its shape is taken as Gaussian.
public struct ShotLaw: Sendable, Equatable {
  /// ⟨A_i A_j⟩ = `constant` + the output at `output`, or nothing more where that is −1.
  public struct Moment: Sendable, Equatable {
    public let constant: Double
    public let output: Int

    @_noAllocation
    public init(constant: Double, output: Int) {
      self.constant = constant
      self.output = output
    }

    fileprivate func value(_ outputs: UnsafePointer<Double>) -> Double {
      output < 0 ? constant : constant + outputs[output]
    }
  }

  /// S ≥ 1.
  public let shots: Double
  /// What multiples of the identity in O_0 and O_1 add to their expectations.
  public let identities: (Double, Double)
  public let first, mixed, second: Moment

  @_noAllocation
  public init(shots: Int, identities: (Double, Double), first: Moment, mixed: Moment, second: Moment) {
    self.shots = Double(shots)
    self.identities = identities
    self.first = first
    self.mixed = mixed
    self.second = second
  }

  /// The same law under another number of shots.
  @_noAllocation
  public func with(_ shots: Int) -> ShotLaw {
    ShotLaw(shots: shots, identities: identities, first: first, mixed: mixed, second: second)
  }

  @_noAllocation
  public static func == (left: ShotLaw, right: ShotLaw) -> Bool {
    left.shots == right.shots && left.identities == right.identities && left.first == right.first
      && left.mixed == right.mixed && left.second == right.second
  }
}

extension ShotLaw {
  /// A loss's mean and its slopes.
  struct Result {
    var loss = 0.0
    /// By l_1 − l_0, and by its standard deviation.
    var difference = 0.0
    var deviation = 0.0
    /// The standard deviation itself.
    var spread = 0.0
  }

  /// Nodes of the trapezoidal rule at a distance of 3/8 from −6 to 6, whose error for a Gaussian's mean of a logistic
  /// loss is e^(−2π²/(0.375 σ)), below that of the Gaussian shape itself.
  private static var nodes: Int { 33 }

  private func node(_ k: Int) -> Double { 0.375 * Double(k - ShotLaw.nodes / 2) }

  /// The mean of a loss of the logits, which depends on their difference alone.
  /// - Parameters:
  ///   - logits: `[2]`, exact; overwritten.
  ///   - spread: the standard deviation of their difference.
  ///   - slopes: `[outputs]`, overwritten.
  ///   - loss: gives the loss of the logits that stand there, and writes its slopes.
  func mean(
    _ logits: UnsafeMutablePointer<Double>, spread: Double, slopes: UnsafePointer<Double>, _ loss: () -> Double
  ) -> Result {
    var result = Result()
    result.spread = spread
    let (zero, one) = (logits[0], logits[1])
    var (sum, k) = (0.0, 0)
    while k < ShotLaw.nodes {
      let x = node(k)
      let weight = qkd_exp(-x * x / 2)
      sum += weight
      (logits[0], logits[1]) = (zero - spread * x / 2, one + spread * x / 2)
      result.loss += weight * loss()
      result.difference += weight * slopes[1]
      result.deviation += weight * slopes[1] * x
      k += 1
    }
    (logits[0], logits[1]) = (zero, one)
    result.loss /= sum
    result.difference /= sum
    result.deviation /= sum
    return result
  }

  /// The standard deviation of the logits' difference.
  func spread(_ expectations: UnsafePointer<Double>, _ scales: UnsafePointer<Double>) -> Double {
    let (s0, s1) = (scales[0], scales[1])
    let mean = s1 * (expectations[1] - identities.1) - s0 * (expectations[0] - identities.0)
    let square =
      s0 * s0 * first.value(expectations) - 2 * s0 * s1 * mixed.value(expectations)
      + s1 * s1 * second.value(expectations)
    return qkd_sqrt(max(0, square - mean * mean) / shots)
  }

  /// Replaces slopes by the logits with those by the expectations, and adds those by scales and biases.
  /// - Parameters:
  ///   - result: of `mean`, times the sample's weight.
  ///   - expectations: `[outputs]`.
  ///   - slopes: `[outputs]`, the result.
  func addSlopes(
    _ result: Result, _ expectations: UnsafePointer<Double>, _ readout: Readout, _ sums: GradientSums,
    into slopes: UnsafeMutablePointer<Double>
  ) {
    let (s0, s1) = (readout.scales[0], readout.scales[1])
    let (a0, a1) = (expectations[0] - identities.0, expectations[1] - identities.1)
    let mean = s1 * a1 - s0 * a0
    // By the variance times S; nothing scatters where it is 0.
    let variance = result.spread > 0 ? result.deviation / (2 * result.spread * shots) : 0
    let by0 = 2 * s0 * first.value(expectations) - 2 * s1 * mixed.value(expectations) + 2 * mean * a0
    let by1 = 2 * s1 * second.value(expectations) - 2 * s0 * mixed.value(expectations) - 2 * mean * a1
    sums.scales[0] += -result.difference * expectations[0] + variance * by0
    sums.scales[1] += result.difference * expectations[1] + variance * by1
    sums.biases[0] -= result.difference
    sums.biases[1] += result.difference
    var j = 2
    while j < readout.logits {
      slopes[j] = 0
      j += 1
    }
    slopes[0] = s0 * (-result.difference + variance * 2 * mean)
    slopes[1] = s1 * (result.difference - variance * 2 * mean)
    if first.output >= 0 { slopes[first.output] += variance * s0 * s0 }
    if mixed.output >= 0 { slopes[mixed.output] -= variance * 2 * s0 * s1 }
    if second.output >= 0 { slopes[second.output] += variance * s1 * s1 }
  }
}
