import Batches

public struct TrainingReport: Sendable {
  public let facts: RunFacts
  public let modelPath: String
  public let modelSHA256: String
  /// nil for `train`.
  public let teacher: TeacherReport?
  public let parameters: Int
  public let iterations: Int
  public let seconds: Double
  /// Mean loss of a batch: the first and the last iteration's, in nats; of a regression in the targets' squared unit.
  public let firstLoss: Double
  public let lastLoss: Double
  /// On the training set's last pass, and on unseen samples, after the last step.
  public let test: TestScore
  /// Mean batch loss of each iteration.
  public let losses: [Double]

  public init(
    facts: RunFacts, modelPath: String, modelSHA256: String, teacher: TeacherReport?, parameters: Int,
    iterations: Int, seconds: Double, firstLoss: Double, lastLoss: Double, test: TestScore,
    losses: [Double]
  ) {
    self.facts = facts
    self.modelPath = modelPath
    self.modelSHA256 = modelSHA256
    self.teacher = teacher
    self.parameters = parameters
    self.iterations = iterations
    self.seconds = seconds
    self.firstLoss = firstLoss
    self.lastLoss = lastLoss
    self.test = test
    self.losses = losses
  }

  /// Of classes; without a trial in a regression.
  public var testAccuracy: Proportion { test.accuracy ?? Proportion(successes: 0, trials: 0) }

  /// The teacher's on the same unseen samples; nil for `train`, and where they are not known.
  public var teacherAccuracy: Proportion? { teacher?.testAccuracy }
}
