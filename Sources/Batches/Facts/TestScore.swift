/// What a model's test came to.
public enum TestScore: Sendable, Equatable {
  case accuracy(Proportion)
  /// Of a regression.
  case numbers(RegressionScore)

  /// nil of a regression.
  public var accuracy: Proportion? { if case .accuracy(let accuracy) = self { accuracy } else { nil } }

  /// nil of classes.
  public var numbers: RegressionScore? { if case .numbers(let score) = self { score } else { nil } }
}
