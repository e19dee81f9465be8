/// How far a regression's outputs are from their targets, with 95 % intervals that hold for many samples.
///
/// With e the residuals output − target, n samples and z = 1.96:
/// - MSE, the mean of e², has the normal interval MSE ± z · sd(e²)/√n; RMSE is its root, and so are the interval's
///   ends, the lower one at least 0.
/// - MAE, the mean of |e|, has the normal interval of a mean, its lower end at least 0.
/// - R² = 1 − Σ e² / Σ (t − t̄)² has the interval of the delta method: R² ± z · sd(ψ)/√n with
///   ψ = (e² − (1 − R²)(t − t̄)²) / var(t), the influence of a sample.
///
/// Standard deviations of e² and |e| have n − 1 in the denominator, those of ψ and var(t) have n.
public struct RegressionScore: Sendable, Equatable {
  /// A number and its interval; nil for a single sample.
  public struct Estimate: Sendable, Equatable {
    public let value: Double
    public let interval: Interval?

    public init(_ value: Double, _ interval: Interval?) {
      self.value = value
      self.interval = interval
    }
  }

  public struct Interval: Sendable, Equatable {
    public let lower, upper: Double

    public init(lower: Double, upper: Double) {
      self.lower = lower
      self.upper = upper
    }
  }

  /// Of one output, or of all.
  public struct Errors: Sendable, Equatable {
    /// RMSE and MAE, in the targets' unit.
    public let rmse, mae: Estimate
    /// nil where all targets are the same.
    public let r2: Estimate?

    public init(rmse: Estimate, mae: Estimate, r2: Estimate?) {
      self.rmse = rmse
      self.mae = mae
      self.r2 = r2
    }
  }

  /// Samples that have targets.
  public let samples: Int
  /// `[output]`
  public let outputs: [Errors]
  /// Of all outputs: e² and |e| of a sample are the means over its outputs. R² is the mean of the outputs', and half
  /// its interval the mean of the halves of theirs: at least as wide as it need be, however outputs depend on one
  /// another.
  public let all: Errors

  public static let z = 1.959963984540054

  public init(samples: Int, outputs: [Errors], all: Errors) {
    self.samples = samples
    self.outputs = outputs
    self.all = all
  }
}
