import Budget

/// Counts what a `Calibration` is made of, in planned memory; allocates nothing until it is asked for the result.
struct CalibrationTally {
  private let classes: Int
  /// `[bin]`: samples, hits; `[label][answer]`.
  private let samples, hits, confusion: UnsafeMutablePointer<Int>
  /// `[bin]`, and the sum of squares.
  private let confidences, squares: UnsafeMutablePointer<Double>
  private let roc: ROCHistogram?

  struct Memory {
    fileprivate let classes: Int
    fileprivate let counts: Reservation<Int>
    fileprivate let sums: Reservation<Double>

    init(classes: Int, in planner: inout Planner) {
      self.classes = classes
      let roc = classes == 2 ? ROCHistogram.size : 0
      counts = planner.reserve(
        "calibration counts", [Extent("counts", 2 * Calibration.bins + classes * classes + roc)], of: Int.self,
        lifetime: .run, owner: "Evaluation")
      sums = planner.reserve(
        "calibration sums", [Extent("sums", Calibration.bins + 1)], of: Double.self, lifetime: .run,
        owner: "Evaluation")
    }
  }

  /// Zero counts.
  init(_ memory: Memory, _ arena: borrowing Arena) {
    let (counts, sums) = (arena.buffer(memory.counts), arena.buffer(memory.sums))
    counts.update(repeating: 0)
    sums.update(repeating: 0)
    classes = memory.classes
    samples = counts.baseAddress!
    hits = samples + Calibration.bins
    confusion = hits + Calibration.bins
    roc = classes == 2 ? ROCHistogram(confusion + classes * classes) : nil
    confidences = sums.baseAddress!
    squares = confidences + Calibration.bins
  }

  func add(
    probabilities: UnsafePointer<Double>, logits: UnsafePointer<Double>, answer: Int, label: Int
  ) {
    // Bin b has b/15 ≤ p < (b+1)/15, the last one 1 too.
    let bin = min(Int(probabilities[answer] * Double(Calibration.bins)), Calibration.bins - 1)
    samples[bin] += 1
    if answer == label { hits[bin] += 1 }
    confidences[bin] += probabilities[answer]
    var j = 0
    while j < classes {
      let difference = probabilities[j] - (j == label ? 1 : 0)
      squares[0] += difference * difference
      j += 1
    }
    confusion[label * classes + answer] += 1
    roc?.add(logits[1] - logits[0], label: label)
  }

  /// nil without a labelled sample.
  var result: Calibration? {
    let total = (0..<Calibration.bins).reduce(0) { $0 + samples[$1] }
    if total == 0 { return nil }
    let gaps = (0..<Calibration.bins).reduce(0.0) { $0 + (Double(hits[$1]) - confidences[$1]).magnitude }
    return Calibration(
      expectedError: gaps / Double(total), brierScore: squares[0] / Double(total),
      confusion: (0..<classes).map { label in (0..<classes).map { confusion[label * classes + $0] } },
      rocArea: roc?.area)
  }
}

/// Differences of two logits by class, in buckets of a sixteenth of a power of two from 2⁻⁹ to 2⁹ on either side of 0;
/// smaller ones share the innermost bucket of their side, larger ones the outermost.
struct ROCHistogram {
  private static let parts = 16
  private static let exponents = -9...8
  /// Buckets of a side.
  private static let side = exponents.count * parts

  /// Counts that it takes.
  static let size = 2 * 2 * side

  /// `[class][bucket]`, ascending.
  private let counts: UnsafeMutablePointer<Int>

  init(_ counts: UnsafeMutablePointer<Int>) { self.counts = counts }

  func add(_ difference: Double, label: Int) { counts[label * 2 * Self.side + Self.bucket(difference)] += 1 }

  private static func bucket(_ difference: Double) -> Int {
    let least = Double(sign: .plus, exponent: exponents.lowerBound, significand: 1)
    let magnitude = max(difference.magnitude, least)
    let octave = min(Int(magnitude.exponent), exponents.upperBound) - exponents.lowerBound
    let isBeyond = magnitude.exponent > exponents.upperBound
    let part = isBeyond ? parts - 1 : Int((magnitude.significand - 1) * Double(parts))
    let distance = octave * parts + part
    return difference >= 0 ? side + distance : side - 1 - distance
  }

  /// nil where a class has no sample.
  var area: ROCArea? {
    var (below, right, equal, ones) = (0.0, 0.0, 0.0, 0.0)
    for bucket in 0..<2 * Self.side {
      let (zero, one) = (Double(counts[bucket]), Double(counts[2 * Self.side + bucket]))
      right += one * below
      equal += one * zero
      below += zero
      ones += one
    }
    if below == 0 || ones == 0 { return nil }
    let pairs = below * ones
    return ROCArea(value: (right + equal / 2) / pairs, error: equal / 2 / pairs)
  }
}
