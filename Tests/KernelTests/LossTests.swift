import Foundation
import Kernel
import Testing

@Suite struct LossTests {
  @Test func extremeLogitsStayFinite() {
    var derivative = [0.0, 0, 0]
    let loss = Loss(distillationWeight: 0.5, temperature: 0.1)
    let value = loss.evaluate(
      logits: [1e4, -1e4, 0], count: 3, label: 1, teacher: [-1e3, 1e3, 0], derivative: &derivative)
    #expect(value.isFinite && derivative.allSatisfy(\.isFinite))
    var probabilities = [0.0, 0, 0]
    softmax([1e308, 0, -1e308], count: 3, into: &probabilities)
    #expect(probabilities == [1, 0, 0])
  }

  @Test func withoutATeacherTheLossIsCrossEntropy() {
    var derivative = [0.0, 0]
    let value = Loss(distillationWeight: 0.8, temperature: 2).evaluate(
      logits: [0.3, -0.1], count: 2, label: 0, teacher: nil, derivative: &derivative)
    let p = exp(0.3) / (exp(0.3) + exp(-0.1))
    #expect(abs(value + log(p)) < 1e-15)
    #expect(abs(derivative[0] - (p - 1)) < 1e-15 && abs(derivative[1] - (1 - p)) < 1e-15)
  }

  @Test func aPerfectStudentHasNoDivergence() {
    var derivative = [1.0, 1, 1]
    for direction in everyDirection {
      let value = Loss(distillationWeight: 1, temperature: 3, direction: direction).evaluate(
        logits: [0.2, 1.2, -3], count: 3, label: 2, teacher: [1.2, 2.2, -2], derivative: &derivative)
      #expect(abs(value) < 1e-14 && derivative.allSatisfy { abs($0) < 1e-14 })
    }
  }

  @Test func equalLogitsGoToTheLowestClass() {
    #expect(argmax([1, 2, 2], count: 3) == 1)
  }

  /// Two steps against numbers worked out by the published algorithm.
  @Test func adamFollowsItsDefinition() {
    var (parameters, first, second) = ([1.0, -2.0], [0.0, 0], [0.0, 0])
    var expected = parameters
    var (m, v) = ([0.0, 0], [0.0, 0])
    for step in 1...2 {
      let gradient = step == 1 ? [0.5, -1e-3] : [-0.25, 4e-3]
      Adam().step(
        step, learningRate: 0.1, parameters: &parameters, gradient: gradient, first: &first, second: &second, count: 2)
      for i in 0..<2 {
        m[i] = 0.9 * m[i] + 0.1 * gradient[i]
        v[i] = 0.999 * v[i] + 0.001 * gradient[i] * gradient[i]
        let (a, b) = (m[i] / (1 - pow(0.9, Double(step))), v[i] / (1 - pow(0.999, Double(step))))
        expected[i] -= 0.1 * a / (b.squareRoot() + 1e-8)
      }
    }
    for i in 0..<2 { #expect(abs(parameters[i] - expected[i]) < 1e-15) }
  }

  @Test func stepScheduleHalvesEveryHundred() {
    let schedule = StepSchedule(every: 100, factor: 0.5)
    #expect([1, 100, 101, 200, 201].map { schedule.multiplier(step: $0) } == [1, 1, 0.5, 0.5, 0.25])
  }
}
