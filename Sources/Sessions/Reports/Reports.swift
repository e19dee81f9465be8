import Budget
import Settings

/// What a run held of its own, beside what was planned and allowed, and what it used of the program's file.
public struct MemoryFacts: Sendable, Equatable {
  public let ramPlannedBytes: Int
  /// What only the process held, at the seal or after it; nil where the system does not tell.
  public let ramPeakBytes: Int?
  public let ramBudgetBytes: Int
  /// The program's clean pages, from the headers of its file.
  public let romBytes: Int
  /// What is in memory of them, and of other files' pages that are mapped; nil where the system does not tell.
  public let romTouchedBytes: Int?
  /// The most of both that was in memory at once; nil where the system does not tell.
  public let residentPeakBytes: Int?

  public init(
    ramPlannedBytes: Int, ramPeakBytes: Int?, ramBudgetBytes: Int, romBytes: Int, romTouchedBytes: Int?,
    residentPeakBytes: Int?
  ) {
    self.ramPlannedBytes = ramPlannedBytes
    self.ramPeakBytes = ramPeakBytes
    self.ramBudgetBytes = ramBudgetBytes
    self.romBytes = romBytes
    self.romTouchedBytes = romTouchedBytes
    self.residentPeakBytes = residentPeakBytes
  }

  /// - Parameter held: what only the process held at its most so far; what it holds now is looked up.
  /// - Throws: `SessionError.ramOverPlan` where a process that runs nothing else holds more than was planned.
  init(planned: Int, held: Int?, _ host: HostSettings) throws(SessionError) {
    let now = ProcessMemory.anonymousBytes()
    let peak = [held, now].compactMap { $0 }.max()
    if host.ownsProcess, let peak, peak > planned { throw .ramOverPlan(held: peak, planned: planned) }
    let resident = ProcessMemory.residentBytes()
    self.init(
      ramPlannedBytes: planned, ramPeakBytes: peak, ramBudgetBytes: host.memoryBytes,
      romBytes: ProcessMemory.image.romBytes, romTouchedBytes: resident.ofFiles, residentPeakBytes: resident.peak)
  }
}

/// What every run says about itself.
public struct RunFacts: Sendable {
  public let plan: MemoryPlan
  public let lanes: Int
  public let precision: String
  public let threads: Int
  /// How the backward sweep gets ψ of each layer: `stored`, `uncomputed`; for evaluation `none`.
  public let history: String
  public let memory: MemoryFacts
  /// What happened between the seal and the end of the loop.
  public let afterSeal: SealRecord
  public let seed: UInt64
  public let version: String

  public init(
    plan: MemoryPlan, lanes: Int, precision: String, threads: Int, history: String, memory: MemoryFacts,
    afterSeal: SealRecord, seed: UInt64, version: String
  ) {
    self.plan = plan
    self.lanes = lanes
    self.precision = precision
    self.threads = threads
    self.history = history
    self.memory = memory
    self.afterSeal = afterSeal
    self.seed = seed
    self.version = version
  }

  /// Heap allocations between the seal and the end of the loop, or nil where they cannot be counted.
  public var allocationsAfterSeal: Int? { afterSeal.allocations }
}

/// A share of samples with its 95 % Wilson score interval.
public struct Proportion: Sendable, Equatable {
  public let successes: Int
  public let trials: Int

  public init(successes: Int, trials: Int) {
    self.successes = successes
    self.trials = trials
  }

  public var value: Double { trials == 0 ? .nan : Double(successes) / Double(trials) }

  /// Wilson's score interval at 95 % (z = 1.959964); the whole of [0, 1] without trials.
  public var interval: (lower: Double, upper: Double) {
    if trials == 0 { return (0, 1) }
    let (n, p, z) = (Double(trials), value, 1.959963984540054)
    let centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    let half = z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
    return (max(0, centre - half), min(1, centre + half))
  }
}

/// Latency of a batch, from a histogram of fixed size: each percentile is exact to 1/32 of its value.
public struct LatencySummary: Sendable, Equatable {
  public let p50Microseconds: Double
  public let p90Microseconds: Double
  public let p99Microseconds: Double
  /// The number of batches.
  public let count: Int

