import Budget

/// Sums up what a `RegressionScore` is made of, in planned memory; allocates nothing until it is asked for the score.
package struct RegressionTally {
  /// Sums of one output, or of the means over a sample's outputs: e², e⁴, |e|; and with d = t − the first target, which
  /// keeps the powers small: d, d², d³, d⁴, e² d, e² d²; the first target; |e|².
  private enum Sum {
    static let square = 0
    static let fourth = 1
    static let magnitude = 2
    static let d = 3
    static let squareD = 7
    static let first = 9
    static let magnitudeSquare = 10
    static let count = 11
  }

  package let outputs: Int
  /// `[output, then all][sum]`
  private let sums: UnsafeMutablePointer<Double>
  /// How many samples were added.
  private let count: UnsafeMutablePointer<Double>

  package struct Memory {
    fileprivate let outputs: Int
    fileprivate let sums: Reservation<Double>

    package init(_ name: String, outputs: Int, lifetime: Lifetime, owner: String, in planner: inout Planner) {
      self.outputs = outputs
      sums = planner.reserve(
        name, [Extent("sums", (outputs + 1) * Sum.count + 1)], of: Double.self, lifetime: lifetime, owner: owner)
    }

    /// Zero sums.
    package func bind(_ arena: borrowing Arena) -> RegressionTally {
      let tally = RegressionTally(outputs: outputs, sums: arena.pointer(sums))
      tally.reset()
      return tally
    }
  }

  private init(outputs: Int, sums: UnsafeMutablePointer<Double>) {
    self.outputs = outputs
    self.sums = sums
    count = sums + (outputs + 1) * Sum.count
  }

  package func reset() { sums.update(repeating: 0, count: (outputs + 1) * Sum.count + 1) }

  /// - Parameters: `[output]`.
  package func add(_ values: UnsafePointer<Double>, targets: UnsafePointer<Double>) {
    let isFirst = count.pointee == 0
    count.pointee += 1
    var (meanSquare, meanMagnitude, j) = (0.0, 0.0, 0)
    while j < outputs {
      let sum = sums + j * Sum.count
      if isFirst { sum[Sum.first] = targets[j] }
      let (residual, d) = (values[j] - targets[j], targets[j] - sum[Sum.first])
      let square = residual * residual
      add(square, residual.magnitude, to: sum)
      sum[Sum.d] += d
      sum[Sum.d + 1] += d * d
      sum[Sum.d + 2] += d * d * d
      sum[Sum.d + 3] += d * d * d * d
      sum[Sum.squareD] += square * d
      sum[Sum.squareD + 1] += square * d * d
      meanSquare += square / Double(outputs)
      meanMagnitude += residual.magnitude / Double(outputs)
      j += 1
    }
    add(meanSquare, meanMagnitude, to: sums + outputs * Sum.count)
  }

  private func add(_ square: Double, _ magnitude: Double, to sum: UnsafeMutablePointer<Double>) {
    sum[Sum.square] += square
    sum[Sum.fourth] += square * square
    sum[Sum.magnitude] += magnitude
    sum[Sum.magnitudeSquare] += magnitude * magnitude
  }

  /// The sums as they are, for parts of a stream that are put together: `[output, then all][sum]`, then the count.
  package var numbers: [Double] { (0..<(outputs + 1) * Sum.count + 1).map { sums[$0] } }

  /// Whether these may be the `numbers` of so many outputs, of no more samples than that.
  package static func isNumbers(_ numbers: [Double], outputs: Int, atMost samples: Int) -> Bool {
    numbers.count == (outputs + 1) * Sum.count + 1 && numbers.allSatisfy(\.isFinite)
      && (0...Double(samples)).contains(numbers[numbers.count - 1])
  }

  /// The score of parts of a stream together, each as its `numbers`; nil without a sample.
  package static func score(ofParts parts: [[Double]], outputs: Int) -> RegressionScore? {
    outputs == 0 ? nil : whole(ofParts: parts, outputs: outputs, \.score)
  }

  /// The `numbers` of parts of a stream together.
  package static func numbers(ofParts parts: [[Double]], outputs: Int) -> [Double] {
    whole(ofParts: parts, outputs: outputs, \.numbers)
  }

  private static func whole<Result>(
    ofParts parts: [[Double]], outputs: Int, _ result: (RegressionTally) -> Result
  ) -> Result {
    let size = (outputs + 1) * Sum.count + 1
    var whole = [Double](repeating: 0, count: size)
    return whole.withUnsafeMutableBufferPointer { room in
      let tally = RegressionTally(outputs: outputs, sums: room.baseAddress!)
      for part in parts where part[size - 1] > 0 { tally.merge(part) }
      return result(tally)
    }
  }

  /// Adds sums whose powers are about another target: with δ between the two, d becomes d + δ.
  private func merge(_ other: [Double]) {
    let n = other[other.count - 1]
    for output in 0...outputs {
      let (sum, start) = (sums + output * Sum.count, output * Sum.count)
      if count.pointee == 0 { sum[Sum.first] = other[start + Sum.first] }
      let delta = other[start + Sum.first] - sum[Sum.first]
      let d = (0..<4).map { other[start + Sum.d + $0] }
      let (square, squareD) = (other[start + Sum.square], other[start + Sum.squareD])
      for index in [Sum.square, Sum.fourth, Sum.magnitude, Sum.magnitudeSquare] { sum[index] += other[start + index] }
      let (delta2, delta3) = (delta * delta, delta * delta * delta)
      sum[Sum.d] += d[0] + n * delta
      sum[Sum.d + 1] += d[1] + 2 * delta * d[0] + n * delta2
      sum[Sum.d + 2] += d[2] + 3 * delta * d[1] + 3 * delta2 * d[0] + n * delta3
      sum[Sum.d + 3] += d[3] + 4 * delta * d[2] + 6 * delta2 * d[1] + 4 * delta3 * d[0] + n * delta2 * delta2
      sum[Sum.squareD] += squareD + delta * square
      sum[Sum.squareD + 1] += other[start + Sum.squareD + 1] + 2 * delta * squareD + delta2 * square
    }
    count.pointee += n
  }

  /// nil without a sample.
  package var score: RegressionScore? {
    let n = count.pointee
    if n == 0 { return nil }
    let each = (0..<outputs).map { output in
      RegressionScore.Errors(
        rmse: rmse(output, n), mae: mae(output, n), r2: determination(sums + output * Sum.count, n))
    }
    var r2: RegressionScore.Estimate?
    let all = each.compactMap(\.r2)
    if all.count == outputs {
      let value = all.reduce(0) { $0 + $1.value } / Double(outputs)
      let half = all.reduce(0) { $0 + (($1.interval?.upper ?? .nan) - $1.value) } / Double(outputs)
      r2 = RegressionScore.Estimate(
        value, half.isNaN ? nil : RegressionScore.Interval(lower: value - half, upper: value + half))
    }
    return RegressionScore(
      samples: Int(n), outputs: each,
      all: RegressionScore.Errors(rmse: rmse(outputs, n), mae: mae(outputs, n), r2: r2))
  }

  private func rmse(_ output: Int, _ n: Double) -> RegressionScore.Estimate {
    let sum = sums + output * Sum.count
    let mse = mean(sum[Sum.square], squares: sum[Sum.fourth], n)
    return RegressionScore.Estimate(
      mse.value.squareRoot(),
      mse.interval.map {
        RegressionScore.Interval(lower: $0.lower.squareRoot(), upper: $0.upper.squareRoot())
      })
  }

  private func mae(_ output: Int, _ n: Double) -> RegressionScore.Estimate {
    let sum = sums + output * Sum.count
    return mean(sum[Sum.magnitude], squares: sum[Sum.magnitudeSquare], n)
  }

  /// The mean of n numbers that are not negative, and its normal interval.
  /// - Parameters: sums of the numbers, and of their squares.
  private func mean(_ sum: Double, squares: Double, _ n: Double) -> RegressionScore.Estimate {
    let mean = sum / n
    guard n > 1 else { return RegressionScore.Estimate(mean, nil) }
    let variance = max(squares / n - mean * mean, 0) * n / (n - 1)
    let half = RegressionScore.z * (variance / n).squareRoot()
    return RegressionScore.Estimate(
      mean, RegressionScore.Interval(lower: max(mean - half, 0), upper: mean + half))
  }

  /// R²; nil where all targets are the same.
  private func determination(_ sum: UnsafePointer<Double>, _ n: Double) -> RegressionScore.Estimate? {
    let shift = sum[Sum.d] / n
    // Central moments from those about the first target.
    let (m2, m3, m4) = (sum[Sum.d + 1] / n, sum[Sum.d + 2] / n, sum[Sum.d + 3] / n)
    let variance = m2 - shift * shift
    let fourth = m4 - 4 * shift * m3 + 6 * shift * shift * m2 - 3 * shift * shift * shift * shift
    guard variance > 1e-12 * m2 else { return nil }
    let mse = sum[Sum.square] / n
    // The mean of e² (t − t̄)².
    let mixed = sum[Sum.squareD + 1] / n - 2 * shift * sum[Sum.squareD] / n + shift * shift * mse
    let unexplained = mse / variance
    guard n > 1 else { return RegressionScore.Estimate(1 - unexplained, nil) }
    let influence = sum[Sum.fourth] / n - 2 * unexplained * mixed + unexplained * unexplained * fourth
    let half = RegressionScore.z * (max(influence, 0) / n).squareRoot() / variance
    return RegressionScore.Estimate(
      1 - unexplained, RegressionScore.Interval(lower: 1 - unexplained - half, upper: 1 - unexplained + half))
  }
}
