import Batches
import Settings

public struct TrainingReport: Sendable {
  /// Which of several trainings was kept, and by what.
  public struct Selected: Sendable {
    public struct Restart: Sendable {
      public let seed: UInt64
      /// The smallest mean loss on the samples held back, and after how many iterations it was there.
      public let validationLoss: Double
      public let bestIteration: Int
      /// Iterations done.
      public let iterations: Int
    }

    public let restarts: [Restart]
    /// Of them, the one that was kept.
    public let index: Int
    /// Samples of the training set that were held back.
    public let validationSamples: Int
    /// Where the kept restart's losses begin.
    package let first: Int

    public var kept: Restart { restarts[index] }
    public var iterations: Int { restarts.reduce(0) { $0 + $1.iterations } }
  }

  public let facts: RunFacts
  public let modelPath: String
  public let modelSHA256: String
  /// nil for `train`.
  public let teacher: TeacherReport?
  public let parameters: Int
  /// Of all trainings.
  public let iterations: Int
  public let seconds: Double
  /// Mean loss of a batch: the first and the last iteration's, in nats; of a regression in the targets' squared unit.
  public let firstLoss: Double
  public let lastLoss: Double
  /// On the training set's last pass, and on unseen samples, after the last step.
  public let test: TestScore
  /// Mean batch loss of each iteration of the training that was kept.
  public let losses: [Double]
  /// nil: there was one training, to its end.
  public let selected: Selected?
  /// What the model was trained to run on, and is tested on; nil: it is ideal.
  public let device: DeviceFacts?

  public init(
    facts: RunFacts, modelPath: String, modelSHA256: String, teacher: TeacherReport?, parameters: Int,
    iterations: Int, seconds: Double, firstLoss: Double, lastLoss: Double, test: TestScore,
    losses: [Double], selected: Selected? = nil, device: DeviceFacts? = nil
  ) {
    self.device = device
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
    self.selected = selected
  }

  /// Of classes; without a trial in a regression.
  public var testAccuracy: Proportion { test.accuracy ?? Proportion(successes: 0, trials: 0) }

  /// The teacher's on the same unseen samples; nil for `train`, and where they are not known.
  public var teacherAccuracy: Proportion? { teacher?.testAccuracy }
}

extension TrainingReport.Selected {
  /// - Parameter results: of the trainings, in their order; empty: there was one, to its end.
  init?(_ results: [Restart], _ settings: TrainingSettings) {
    guard let index = results.indices.min(by: { results[$0].validationLoss < results[$1].validationLoss }) else {
      return nil
    }
    restarts = results
    self.index = index
    validationSamples = settings.heldBack
    first = index * settings.iterations
  }
}