  public init(
    p50Microseconds: Double, p90Microseconds: Double, p99Microseconds: Double, count: Int
  ) {
    self.p50Microseconds = p50Microseconds
    self.p90Microseconds = p90Microseconds
    self.p99Microseconds = p99Microseconds
    self.count = count
  }
}

public struct EvaluationReport: Sendable {
  public let facts: RunFacts
  /// nil where the data have no labels.
  public let accuracy: Proportion?
  public let samples: Int
  public let batch: Int
  public let seconds: Double
  public let latency: LatencySummary
  public let modelPath: String
  public let modelSHA256: String
  /// How many samples were given to each class.
  public let predicted: [Int]
  /// The mean of the largest softmax probability.
  public let meanConfidence: Double
  /// The largest ‖Hψ − Eψ‖ of the stream's ground states; nil for files.
  public let largestResidual: Double?
  public let predictionsPath: String?
  /// nil without a quality gate.
  /// Answers whose confidence is below `evaluation.confidence-threshold`, of all.
  public let lowConfidence: Proportion
  public let confidenceThreshold: Double
  /// Of the predicted classes against those of the model's own test; nil without the gate, or where nothing can be
  /// said.
  public let drift: DriftTest?
  /// nil without a quality gate.
  public let gate: QualityGate?

  public init(
    facts: RunFacts, accuracy: Proportion?, samples: Int, batch: Int, seconds: Double, latency: LatencySummary,
    modelPath: String, modelSHA256: String, predicted: [Int], meanConfidence: Double, largestResidual: Double?,
    predictionsPath: String?, lowConfidence: Proportion, confidenceThreshold: Double, drift: DriftTest?,
    gate: QualityGate?
  ) {
    self.facts = facts
    self.accuracy = accuracy
    self.samples = samples
    self.batch = batch
    self.seconds = seconds
    self.latency = latency
    self.modelPath = modelPath
    self.modelSHA256 = modelSHA256
    self.predicted = predicted
    self.meanConfidence = meanConfidence
    self.largestResidual = largestResidual
    self.predictionsPath = predictionsPath
    self.lowConfidence = lowConfidence
    self.confidenceThreshold = confidenceThreshold
    self.drift = drift
    self.gate = gate
  }

  public var samplesPerSecond: Double { Double(samples) / seconds }
}

/// Whom a student learned from.
public struct TeacherReport: Sendable, Equatable {
  /// The digest of the teacher's model file; nil for a teacher that is none of ours.
  public let modelSHA256: String?
  /// The file that its logits were read from, or written to, and its digest; nil where there is none.
  public let logitsPath: String?
  public let logitsSHA256: String?
  /// By its logits: a teacher whose rows are in another order than the samples shows here.
  public let trainingAccuracy: Proportion
  /// On the unseen samples that the student was tested on; nil where its logits of them are not known.
  public let testAccuracy: Proportion?

  public init(
    modelSHA256: String?, logitsPath: String?, logitsSHA256: String?, trainingAccuracy: Proportion,
    testAccuracy: Proportion?
  ) {
    self.modelSHA256 = modelSHA256
    self.logitsPath = logitsPath
    self.logitsSHA256 = logitsSHA256
    self.trainingAccuracy = trainingAccuracy
    self.testAccuracy = testAccuracy
  }
}

public struct TrainingReport: Sendable {
  public let facts: RunFacts
  public let modelPath: String
  public let modelSHA256: String
  /// nil for `train`.
  public let teacher: TeacherReport?
  public let parameters: Int
  public let iterations: Int
  public let seconds: Double
  /// Mean loss of a batch: the first and the last iteration's, in nats.
  public let firstLoss: Double
  public let lastLoss: Double
  /// On the training set's last pass, and on unseen samples, after the last step.
  public let testAccuracy: Proportion
  /// Mean batch loss of each iteration.
  public let losses: [Double]

  public init(
    facts: RunFacts, modelPath: String, modelSHA256: String, teacher: TeacherReport?, parameters: Int,
    iterations: Int, seconds: Double, firstLoss: Double, lastLoss: Double, testAccuracy: Proportion,
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
    self.testAccuracy = testAccuracy
    self.losses = losses
  }

  /// The teacher's on the same unseen samples; nil for `train`, and where they are not known.
  public var teacherAccuracy: Proportion? { teacher?.testAccuracy }
}
