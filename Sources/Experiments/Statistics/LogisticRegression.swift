import Training

/// Logistic regression of two classes on p features and an intercept, by Newton's method with step halving on memory
/// that the caller lends. Nothing is allocated and nothing thrown.
///
/// It minimises Σ [log(1 + e^η) − y η] + ½ · 10⁻⁶ · count · ‖w‖² with η = w · z + b and z the features moved and
/// scaled to mean 0 and variance 1; ‖w‖² includes b². The penalty keeps the answer finite where the classes can be
/// separated or one of them is absent, and costs others nothing that matters. Since it is on z, the predictions do
/// not depend on the features' units.
///
/// - A feature whose spread is below 10⁻¹² of its mean is constant and gets the coefficient 0.
/// - Coefficients are returned for the features as they were given.
public struct LogisticRegression: ~Copyable {
  public enum Status: Sendable, Equatable {
    case converged
    /// The coefficients are finite and the best so far.
    case iterationLimit
    case noRows
    /// A feature is not finite, or a label not within 0…1; all coefficients are 0.
    case invalidRow
  }

  public struct Fit: Sendable, Equatable {
    public let status: Status
    /// Newton steps taken.
    public let iterations: Int
  }

  static let ridge = 1e-6

  public let features: Int
  /// `[feature]`, then the intercept. 0 before the first fit.
  public let coefficients: UnsafeMutablePointer<Double>

  /// `[feature]`, then 1 for the intercept: a row as z.
  let row: UnsafeMutablePointer<Double>
  /// `[feature]`
  let mean: UnsafeMutablePointer<Double>
  /// `[feature]`: 1 / standard deviation, or 0 for a constant.
  let scale: UnsafeMutablePointer<Double>
  /// For the coefficients of z.
  let newton: DampedNewton

  var size: Int { features + 1 }

  /// How many Doubles the coefficients take.
  public static func coefficientCount(features: Int) -> Int { features + 1 }

  /// How many Doubles fitting takes beside the coefficients.
  public static func workspaceCount(features: Int) -> Int {
    3 * (features + 1) + DampedNewton.workspaceCount(size: features + 1)
  }

  /// - Parameters:
  ///   - features: p ≥ 1.
  ///   - coefficients: `coefficientCount(features:)`.
  ///   - workspace: `workspaceCount(features:)`; in use whenever a method runs, free in between.
  public init(
    features: Int, coefficients: UnsafeMutablePointer<Double>, workspace: UnsafeMutablePointer<Double>
  ) {
    precondition(features >= 1, "logistic regression takes at least one feature")
    let size = features + 1
    self.features = features
    self.coefficients = coefficients
    row = workspace
    mean = workspace + size
    scale = workspace + 2 * size
    newton = DampedNewton(size: size, workspace: workspace + 3 * size)
    coefficients.update(repeating: 0, count: size)
  }

  /// Fits anew; what was fitted before has no influence.
  public func fit<Rows: FeatureRows>(_ rows: Rows) -> Fit {
    coefficients.update(repeating: 0, count: size)
    if rows.count <= 0 { return Fit(status: .noRows, iterations: 0) }
    guard standardise(rows) else { return Fit(status: .invalidRow, iterations: 0) }
    newton.point.update(repeating: 0, count: size)
    let outcome = newton.minimise(tolerance: 1e-12 * Double(rows.count), fullSteps: 1) { derivatives(rows, at: $0) }
    unstandardise()
    return Fit(status: outcome.isConverged ? .converged : .iterationLimit, iterations: outcome.iterations)
  }

  /// The logarithm of the odds of class 1: w · x + b.
  /// - Parameter features: `[feature]`.
  public func logit(_ features: UnsafePointer<Double>) -> Double {
    var sum = coefficients[self.features]
    var i = 0
    while i < self.features {
      sum += coefficients[i] * features[i]
      i += 1
    }
    return sum
  }

  /// Class 1 where the logit is above 0, else class 0.
  public func predictedClass(_ features: UnsafePointer<Double>) -> Int { logit(features) > 0 ? 1 : 0 }

  /// How many rows are given to the class that their label, rounded at ½, names.
  public func correct<Rows: FeatureRows>(_ rows: Rows) -> Int {
    var correct = 0
    var index = 0
    while index < rows.count {
      rows.copy(index, into: row)
      if predictedClass(row) == (rows.label(index) > 0.5 ? 1 : 0) { correct += 1 }
      index += 1
    }
    return correct
  }
}
