import Batches
import Budget
import Settings

/// What an experiment found: each row over all seeds, and the comparisons that the pairing of seeds allows.
public struct ExperimentReport: Sendable {
  /// What rows are drawn along.
  public enum Axis: String, Sendable {
    case model, layers, epoch, labels, shots
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
    /// It is tested with so many shots a sample; nil: by exact values.
    public let shots: Int?
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
    /// Of another model, with the same treatment; nil: of the same with another treatment.
    public let baselineModel: String?
    public let shots: Int?
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
  /// Empty without tests from shots, and of files.
  public let limits: [QuantumLimit]
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
    seconds: Double, trialsRun: Int, controls: [Control], limits: [QuantumLimit]
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
        : !settings.experiment.testShots.isEmpty
          ? .shots
          : settings.experiment.studentLayers.count > 1 && settings.experiment.compressedLayers.isEmpty
            ? .layers : .model
    rows = design.rows.enumerated().map { index, row in
      let contestant = design.contestants[row.contestant]
      let accuracies = results.map { $0[index] }
      return Row(
        model: contestant.name, treatment: row.treatment, isFitted: row.isFitted, layers: contestant.ansatz.layers,
        qubits: contestant.ansatz.qubits, labels: contestant.labelled, shots: row.shots, iterations: row.iterations,
        epoch: row.epoch,
        accuracies: accuracies,
        summary: SampleSummary(accuracies, within: 0...(plan.isRegression ? .infinity : 1)),
        paper: row.isFitted || row.shots != nil || row.treatment.needsDevice ? nil : paper.accuracy(contestant, row))
    }
    comparisons = Self.comparisons(design, results, prefersLower: plan.isRegression)
    margin = settings.experiment.margin
    judgements = Judgement.of(comparisons.map(\.result), margin: margin)
    fidelity = design.fidelityRow.map { row in
      let means = results.map { $0[row] }
      return Fidelity(means: means, summary: SampleSummary(means, within: 0...1), paper: paper.fidelity)
    }
    self.controls = controls
    self.limits = limits
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

  /// Every treatment against none, distillation against the other controls, and what goes beyond it against it; and a
  /// student that was trained for more than another against that; of epochs a few.
  private static func comparisons(
    _ design: ExperimentDesign, _ results: [[Double]], prefersLower: Bool
  ) -> [Comparison] {
    var comparisons: [Comparison] = []
    for (index, contestant) in design.contestants.enumerated() where !contestant.isTeacher {
      func add(
        _ baseline: Place, _ treatment: Place, against other: Int?, _ iterations: Int, epoch: Int?, shots: Int?
      ) {
        comparisons.append(
          Comparison(
            model: contestant.name, baselineModel: other.map { design.contestants[$0].name }, shots: shots,
            layers: contestant.ansatz.layers, iterations: iterations, epoch: epoch, baseline: baseline.treatment,
            treatment: treatment.treatment,
            result: PairedComparison(
              baseline: results.map { $0[baseline.row] }, treatment: results.map { $0[treatment.row] },
              prefersLower: prefersLower)))
      }
      for (checkpoint, iterations) in contestant.checkpoints.enumerated() {
        let epoch = design.rows[design.firstRow[index][0] + checkpoint].epoch
        let isLast = checkpoint == contestant.checkpoints.count - 1
        if let epoch, ![1, 2, 3, 5, 10, 20].contains(epoch) && !isLast { continue }
        func compare(_ rows: [[Int]], _ offset: Int, shots: Int?) {
          func place(_ contestant: Int, _ treatment: Int) -> Place {
            Place(
              treatment: design.contestants[contestant].treatments[treatment],
              row: rows[contestant][treatment] + offset)
          }
          for pair in pairs(contestant.treatments) {
            add(
              place(index, pair.baseline), place(index, pair.treatment), against: nil, iterations, epoch: epoch,
              shots: shots)
          }
          guard let other = contestant.plainer else { return }
          for treatment in contestant.treatments.indices {
            add(
              place(other, treatment), place(index, treatment), against: other, iterations, epoch: epoch, shots: shots)
          }
        }
        compare(design.firstRow, checkpoint, shots: nil)
        if !isLast { continue }
        for (offset, shots) in design.testShots.enumerated() { compare(design.firstShotRow, offset, shots: shots) }
      }
    }
    return comparisons
  }

  private struct Place {
    let treatment: Treatment
    let row: Int
  }

  private static func pairs(_ treatments: [Treatment]) -> [(baseline: Int, treatment: Int)] {
    var pairs: [(baseline: Int, treatment: Int)] = []
    for (treatment, kind) in treatments.enumerated() {
      for (baseline, other) in treatments.enumerated() where baseline != treatment {
        let isControl = kind == .distilled && (other == .labelSmoothing || other == .shuffledTeacher)
        let isFurther = [.hints, .relations, .noisyTeacher, .extrapolatedTeacher].contains(kind) && other == .distilled
        if other == .none || isControl || isFurther { pairs.append((baseline, treatment)) }
      }
    }
    return pairs
  }
}
