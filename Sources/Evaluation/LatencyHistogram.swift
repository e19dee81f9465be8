import Budget

/// Durations in a histogram of fixed size: 32 buckets for each power of two of nanoseconds, so that any percentile is
/// exact to 1/32 of its value, however many durations there are.
struct LatencyHistogram {
  static let bucketsPerOctave = 32
  static let buckets = 64 * bucketsPerOctave

  let counts: UnsafeMutablePointer<UInt64>

  /// Zero counts.
  init(_ counts: UnsafeMutablePointer<UInt64>) {
    self.counts = counts
    counts.update(repeating: 0, count: Self.buckets)
  }

  static func reserve(in planner: inout Planner) -> Reservation<UInt64> {
    planner.reserve(
      "latency histogram", [Extent("octaves", 64), Extent("buckets", bucketsPerOctave)], of: UInt64.self,
      lifetime: .run, owner: "Evaluation")
  }

  private static func bucket(_ nanoseconds: Int64) -> Int {
    let value = UInt64(max(nanoseconds, 1))
    if value < UInt64(bucketsPerOctave) { return Int(value) }
    let octave = 63 - value.leadingZeroBitCount
    // The 5 bits below the leading one.
    return octave * bucketsPerOctave + Int((value >> UInt64(octave - 5)) & 31)
  }

  func add(nanoseconds: Int64) { counts[Self.bucket(nanoseconds)] += 1 }

  /// The middle of the bucket that holds the percentile, in microseconds.
  private func percentile(_ share: Double, of total: UInt64) -> Double {
    let rank = max(1, UInt64((share * Double(total)).rounded(.up)))
    var seen: UInt64 = 0
    for bucket in 0..<Self.buckets {
      seen += counts[bucket]
      if seen >= rank {
        if bucket < Self.bucketsPerOctave { return Double(bucket) / 1000 }
        let (octave, part) = (bucket / Self.bucketsPerOctave, bucket % Self.bucketsPerOctave)
        let width = Double(sign: .plus, exponent: octave - 5, significand: 1)
        return (Double(32 + part) + 0.5) * width / 1000
      }
    }
    return 0
  }

  var summary: LatencySummary {
    let total = (0..<Self.buckets).reduce(UInt64(0)) { $0 + counts[$1] }
    return LatencySummary(
      p50Microseconds: percentile(0.5, of: total), p90Microseconds: percentile(0.9, of: total),
      p99Microseconds: percentile(0.99, of: total), count: Int(total))
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
