/// How far a model's probabilities can be believed, and which classes it takes for which: of labelled samples.
public struct Calibration: Sendable, Equatable {
  /// Expected calibration error (Naeini et al., AAAI 2015): Σ share · |accuracy − mean confidence| over bins of equal
  /// width of the answer's probability, of which there are `bins`.
  public let expectedError: Double
  /// The mean of Σ_j (p_j − y_j)² with y 1 at the label and 0 elsewhere (Brier 1950): 0 to 2.
  public let brierScore: Double
  /// `[label][answer]`
  public let confusion: [[Int]]
  /// nil for more than two classes, or where one has no sample.
  public let rocArea: ROCArea?

  public static let bins = 15

  public init(expectedError: Double, brierScore: Double, confusion: [[Int]], rocArea: ROCArea?) {
    self.expectedError = expectedError
    self.brierScore = brierScore
    self.confusion = confusion
    self.rocArea = rocArea
  }
}

/// The area under the receiver operating characteristic of two classes: the probability that a sample of class 1 has a
/// larger logit difference than one of class 0, where equal ones count half.
public struct ROCArea: Sendable, Equatable {
  public let value: Double
  /// How far the exact area is off at most: differences are counted in a histogram, and those of one bucket as equal.
  public let error: Double

  public init(value: Double, error: Double) {
    self.value = value
    self.error = error
  }
}
