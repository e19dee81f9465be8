import Batches
import Budget
import Settings

/// What an experiment found: each row over all seeds, and the comparisons that the pairing of seeds allows.
public struct ExperimentReport: Sendable {
  /// What rows are drawn along.
  public enum Axis: String, Sendable {
    case model, layers, epoch, labels
  }

  public struct Row: Sendable {
    public let model: String
    public let treatment: Treatment
    /// Whether a logistic fit of two parameters stands behind the readout.
    public let isFitted: Bool
    public let layers: Int
    public let qubits: Int
    /// Samples whose labels it saw; nil: all.
    public let labels: Int?
    public let iterations: Int
    public let epoch: Int?
    /// `[seed]`: accuracies, or a regression's RMSEs.
    public let accuracies: [Double]
    public let summary: SampleSummary
    /// What the paper reports, where it does.
    public let paper: ClosedRange<Double>?
  }

  public struct Comparison: Sendable {
    public let model: String
    public let layers: Int
    public let iterations: Int
    public let epoch: Int?
    public let baseline: Treatment
    public let treatment: Treatment
    public let result: PairedComparison
  }

  /// An accuracy that no seed changes.
  public struct Control: Sendable {
    public let name: String
    public let accuracy: Proportion
  }

  public struct Fidelity: Sendable {
    /// `[seed]`: the mean over the unseen states.
    public let means: [Double]
    public let summary: SampleSummary
    public let paper: Double?
  }

  public let name: String
  public let preset: String
  public let firstSeed: UInt64
  /// Of the whole experiment.
  public let seeds: Int
  /// The part of the seeds that rows and comparisons are of; nil: all.
  public let shard: Shard?
  public let axis: Axis
  /// Whether rows are RMSEs of a regression, in the targets' unit, not accuracies.
  public let isRegression: Bool
  public let rows: [Row]
  public let comparisons: [Comparison]
  /// Of the comparisons, in their order: together they are one family.
  public let judgements: [Judgement]
  /// Differences within ± this are not worth naming.
  public let margin: Double
  public let fidelity: Fidelity?
  public let controls: [Control]
  public let trainingSamples, testSamples: Int
  /// Everything that the results depend on, and the digest of it.
  public let settings: [(name: String, value: String)]
  public let settingsSHA256: String
  public let facts: RunFacts
  /// Trials side by side.
  public let slots: Int
  /// Of this run: the others were done before.
  public let trialsRun: Int
  public let seconds: Double
  public let reportPath: String
}

extension ExperimentReport {
  /// - Parameter results: `[seed][row]`
  init(
    _ plan: ExperimentPlan, results: [[Double]], digest: ExperimentDigest, facts: RunFacts, slots: Int,
    seconds: Double, trialsRun: Int, controls: [Control]
  ) {
    let (settings, design) = (plan.settings, plan.design)
    let paper = PaperFigures(plan)
    name = settings.experiment.name
    preset = settings.experiment.preset
    firstSeed = settings.seed
    seeds = settings.experiment.seeds
    shard = settings.host.shard
    isRegression = plan.isRegression
    axis =
      settings.experiment.epochs > 0
      ? .epoch
      : !settings.experiment.labels.isEmpty
        ? .labels
        : settings.experiment.studentLayers.count > 1 && settings.experiment.compressedLayers.isEmpty
          ? .layers : .model
    rows = design.rows.enumerated().map { index, row in
      let contestant = design.contestants[row.contestant]
      let accuracies = results.map { $0[index] }
      return Row(
        model: contestant.name, treatment: row.treatment, isFitted: row.isFitted, layers: contestant.ansatz.layers,
        qubits: contestant.ansatz.qubits, labels: contestant.labelled, iterations: row.iterations, epoch: row.epoch,
        accuracies: accuracies,
        summary: SampleSummary(accuracies),
        paper: row.isFitted ? nil : paper.accuracy(contestant, row))
    }
    comparisons = Self.comparisons(design, results, prefersLower: plan.isRegression)
    margin = settings.experiment.margin
    judgements = Judgement.of(comparisons.map(\.result), margin: margin)
    fidelity = design.fidelityRow.map { row in
      let means = results.map { $0[row] }
      return Fidelity(means: means, summary: SampleSummary(means), paper: paper.fidelity)
    }
    self.controls = controls
    trainingSamples = plan.trainingSamples
    testSamples = plan.testSamples
    self.settings = digest.entries
    settingsSHA256 = digest.hex
    self.facts = facts
    self.slots = slots
    self.trialsRun = trialsRun
    self.seconds = seconds
    reportPath = settings.experiment.reportFile
  }

  /// Every treatment against none, distillation against the other controls, and what goes beyond it against it; of
  /// epochs a few.
  private static func comparisons(
    _ design: ExperimentDesign, _ results: [[Double]], prefersLower: Bool
  ) -> [Comparison] {
    var comparisons: [Comparison] = []
    for (index, contestant) in design.contestants.enumerated() where !contestant.isTeacher {
      var pairs: [(baseline: Int, treatment: Int)] = []
      for (treatment, kind) in contestant.treatments.enumerated() {
        for (baseline, other) in contestant.treatments.enumerated() where baseline != treatment {
          let isControl = kind == .distilled && (other == .labelSmoothing || other == .shuffledTeacher)
          let isFurther = (kind == .hints || kind == .relations) && other == .distilled
          if other == .none || isControl || isFurther { pairs.append((baseline, treatment)) }
        }
      }
      for (checkpoint, iterations) in contestant.checkpoints.enumerated() {
        let epoch = design.rows[design.firstRow[index][0] + checkpoint].epoch
        let isLast = checkpoint == contestant.checkpoints.count - 1
        if let epoch, ![1, 2, 3, 5, 10, 20].contains(epoch) && !isLast { continue }
        for pair in pairs {
          let rows = (
            design.firstRow[index][pair.baseline] + checkpoint, design.firstRow[index][pair.treatment] + checkpoint
          )
          comparisons.append(
            Comparison(
              model: contestant.name, layers: contestant.ansatz.layers, iterations: iterations, epoch: epoch,
              baseline: contestant.treatments[pair.baseline], treatment: contestant.treatments[pair.treatment],
              result: PairedComparison(
                baseline: results.map { $0[rows.0] }, treatment: results.map { $0[rows.1] },
                prefersLower: prefersLower)))
        }
      }
    }
    return comparisons
  }
}
