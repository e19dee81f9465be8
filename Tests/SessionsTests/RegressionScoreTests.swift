import Batches
import Budget
import Foundation
import Testing

/// RMSE, MAE and R² with their intervals, against scikit-learn and their definitions.
@Suite struct RegressionScoreTests {
  /// What `tools/python/regression_golden.py` writes.
  struct Problem: Decodable {
    struct Errors: Decodable {
      let rmse, mae, r2: Double
      let rmseInterval, maeInterval, r2Interval: [Double]
    }

    let values, targets: [[Double]]
    let outputs: [Errors]
    let all: Errors

    static func read() throws -> [Problem] {
      let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      return try decoder.decode(
        [Problem].self, from: Data(contentsOf: tests.appendingPathComponent("Golden/regression-scores.json")))
    }
  }

  /// Rows summed up as a run does, and what parts of a stream hand over.
  private func tally(_ values: [[Double]], _ targets: [[Double]]) throws -> (RegressionScore?, [Double]) {
    var planner = Planner()
    let memory = RegressionTally.Memory(
      "sums", outputs: values[0].count, lifetime: .run, owner: "Tests", in: &planner)
    let arena = try Arena(planner.layout())
    let tally = memory.bind(arena)
    for (value, target) in zip(values, targets) { tally.add(value, targets: target) }
    return (tally.score, tally.numbers)
  }

  private func expectSame(_ found: RegressionScore.Errors, _ expected: Problem.Errors, _ tolerance: Double = 1e-9) {
    func same(_ estimate: RegressionScore.Estimate?, _ value: Double, _ ends: [Double]) -> Bool {
      guard let estimate, let interval = estimate.interval else { return false }
      return zip([estimate.value, interval.lower, interval.upper], [value] + ends).allSatisfy {
        abs($0 - $1) <= tolerance * max(1e-3, abs($1))
      }
    }
    #expect(same(found.rmse, expected.rmse, expected.rmseInterval), "\(found.rmse)")
    #expect(same(found.mae, expected.mae, expected.maeInterval), "\(found.mae)")
    #expect(same(found.r2, expected.r2, expected.r2Interval), "\(String(describing: found.r2))")
  }

  @Test func agreesWithScikitLearn() throws {
    let problems = try Problem.read()
    #expect(problems.count == 6)
    for problem in problems {
      let score = try #require(try tally(problem.values, problem.targets).0)
      #expect(score.samples == problem.values.count && score.outputs.count == problem.values[0].count)
      for (found, expected) in zip(score.outputs, problem.outputs) { expectSame(found, expected) }
      expectSame(score.all, problem.all)
    }
  }

  /// Every row to one of three parts, in turn.
  @Test func partsAddUp() throws {
    for problem in try Problem.read() where problem.values.count >= 3 {
      let parts = try (0..<3).map { part in
        let rows = problem.values.indices.filter { $0 % 3 == part }
        return try tally(rows.map { problem.values[$0] }, rows.map { problem.targets[$0] }).1
      }
      let score = try #require(RegressionTally.score(ofParts: parts, outputs: problem.values[0].count))
      #expect(score.samples == problem.values.count)
      expectSame(score.all, problem.all, 1e-7)
      for (found, expected) in zip(score.outputs, problem.outputs) { expectSame(found, expected, 1e-7) }
    }
  }

  @Test func fewSamplesAndEqualTargets() throws {
    let single = try #require(try tally([[2]], [[1.5]]).0)
    #expect(single.all.rmse == .init(0.5, nil) && single.all.mae == .init(0.5, nil) && single.all.r2 == nil)
    let equal = try #require(try tally([[1], [2], [4]], [[3], [3], [3]]).0)
    #expect(equal.all.r2 == nil && abs(equal.all.rmse.value - 2.0.squareRoot()) < 1e-15)
    let perfect = try #require(try tally([[1], [2], [4]], [[1], [2], [4]]).0)
    #expect(
      perfect.all.rmse == .init(0, .init(lower: 0, upper: 0)) && perfect.all.r2 == .init(1, .init(lower: 1, upper: 1)))
    #expect(RegressionTally.score(ofParts: [], outputs: 1) == nil)
  }
}
