import Batches
import Files

extension TrainingReport {
  /// What a regression's test came to, and its teacher's, as the members of a report.
  package func members(_ score: RegressionScore) -> [(String, JSON)] {
    RegressionScore.members(score.all) + [
      ("samples", .integer(score.samples)),
      ("outputs", .array(score.outputs.map { .object(RegressionScore.members($0)) })),
      ("teacher_rmse", .optional(teacher?.test?.numbers?.all.rmse.value)),
      ("teacher_training_rmse", .optional(teacher?.training.numbers?.all.rmse.value)),
    ]
  }
}
