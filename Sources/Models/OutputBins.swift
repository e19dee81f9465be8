/// Bins in which a regression's outputs are counted: 16 of equal width over the range of the training targets, and one
/// on either side for what lies outside it.
public struct OutputBins: Sendable, Equatable {
  public static let within = 16
  public static let count = within + 2
  /// Where the provenance has the ranges: each output's least and largest training target, a blank between numbers.
  public static let rangesKey = "test_ranges"

  /// `[output]`
  public let ranges: [ClosedRange<Double>]

  public init(ranges: [ClosedRange<Double>]) { self.ranges = ranges }

  /// The bin of a number, 0..<`count`: 0 is below the range, the last one above it. Allocates nothing.
  public static func bin(_ value: Double, lower: Double, upper: Double) -> Int {
    if value < lower { return 0 }
    if !(value <= upper) { return within + 1 }
    let share = upper > lower ? (value - lower) / (upper - lower) : 0
    return 1 + min(Int(share * Double(within)), within - 1)
  }

  /// - Parameter bounds: `[output][least, largest]`, filled.
  public func fill(_ bounds: UnsafeMutablePointer<Double>) {
    for (output, range) in ranges.enumerated() {
      (bounds[2 * output], bounds[2 * output + 1]) = (range.lowerBound, range.upperBound)
    }
  }

  public var text: String { ranges.map { "\($0.lowerBound) \($0.upperBound)" }.joined(separator: " ") }

  /// nil for another number of ranges, or what is none.
  init?(_ text: String, outputs: Int) {
    let texts = text.split(separator: " ", omittingEmptySubsequences: false)
    let numbers = texts.compactMap { Double($0) }.filter { $0.magnitude <= Model.largestTarget }
    guard numbers.count == texts.count, numbers.count == 2 * outputs else { return nil }
    let pairs = (0..<outputs).map { (numbers[2 * $0], numbers[2 * $0 + 1]) }
    guard pairs.allSatisfy({ $0.0 <= $0.1 }) else { return nil }
    ranges = pairs.map { $0.0...$0.1 }
  }
}

extension Model {
  /// The bins of the outputs, in which `testPredictions` counts those of a regression's own test; nil where the model
  /// does not say.
  public var outputBins: OutputBins? {
    provenance[OutputBins.rangesKey].flatMap { OutputBins($0, outputs: logits) }
  }
}
