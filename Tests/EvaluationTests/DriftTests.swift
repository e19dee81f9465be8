import Evaluation
import Testing

@Suite struct DriftTests {
  /// By hand: of 1,100 answers 570 and 530 a class, so that 518.18, 481.82, 51.82 and 48.18 are expected, each off by
  /// 18.18: X² = 18.18² (1/518.18 + 1/481.82 + 1/51.82 + 1/48.18) = 14.5647, and for one degree of freedom
  /// p = erfc(√(X²/2)) = 1.354e-4.
  @Test func twoClasses() throws {
    let test = try #require(DriftTest(reference: [500, 500], observed: [70, 30]))
    #expect(test.degrees == 1)
    #expect((test.statistic - 14.564713670555058).magnitude < 1e-9)
    #expect((test.p - 0.0001354269545737908).magnitude < 1e-12)
    let swapped = try #require(DriftTest(reference: [70, 30], observed: [500, 500]))
    #expect((swapped.statistic - test.statistic).magnitude < 1e-9)
  }

  /// Three classes of 30 + 60, 30 + 30, 40 + 10: 45, 30 and 25 are expected in either lot of 100, so that
  /// X² = 2 (15²/45 + 0 + 15²/25) = 28; for two degrees of freedom p = exp(−14).
  @Test func threeClasses() throws {
    let test = try #require(DriftTest(reference: [30, 30, 40], observed: [60, 30, 10]))
    #expect(test.degrees == 2 && (test.statistic - 28).magnitude < 1e-12)
    #expect((test.p - 8.315287191035679e-07).magnitude < 1e-17)
  }

  @Test func noDrift() throws {
    let test = try #require(DriftTest(reference: [300, 700], observed: [30, 70]))
    #expect(test.statistic < 1e-12 && test.p > 0.999)
  }

  /// The last two classes are expected once and twice among 100: they are one with the second, and nothing is alarming
  /// in one rare answer.
  @Test func rareClassesAreCountedTogether() throws {
    let test = try #require(DriftTest(reference: [600, 370, 20, 10], observed: [60, 36, 2, 2]))
    #expect(test.degrees == 1 && test.p > 0.5)
    let merged = try #require(DriftTest(reference: [600, 400], observed: [60, 40]))
    #expect(test == merged)
    // Ten classes that never were answers are none.
    let wide = DriftTest(
      reference: [600, 400] + [Int](repeating: 0, count: 10), observed: [60, 40] + [Int](repeating: 0, count: 10))
    #expect(wide == merged)
  }

  @Test(arguments: [
    ([500, 500], [0, 0]), ([500, 500], [1, 0]), ([500, 500], [4, 4]), ([1000, 0], [100, 0]), ([0, 0], [0, 0]),
    ([3, 3], [500, 500]),
  ])
  func whereNothingCanBeSaid(_ reference: [Int], _ observed: [Int]) {
    #expect(DriftTest(reference: reference, observed: observed) == nil)
  }
}
