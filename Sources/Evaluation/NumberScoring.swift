import Batches
import Budget
import Models

/// Sums up a regression's outputs: their means, their errors where there are targets, and how often each bin is hit,
/// where the model says what its bins are. Allocates nothing.
struct NumberScoring {
  let tally: RegressionTally
  private let outputs: Int
  /// `[output]`: sums, and how many samples were added, behind them.
  private let sums: UnsafeMutablePointer<Double>
  /// `[output][least, largest]`; nil: there are no bins.
  private let bounds: UnsafePointer<Double>?
  /// `[output][bin]`
  private let counts: UnsafeMutablePointer<Int>

  struct Memory {
    private let outputs: Int
    private let tally: RegressionTally.Memory
    private let sums, bounds: Reservation<Double>
    private let counts: Reservation<Int>

    init(outputs: Int, in planner: inout Planner) {
      self.outputs = outputs
      tally = RegressionTally.Memory("error sums", outputs: outputs, lifetime: .run, owner: "Evaluation", in: &planner)
      let extent = Extent("outputs", outputs)
      sums = planner.reserve(
        "output sums", [Extent("outputs, count", outputs + 1)], of: Double.self, lifetime: .run, owner: "Evaluation")
      bounds = planner.reserve(
        "output bounds", [extent, Extent("least/largest", 2)], of: Double.self, lifetime: .run, owner: "Evaluation")
      counts = planner.reserve(
        "output counts", [extent, Extent("bins", OutputBins.count)], of: Int.self, lifetime: .run, owner: "Evaluation")
    }

    /// - Parameter bins: nil: outputs are not counted.
    func bind(_ bins: OutputBins?, _ arena: borrowing Arena) -> NumberScoring {
      let (sums, counts, bounds) = (arena.pointer(sums), arena.pointer(counts), arena.pointer(bounds))
      sums.update(repeating: 0, count: outputs + 1)
      counts.update(repeating: 0, count: outputs * OutputBins.count)
      bins?.fill(bounds)
      return NumberScoring(
        tally: tally.bind(arena), outputs: outputs, sums: sums, bounds: bins == nil ? nil : UnsafePointer(bounds),
        counts: counts)
    }
  }

  private init(
    tally: RegressionTally, outputs: Int, sums: UnsafeMutablePointer<Double>, bounds: UnsafePointer<Double>?,
    counts: UnsafeMutablePointer<Int>
  ) {
    self.tally = tally
    self.outputs = outputs
    self.sums = sums
    self.bounds = bounds
    self.counts = counts
  }

  /// - Parameters: `[output]`; nil: the sample has no target.
  func add(_ values: UnsafePointer<Double>, targets: UnsafePointer<Double>?) {
    if let targets { tally.add(values, targets: targets) }
    sums[outputs] += 1
    var output = 0
    while output < outputs {
      sums[output] += values[output]
      if let bounds {
        let bin = OutputBins.bin(values[output], lower: bounds[2 * output], upper: bounds[2 * output + 1])
        counts[output * OutputBins.count + bin] += 1
      }
      output += 1
    }
  }

  /// `[output][bin]`; empty without bins.
  var counted: [Int] { bounds == nil ? [] : (0..<outputs * OutputBins.count).map { counts[$0] } }

  /// `[output]`
  var means: [Double] { (0..<outputs).map { sums[$0] / max(sums[outputs], 1) } }
}

/// What an evaluation of a regression came to.
public struct NumberReport: Sendable, Equatable {
  /// `[output]`: the mean of what was answered.
  public let means: [Double]
  /// nil where the data have no targets.
  public let score: RegressionScore?
  /// What parts of a stream are put together from: `RegressionTally.numbers`.
  package let sums: [Double]

  public init(means: [Double], score: RegressionScore?, sums: [Double] = []) {
    self.means = means
    self.score = score
    self.sums = sums
  }
}

extension EvaluationRun {
  /// The report of a regression.
  func report(
    _ loop: borrowing EvaluationLoop, _ numbers: NumberScoring, _ facts: RunFacts, seconds: Double, chain: ChainFeed?,
    predictionsPath: String
  ) -> EvaluationReport {
    let (evaluation, observed) = (settings.evaluation, loop.scorer.predicted)
    let score = numbers.tally.score
    let drift = expected.flatMap { expected in
      expected.count == observed.count
        ? DriftTest(reference: expected, observed: observed, bins: OutputBins.count) : nil
    }
    return EvaluationReport(
      facts: facts, accuracy: nil, calibration: nil,
      numbers: NumberReport(means: numbers.means, score: score, sums: numbers.tally.numbers),
      samples: loop.scorer.samples, batch: evaluation.batch, seconds: seconds, latency: LatencySummary(loop.histogram),
      modelPath: settings.model.path, modelSHA256: digest, predicted: observed, meanConfidence: .nan,
      largestResidual: chain?.largestResidual, largestStateError: chain?.largestStateError,
      predictionsPath: predictionsPath.isEmpty ? nil : predictionsPath,
      lowConfidence: Proportion(successes: 0, trials: 0), confidenceThreshold: evaluation.confidenceThreshold,
      drift: drift,
      gate: QualityGate(evaluation, score: score, drift: drift, needsTargets: !settings.spool.isUsed),
      device: device.map(DeviceFacts.init))
  }
}
