import Batches
import Settings

/// What an evaluation is held to, and what it missed.
public struct QualityGate: Sendable, Equatable {
  /// Why a gate is not met.
  public enum Miss: Sendable, Equatable {
    /// The lower end of the accuracy's 95 % interval is below the minimum; nil: there are no labels.
    case accuracy(lower: Double?, minimum: Double)
    /// The upper end of the RMSE's 95 % interval is above the maximum; nil: there are no targets.
    case rmse(upper: Double?, maximum: Double)
    /// Too large a share of the answers has a confidence below the threshold.
    case lowConfidence(share: Double, maximum: Double, threshold: Double)
    /// The predicted classes, or a regression's outputs, are distributed otherwise than those of the model's own test.
    case drift(DriftTest, significance: Double)
  }

  /// In the order of the settings.
  public let misses: [Miss]

  public var passed: Bool { misses.isEmpty }

  public init(misses: [Miss]) { self.misses = misses }

  /// That of a regression; otherwise as below.
  public init?(
    _ settings: EvaluationSettings, score: RegressionScore?, drift: DriftTest?, needsTargets: Bool
  ) {
    var (misses, isJudged) = ([Miss](), false)
    if let maximum = settings.maximumRMSE, score != nil || needsTargets {
      isJudged = true
      // A single sample has no interval, and meets no gate.
      let upper = score.map { $0.all.rmse.interval?.upper ?? .infinity }
      if !((upper ?? .infinity) <= maximum) { misses.append(.rmse(upper: upper, maximum: maximum)) }
    }
    if let significance = settings.driftSignificance, let drift {
      isJudged = true
      if drift.p < significance { misses.append(.drift(drift, significance: significance)) }
    }
    if !isJudged { return nil }
    self.misses = misses
  }

  /// - Parameters:
  ///   - settings: the gate's minimum, maximum and significance, and the threshold of confidence.
  ///   - needsLabels: whether samples without labels miss a minimum of accuracy, or are not held to it.
  /// - Returns: nil where nothing is judged: without a gate, or where the data have nothing that it is about.
  public init?(
    _ settings: EvaluationSettings, accuracy: Proportion?, lowConfidence: Proportion, drift: DriftTest?,
    needsLabels: Bool
  ) {
    var (misses, isJudged) = ([Miss](), false)
    if let minimum = settings.minimumAccuracy, accuracy != nil || needsLabels {
      isJudged = true
      let lower = accuracy?.interval.lower
      if (lower ?? -1) < minimum { misses.append(.accuracy(lower: lower, minimum: minimum)) }
    }
    if let maximum = settings.maximumLowConfidence, lowConfidence.trials > 0 {
      isJudged = true
      if lowConfidence.value > maximum {
        misses.append(
          .lowConfidence(
            share: lowConfidence.value, maximum: maximum, threshold: settings.confidenceThreshold))
      }
    }
    if let significance = settings.driftSignificance, let drift {
      isJudged = true
      if drift.p < significance { misses.append(.drift(drift, significance: significance)) }
    }
    if !isJudged { return nil }
    self.misses = misses
  }
}
