import Budget

/// Whole numbers in a histogram of fixed size: 32 buckets for each power of two, so that any percentile is exact to
/// 1/32 of its value, however many numbers there are; below 32 it is exact.
struct LogHistogram {
  static let bucketsPerOctave = 32
  static let buckets = 64 * bucketsPerOctave

  let counts: UnsafeMutablePointer<UInt64>

  /// Zero counts.
  init(_ counts: UnsafeMutablePointer<UInt64>) {
    self.counts = counts
    counts.update(repeating: 0, count: Self.buckets)
  }

  static func reserve(_ name: String, in planner: inout Planner) -> Reservation<UInt64> {
    planner.reserve(
      name, [Extent("octaves", 64), Extent("buckets", bucketsPerOctave)], of: UInt64.self, lifetime: .run,
      owner: "Evaluation")
  }

  private static func bucket(_ number: Int64) -> Int {
    let value = UInt64(max(number, 1))
    if value < UInt64(bucketsPerOctave) { return Int(value) }
    let octave = 63 - value.leadingZeroBitCount
    // The 5 bits below the leading one.
    return octave * bucketsPerOctave + Int((value >> UInt64(octave - 5)) & 31)
  }

  func add(_ number: Int64) { counts[Self.bucket(number)] += 1 }

  /// How many numbers there are.
  var total: Int { Int((0..<Self.buckets).reduce(UInt64(0)) { $0 + counts[$1] }) }

  /// The middle of the bucket that holds the percentile of so many, of which those that are not here are the largest;
  /// nil where it is one of these.
  func percentile(_ share: Double, of total: Int) -> Double? {
    let rank = max(1, UInt64((share * Double(total)).rounded(.up)))
    var seen: UInt64 = 0
    for bucket in 0..<Self.buckets {
      seen += counts[bucket]
      if seen >= rank {
        if bucket < Self.bucketsPerOctave { return Double(bucket) }
        let (octave, part) = (bucket / Self.bucketsPerOctave, bucket % Self.bucketsPerOctave)
        let width = Double(sign: .plus, exponent: octave - 5, significand: 1)
        return (Double(32 + part) + 0.5) * width
      }
    }
    return nil
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

  /// Of durations in nanoseconds.
  init(_ histogram: LogHistogram) {
    let total = histogram.total
    func microseconds(_ share: Double) -> Double { (histogram.percentile(share, of: total) ?? 0) / 1000 }
    self.init(
      p50Microseconds: microseconds(0.5), p90Microseconds: microseconds(0.9), p99Microseconds: microseconds(0.99),
      count: total)
  }
}
