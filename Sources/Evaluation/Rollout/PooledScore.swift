import Batches
import Files

/// What a model came to on several inputs together. Only inputs with labels, or a regression's targets, count.
struct PooledScore {
  private(set) var counts = RolloutReport.Inputs()
  /// Samples of the inputs that count, labelled or not.
  private var samples = 0
  private var labelled = 0
  private var correct = 0
  private var lowConfidence = 0
  private var predicted: [Int] = []
  /// nil of classes.
  private var numbers: NumberParts?

  mutating func add(_ report: EvaluationReport) {
    counts.evaluated += 1
    if let score = report.numbers?.score {
      let members = NumberParts.members(report.numbers!, predicted: report.predicted)
      var parts = numbers ?? NumberParts()
      let isAdded = parts.add(samples: report.samples) { name in members.first { $0.0 == name }?.1 }
      precondition(isAdded, "inputs of one model have as many outputs")
      numbers = parts
      counts.labelled += 1
      counts.samples += score.samples
    } else if let accuracy = report.accuracy {
      counts.labelled += 1
      counts.samples += accuracy.trials
      labelled += accuracy.trials
      correct += accuracy.successes
      samples += report.samples
      lowConfidence += report.lowConfidence.successes
      if predicted.isEmpty { predicted = report.predicted.map { _ in 0 } }
      for (index, count) in report.predicted.enumerated() { predicted[index] += count }
    }
  }

  /// An input that no model could evaluate.
  mutating func addUnreadable() { counts.unreadable += 1 }

  /// nil of a regression.
  var accuracy: Proportion? { numbers == nil ? Proportion(successes: correct, trials: labelled) : nil }

  /// nil of classes.
  var score: RegressionScore? { numbers?.report.score }

  /// - Returns: nil where the settings have no gate.
  func gate(_ evaluation: EvaluationRun) -> QualityGate? {
    let settings = evaluation.settings.evaluation
    if let numbers {
      return QualityGate(
        settings, score: score, drift: evaluation.expected.flatMap(numbers.drift), needsTargets: true)
    }
    return QualityGate(
      settings, accuracy: accuracy, lowConfidence: Proportion(successes: lowConfidence, trials: samples),
      drift: evaluation.expected.flatMap { DriftTest(reference: $0, observed: predicted) }, needsLabels: true)
  }
}
