import Batches
import Files
import Models

/// What parts of an evaluation of a regression found together.
public struct NumberParts {
  private var means: [Double] = []
  /// The sums of all parts, as those of one; nil: there is none yet.
  private var sums: [Double]?
  private var samples = 0
  private var predicted: [Int] = []

  public init() {}

  /// What a part's file says besides what all do.
  public static func members(_ report: NumberReport, predicted: [Int]) -> [(String, JSON)] {
    [
      ("means", .array(report.means.map(JSON.number))), ("sums", .array(report.sums.map(JSON.number))),
      ("predicted", .array(predicted.map(JSON.integer))),
    ]
  }

  /// Whether a part is one of a regression.
  public static func isPart(_ member: (String) -> JSON?) -> Bool { member("sums") != nil }

  /// - Returns: false for what is no part, or has another number of outputs.
  public mutating func add(samples count: Int, _ member: (String) -> JSON?) -> Bool {
    guard let given = member("means")?.asArray?.compactMap(\.asNumber), !given.isEmpty,
      means.isEmpty || means.count == given.count,
      let sums = member("sums")?.asArray?.compactMap(\.asNumber),
      RegressionTally.isNumbers(sums, outputs: given.count, atMost: count),
      let bins = member("predicted")?.asArray?.compactMap(\.asInteger), bins.allSatisfy((0...count).contains),
      [0, given.count * OutputBins.count].contains(bins.count), self.sums == nil || bins.count == predicted.count
    else { return false }
    if self.sums == nil {
      means = given.map { _ in 0 }
      predicted = bins.map { _ in 0 }
    }
    for (output, mean) in given.enumerated() { means[output] += mean * Double(count) }
    for (bin, hits) in bins.enumerated() { predicted[bin] += hits }
    self.sums = self.sums.map { RegressionTally.numbers(ofParts: [$0, sums], outputs: given.count) } ?? sums
    samples += count
    return true
  }

  public var report: NumberReport {
    NumberReport(
      means: means.map { $0 / Double(max(samples, 1)) },
      score: RegressionTally.score(ofParts: sums.map { [$0] } ?? [], outputs: means.count))
  }

  /// Against the counts of the model's own test; nil where nothing can be said.
  public func drift(reference: [Int]) -> DriftTest? {
    reference.count == predicted.count && !predicted.isEmpty
      ? DriftTest(reference: reference, observed: predicted, bins: OutputBins.count) : nil
  }
}
