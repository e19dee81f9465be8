/// Labelled rows of numbers, handed out by index: stored bits need no matrix of Doubles. A fit passes over them again
/// and again, so each answer must be the same every time.
public protocol FeatureRows {
  var count: Int { get }

  /// The class of row `index`, 0 or 1; a share in between is the probability of class 1.
  func label(_ index: Int) -> Double

  /// Writes row `index`.
  /// - Parameter row: `[feature]`, as many as the fit was made for.
  func copy(_ index: Int, into row: UnsafeMutablePointer<Double>)
}
