import CSupport
import Experiments
import Foundation
import Glibc
import Testing

/// Numbers of scikit-learn 1.9.1 with the same penalty: `LogisticRegression(C=1 / (1e-6 * n), fit_intercept=False,
/// solver="newton-cholesky", tol=1e-13)` on standardised columns and a column of ones, moved back to the features.
@Suite struct LogisticRegressionTests {
  struct Rows: FeatureRows {
    var rows: [[Double]]
    var labels: [Double]

    var count: Int { rows.count }
    func label(_ index: Int) -> Double { labels[index] }
    func copy(_ index: Int, into row: UnsafeMutablePointer<Double>) {
      for i in rows[index].indices { row[i] = rows[index][i] }
    }
  }

  struct Outcome: Equatable {
    var coefficients: [Double]
    var status: LogisticRegression.Status
    var iterations: Int
    var correct: Int
  }

  /// Fits on memory of exactly the stated sizes, and checks that what stands behind it is untouched.
  private func fit(_ rows: [[Double]], _ labels: [Double], features: Int = 1) -> Outcome {
    let data = Rows(rows: rows, labels: labels)
    let sizes = (
      LogisticRegression.coefficientCount(features: features), LogisticRegression.workspaceCount(features: features)
    )
    var memory = [Double](repeating: -7, count: sizes.0 + sizes.1 + 16)
    return memory.withUnsafeMutableBufferPointer { memory in
      let base = memory.baseAddress!
      let regression = LogisticRegression(features: features, coefficients: base, workspace: base + sizes.0)
      let fit = regression.fit(data)
      let correct = regression.correct(data)
      #expect(memory[(sizes.0 + sizes.1)...].allSatisfy { $0 == -7 })
      return Outcome(
        coefficients: Array(memory[..<sizes.0]), status: fit.status, iterations: fit.iterations, correct: correct)
    }
  }

