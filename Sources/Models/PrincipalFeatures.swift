import Kernel

/// How raw rows become bits before they are encoded (PAPER.md section 4): bit k is 1 where
/// (row − mean) · component k > threshold.
public struct PrincipalFeatures: Sendable, Equatable {
  /// `[column]`, of the training data.
  public let mean: [Double]
  /// `[component][column]`, orthonormal, the largest variance first; of each the element of largest magnitude is
  /// positive.
  public let components: [Double]
  public let threshold: Double

  public var columns: Int { mean.count }
  public var count: Int { components.count / mean.count }

  /// - Precondition: at least one column; whole components.
  public init(mean: [Double], components: [Double], threshold: Double) {
    precondition(
      !mean.isEmpty && components.count.isMultiple(of: mean.count), "components of another length")
    self.mean = mean
    self.components = components
    self.threshold = threshold
  }
}

extension Encoder {
  /// Whether features have to be 0 or 1.
  public var takesBits: Bool { self == .phase || self == .basis }
}
