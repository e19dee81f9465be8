import Batches
import Files

extension NumberReport {
  /// The score of all outputs, how many samples have targets, and each output by itself.
  package var members: [(String, JSON)] {
    RegressionScore.members(score?.all) + [
      ("targets", .integer(score?.samples ?? 0)),
      (
        "outputs",
        .array(
          means.enumerated().map { output, mean in
            .object(RegressionScore.members(score?.outputs[output]) + [("mean", .number(mean))])
          })
      ),
    ]
  }
}

extension EvaluationReport {
  /// What a report of classes says of probabilities.
  package var confidenceMembers: [(String, JSON)] {
    [
      ("mean_confidence", .number(meanConfidence)), ("confidence_threshold", .number(confidenceThreshold)),
      ("low_confidence", .integer(lowConfidence.successes)),
      ("expected_calibration_error", .optional(calibration?.expectedError)),
      ("brier_score", .optional(calibration?.brierScore)),
      ("confusion", calibration.map { .array($0.confusion.map { .array($0.map(JSON.integer)) }) } ?? .null),
      ("roc_area", .optional(calibration?.rocArea?.value)),
      ("roc_area_error", .optional(calibration?.rocArea?.error)),
    ]
  }
}
