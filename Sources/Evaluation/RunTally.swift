import Batches
import Budget

/// What a run came to on all inputs that it evaluated, together: of a spool's inputs, or of the one.
package struct RunTally {
  package private(set) var inputs = 0
  package private(set) var samples = 0
  /// Evaluated inputs that miss the quality gate.
  package private(set) var gatesMissed = 0
  /// Inputs that were set aside.
  package var rejected = 0
  /// Of the last input; nil: none was evaluated.
  package private(set) var modelSHA256: String?
  package private(set) var memory: MemoryFacts?
  /// Of classes, and the samples that have labels.
  package private(set) var accuracy: Proportion?
  /// Of classes.
  package private(set) var lowConfidence: Proportion?
  private var numbers: NumberParts?
  private var predicted: [Int] = []
  private var expected: [Int]?
  /// Of the last input, where that is the only one.
  private var ownDrift: DriftTest?

  package init() {}

  /// What is kept of one run, and of the one before, as they are written down.
  static func declare(in planner: inout Planner) {
    planner.declareOutside(
      OutsideMemory(name: "metrics of the run", formula: "text, read and written", bytes: 16 << 10, owner: "Reports"))
  }

  /// - Parameter expected: what the model predicted in its own test; nil: drift is not looked for.
  package mutating func add(_ report: EvaluationReport, expected: [Int]?) {
    inputs += 1
    samples += report.samples
    if report.gate?.passed == false { gatesMissed += 1 }
    modelSHA256 = report.modelSHA256
    if report.facts.memory.ramPlannedBytes >= memory?.ramPlannedBytes ?? 0 { memory = report.facts.memory }
    self.expected = expected
    ownDrift = inputs == 1 ? report.drift : nil
    if let own = report.numbers {
      let members = NumberParts.members(own, predicted: report.predicted)
      var parts = numbers ?? NumberParts()
      if parts.add(samples: report.samples, { name in members.first { $0.0 == name }?.1 }) { numbers = parts }
      return
    }
    accuracy = Self.sum(accuracy, report.accuracy)
    lowConfidence = Self.sum(lowConfidence, report.lowConfidence)
    if predicted.isEmpty { predicted = report.predicted.map { _ in 0 } }
    for (index, count) in report.predicted.enumerated() where index < predicted.count { predicted[index] += count }
  }

  /// Of a regression; nil without targets.
  package var score: RegressionScore? { numbers?.report.score }

  /// nil where it is not looked for, or nothing can be said.
  package var drift: DriftTest? {
    if let ownDrift { return ownDrift }
    guard let expected else { return nil }
    if let numbers { return numbers.drift(reference: expected) }
    return expected.count == predicted.count ? DriftTest(reference: expected, observed: predicted) : nil
  }

  private static func sum(_ one: Proportion?, _ other: Proportion?) -> Proportion? {
    guard let one, let other else { return one ?? other }
    return Proportion(successes: one.successes + other.successes, trials: one.trials + other.trials)
  }
}