  private func expect(
    _ outcome: Outcome, _ coefficients: [Double], correct: Int, _ location: SourceLocation = #_sourceLocation
  ) {
    #expect(outcome.status == .converged && outcome.correct == correct, "\(outcome)", sourceLocation: location)
    for (found, expected) in zip(outcome.coefficients, coefficients) {
      #expect(
        abs(found - expected) <= 1e-7 * max(1, abs(expected)), "\(found), not \(expected)", sourceLocation: location)
    }
  }

  @Test func oneFeature() {
    expect(
      fit([-2, -1, 0, 1, 2, 3, -3, 0.5].map { [$0] }, [0, 0, 1, 0, 1, 1, 0, 1]),
      [1.3169120689663623, -0.16289912899706355], correct: 6)
  }

  /// Columns of very different size and far from 0.
  @Test func threeFeatures() {
    var rows: [[Double]] = []
    var labels: [Double] = []
    for i in 0..<40 {
      let (first, second, third) = (i * 7 % 11, i * 5 % 13 - 1000, i * 3 % 7)
      rows.append([Double(first) / 4, Double(second), Double(third) * 1e-4])
      labels.append((i * i + i / 3) % 5 < 2 ? 1 : 0)
    }
    expect(
      fit(rows, labels, features: 3),
      [-0.6347456005973255, 0.12710452770285835, -1073.3469880236783, 127.48671295657094], correct: 25)
  }

  @Test func separableClassesHaveAFiniteAnswer() {
    let labels: [Double] = [0, 0, 0, 1, 1, 1]
    expect(fit([-3, -2, -1, 1, 2, 3].map { [$0] }, labels), [8.981420907670412, 0], correct: 6)
    // The unit and the origin of a feature change nothing but the coefficients.
    expect(
      fit([-3, -2, -1, 1, 2, 3].map { [$0 * 1e-3 + 7] }, labels), [8981.420907667984, -62869.946353675885], correct: 6)
    // Two lone points at the edge of what a Double tells apart.
    let near = fit([[1], [1 + 1e-11]], [0, 1])
    #expect(near.status == .converged && near.correct == 2 && near.coefficients.allSatisfy(\.isFinite))
  }

  /// Only the intercept b moves, until its penalty stops it: 1 − σ(b) = 10⁻⁶ b.
  @Test func oneClassOnly() {
    for label in [0.0, 1] {
      let outcome = fit([[1], [2], [4]], [label, label, label])
      let b = (label == 1 ? 1 : -1) * (outcome.coefficients[1] + outcome.coefficients[0] * 7 / 3)
      #expect(outcome.status == .converged && outcome.correct == 3)
      #expect(abs(1 / (1 + exp(b)) - 1e-6 * b) < 1e-11, "\(outcome)")
    }
  }

  @Test func constantsCountAsNothing() {
    let outcome = fit([[0.1, -1], [0.1, 1], [0.1, 2]], [0, 1, 1], features: 2)
    #expect(outcome.status == .converged && outcome.coefficients[0] == 0 && outcome.correct == 3)
    // Nothing to tell the rows apart: the share of class 1, log 2 but for the penalty, by hand.
    let share = fit([[0.1], [0.1], [0.1]], [0, 1, 1])
    #expect(share.status == .converged && share.coefficients[0] == 0)
    #expect(abs(share.coefficients[1] - log(2)) < 1e-5 && share.correct == 2)
  }

  @Test func sharesAreLabelsToo() {
    // Row by row the odds are 1 : 3 and 3 : 1, which a line through both gives exactly: w = log 3.
    let outcome = fit([[-1], [1]], [0.25, 0.75])
    #expect(abs(outcome.coefficients[0] - log(3)) < 1e-5 && abs(outcome.coefficients[1]) < 1e-12)
  }

  @Test func refusals() {
    #expect(fit([], []).status == .noRows)
    for rows in [[[1.0], [.nan]], [[1], [.infinity]], [[1e300], [-1e300]]] {
      let outcome = fit(rows, [0, 1])
      #expect(outcome.status == .invalidRow && outcome.coefficients == [0, 0])
    }
    for label in [-0.1, 1.1, .nan] { #expect(fit([[1], [2]], [0, label]).status == .invalidRow) }
  }

  /// Rows made on the spot, so that the rows themselves allocate nothing: 15 bits each.
  struct Bits: FeatureRows {
    let count = 12_163
    func bits(_ index: Int) -> UInt32 { UInt32(truncatingIfNeeded: index &* 2_654_435_761) >> 13 }
    func label(_ index: Int) -> Double { bits(index) % 8 > 3 || index % 11 == 0 ? 1 : 0 }
    func copy(_ index: Int, into row: UnsafeMutablePointer<Double>) {
      for i in 0..<15 { row[i] = Double(bits(index) >> UInt32(i) & 1) }
    }
  }

  @Test func nothingIsAllocated() async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      let coefficients = UnsafeMutablePointer<Double>.allocate(
        capacity: LogisticRegression.coefficientCount(features: 15))
      let workspace = UnsafeMutablePointer<Double>.allocate(capacity: LogisticRegression.workspaceCount(features: 15))
      let regression = LogisticRegression(features: 15, coefficients: coefficients, workspace: workspace)
      let rows = Bits()
      let before = qkd_allocation_count()
      let fit = regression.fit(rows)
      let correct = regression.correct(rows)
      let allocations = qkd_allocation_count() - before
      FileHandle.standardError.write(Data("\(fit), \(correct) correct, \(allocations) allocations\n".utf8))
      // The count moves where something allocates.
      free(malloc(1))
      let isCounting = qkd_allocation_count() > before
      if fit.status != .converged || correct < 11_000 || allocations != 0 || !isCounting { exit(EXIT_FAILURE) }
    }
    print(String(decoding: result?.standardErrorContent ?? [], as: UTF8.self), terminator: "")
  }
}
