import Experiments
import Testing

/// Numbers of SciPy 1.17.1, `scipy.stats`.
@Suite struct SignedRankTests {
  /// `wilcoxon(d, zero_method="wilcox", method="exact")`.
  @Test func exactWithoutTies() {
    let eight = SignedRankTest([3, -1, 4, 7, -2, 9, 12, 5])
    #expect(eight.p == 0.0390625 && eight.count == 8 && eight.positiveRanks == 33)
    let negative: Set<Int> = [2, 6, 12, 15, 20]
    let twenty: [Double] = (1...20).map { Double(negative.contains($0) ? -$0 : $0) }
    expectNear(SignedRankTest(twenty).p, 0.06372261047363281)
    let fifty: [Double] = (1...50).map { Double($0 % 3 == 0 ? -$0 : $0) }
    expectNear(SignedRankTest(fifty).p, 0.02616696817119646)
  }

  /// `wilcoxon(d, zero_method="wilcox", method=PermutationMethod(n_resamples=inf))`.
  @Test func exactWithTies() {
    let twelve = SignedRankTest([2, 2, -2, 3, 3, 5, -1, 1, 4, 4, 4, -3])
    expectNear(twelve.p, 0.0380859375)
    #expect(twelve.positiveRanks == 12 * 13 / 2 - 12.5)
    let zeros = SignedRankTest([0, 1, 1, 1, -1, 2, 0, 2, -3, 3, 3, 4, 0])
    #expect(zeros.count == 10)
    expectNear(zeros.p, 0.10546875)
  }

  /// `wilcoxon(d, zero_method="wilcox", method="approx", correction=True)`.
  @Test func normalBeyondFifty() {
    let ties: [Double] = [
      8, 3, 4, 7, 2, 5, 6, -3, -6, -2, -2, 7, 7, -6, 1, 6, -5, 5, -5, 1, 6, -2, -1, -2, 4, -3, 8, 0, 1, 1, 2, 2, 1, 8,
      6, 5, 4, 3, -1, 8, 0, -3, 6, -4, 6, 3, -5, -6, 0, -6, -4, 1, 8, 0, 6, 7, 6, 3, 0, 1, -3, 1, -1, -3, 8, -6, -5,
      -4, 8, 4,
    ]
    expectNear(SignedRankTest(ties).p, 0.009844748054025985)
    let few: [Double] = [
      63, -32, 40, -9, 8, -60, 26, 56, 32, -39, 14, -23, 75, 63, -34, 11, 71, 58, 39, 29, -55, 43, 6, -48, -26, 15,
      41, 11, 25, 61, 36, -10, 30, 23, -45, -52, 32, -6, 23, -15, -29, -39, -7, 54, -4, -7, 20, 77, -6, 22, 1, 24, 2,
      29, 16, 34, 73, -39, 18, 1, -10,
    ]
    expectNear(SignedRankTest(few).p, 0.01810848841648561)
  }

  /// Every choice of signs, one after the other, for magnitudes with and without ties.
  @Test(
    arguments: [
      [1], [1, 1], [1, 2, 2], [1, 2, 3, 4, 5], [3, 3, 3, 1, 1, 2], [5, 1, 4, 4, 2, 2, 9, 9, 9],
      [1, 1, 2, 3, 4, 4, 4, 6, 7, 8],
    ] as [[Double]])
  func exactIsTheShareOfSigns(_ magnitudes: [Double]) {
    func differences(_ choice: Int) -> [Double] {
      magnitudes.enumerated().map { choice >> $0.offset & 1 == 1 ? $0.element : -$0.element }
    }
    // Twice the rank: how many are smaller, and half of those that are the same.
    let doubledRanks = magnitudes.map { value in
      2 * magnitudes.count { $0 < value } + magnitudes.count { $0 == value } + 1
    }
    func sum(_ choice: Int) -> Int {
      doubledRanks.enumerated().reduce(0) { $0 + (choice >> $1.offset & 1 == 1 ? $1.element : 0) }
    }
    let choices = 0..<(1 << magnitudes.count)
    for choice in choices {
      let observed = sum(choice)
      let below = choices.count { sum($0) <= observed }
      let above = choices.count { sum($0) >= observed }
      let test = SignedRankTest(differences(choice))
      #expect(test.p == min(1, 2 * Double(min(below, above)) / Double(choices.count)))
      #expect(test.positiveRanks == Double(observed) / 2)
    }
  }

  /// 0.3 − 0.2 and 0.4 − 0.3 are not the same Double, nor is 0.3 − 0.1 − 0.2 zero.
  @Test func roundingBreaksNoTies() {
    let rounded = [0.3 - 0.2, 0.4 - 0.3, 0.0 - 0.1, 0.9 - 0.7, 0.3 - 0.1 - 0.2]
    #expect(Set(rounded.map(\.magnitude)).count == 5)
    let test = SignedRankTest(rounded)
    #expect(test == SignedRankTest([1, 1, -1, 2]) && test.count == 4)
  }

  @Test func noDifferenceAtAll() {
    #expect(SignedRankTest([0, 0, 0]).p == 1 && SignedRankTest([]).p == 1)
    #expect(SignedRankTest((0..<60).map { $0 % 2 == 0 ? 1 : -1 }).p == 1)
  }

  private func expectNear(_ value: Double, _ expected: Double, _ location: SourceLocation = #_sourceLocation) {
    #expect(abs(value - expected) < 1e-12 * expected, "\(value)", sourceLocation: location)
  }
}
