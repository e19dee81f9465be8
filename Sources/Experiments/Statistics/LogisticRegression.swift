import CGSL

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
  static let iterationLimit = 100

  public let features: Int
  /// `[feature]`, then the intercept. 0 before the first fit.
  public let coefficients: UnsafeMutablePointer<Double>

  /// `[feature]`, then 1 for the intercept: a row as z.
  let row: UnsafeMutablePointer<Double>
  /// `[feature]`
  let mean: UnsafeMutablePointer<Double>
  /// `[feature]`: 1 / standard deviation, or 0 for a constant.
  let scale: UnsafeMutablePointer<Double>
  /// `[coefficient]`, for z: where the search stands, and where it looks next.
  let current: UnsafeMutablePointer<Double>
  let candidate: UnsafeMutablePointer<Double>
  /// `[coefficient]`: the objective's gradient; then Newton's step, which is to be taken away.
  let gradient: UnsafeMutablePointer<Double>
  let step: UnsafeMutablePointer<Double>
  /// `[coefficient][coefficient]`: the lower triangle of the objective's second derivatives.
  let curvature: UnsafeMutablePointer<Double>

  var size: Int { features + 1 }

  /// How many Doubles the coefficients take.
  public static func coefficientCount(features: Int) -> Int { features + 1 }

  /// How many Doubles fitting takes beside the coefficients.
  public static func workspaceCount(features: Int) -> Int { (features + 1) * (features + 8) }

  /// - Parameters:
  ///   - features: p ≥ 1.
  ///   - coefficients: `coefficientCount(features:)`.
  ///   - workspace: `workspaceCount(features:)`; in use whenever a method runs, free in between.
  public init(
    features: Int, coefficients: UnsafeMutablePointer<Double>, workspace: UnsafeMutablePointer<Double>
  ) {
    precondition(features >= 1, "logistic regression takes at least one feature")
    qkd_gsl_errors_as_status()
    let size = features + 1
    self.features = features
    self.coefficients = coefficients
    row = workspace
    mean = workspace + size
    scale = workspace + 2 * size
    current = workspace + 3 * size
    candidate = workspace + 4 * size
    gradient = workspace + 5 * size
    step = workspace + 6 * size
    curvature = workspace + 7 * size
    coefficients.update(repeating: 0, count: size)
  }

  /// Fits anew; what was fitted before has no influence.
  public func fit<Rows: FeatureRows>(_ rows: Rows) -> Fit {
    coefficients.update(repeating: 0, count: size)
    if rows.count <= 0 { return Fit(status: .noRows, iterations: 0) }
    guard standardise(rows) else { return Fit(status: .invalidRow, iterations: 0) }
    let n = Double(rows.count)
    current.update(repeating: 0, count: size)
    candidate.update(repeating: 0, count: size)
    var objective = derivatives(rows, at: candidate)
    var iterations = 0
    var status = Status.iterationLimit
    while iterations < Self.iterationLimit, let decrement = newtonStep() {
      iterations += 1
      // Twice the gain that the step promises. Newton doubles the digits: past this the full step is the last.
      let isLast = decrement <= 1e-12 * n
      var length = 1.0
      var next = look(rows, length: length)
      while !isLast && !(next <= objective - 1e-4 * length * decrement) && length > 1e-9 {
        length /= 2
        next = look(rows, length: length)
      }
      guard next.isFinite && (isLast || next < objective) else { break }
      current.update(from: candidate, count: size)
      objective = next
      if isLast {
        status = .converged
        break
      }
    }
    unstandardise()
    return Fit(status: status, iterations: iterations)
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
