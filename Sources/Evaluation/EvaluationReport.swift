import Batches

public struct EvaluationReport: Sendable {
  public let facts: RunFacts
  /// nil where the data have no labels.
  public let accuracy: Proportion?
  /// nil where the data have no labels.
  public let calibration: Calibration?
  /// nil of classes.
  public let numbers: NumberReport?
  public let samples: Int
  public let batch: Int
  public let seconds: Double
  public let latency: LatencySummary
  public let modelPath: String
  public let modelSHA256: String
  /// How many samples were given to each class; of a regression, how often each bin of the outputs was hit.
  public let predicted: [Int]
  /// The mean of the largest softmax probability; NaN of a regression.
  public let meanConfidence: Double
  /// The largest ‖Hψ − Eψ‖ of the stream's ground states; nil for files.
  public let largestResidual: Double?
  /// How far the stream's ground states are from the true ones, at most: the largest residual / the smallest gap; nil
  /// for files.
  public let largestStateError: Double?
  public let predictionsPath: String?
  /// Answers whose confidence is below `evaluation.confidence-threshold`, of all.
  public let lowConfidence: Proportion
  public let confidenceThreshold: Double
  /// Of the predicted classes against those of the model's own test; nil without the gate, or where nothing can be
  /// said.
  public let drift: DriftTest?
  /// nil without a quality gate.
  public let gate: QualityGate?
  /// What the circuit ran on; nil: it is ideal.
  public let device: DeviceFacts?
  /// nil: values are exact.
  public let shots: ShotReport?
  /// nil: noise is exact, or there is none.
  public let trajectories: TrajectoryReport?

  public init(
    facts: RunFacts, accuracy: Proportion?, calibration: Calibration?, numbers: NumberReport? = nil, samples: Int,
    batch: Int, seconds: Double,
    latency: LatencySummary,
    modelPath: String, modelSHA256: String, predicted: [Int], meanConfidence: Double, largestResidual: Double?,
    largestStateError: Double?,
    predictionsPath: String?, lowConfidence: Proportion, confidenceThreshold: Double, drift: DriftTest?,
    gate: QualityGate?, device: DeviceFacts? = nil, shots: ShotReport? = nil,
    trajectories: TrajectoryReport? = nil
  ) {
    self.trajectories = trajectories
    self.device = device
    self.shots = shots
    self.facts = facts
    self.accuracy = accuracy
    self.calibration = calibration
    self.numbers = numbers
    self.samples = samples
    self.batch = batch
    self.seconds = seconds
    self.latency = latency
    self.modelPath = modelPath
    self.modelSHA256 = modelSHA256
    self.predicted = predicted
    self.meanConfidence = meanConfidence
    self.largestResidual = largestResidual
    self.largestStateError = largestStateError
    self.predictionsPath = predictionsPath
    self.lowConfidence = lowConfidence
    self.confidenceThreshold = confidenceThreshold
    self.drift = drift
    self.gate = gate
  }

  public var samplesPerSecond: Double { Double(samples) / seconds }
}

/// What an evaluation says whose noise was drawn.
public struct TrajectoryReport: Sendable, Equatable {
  /// Of each sample.
  public let runs: Int
  /// Decisions that other draws might change: the largest logit is less than 1.96 standard errors above another. The
  /// accuracy with exact noise is within as many samples of the one that was found, but for one decision in twenty of
  /// these.
  public let uncertain: Proportion
}
