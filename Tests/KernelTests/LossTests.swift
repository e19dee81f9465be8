import Foundation
import Kernel
import Testing

@Suite struct LossTests {
  @Test func extremeLogitsStayFinite() {
    var derivative = [0.0, 0, 0]
    let loss = Loss(distillationWeight: 0.5, temperature: 0.1)
    let value = loss.evaluate(
      outputs: [1e4, -1e4, 0], count: 3, label: 1, teacher: [-1e3, 1e3, 0], derivative: &derivative)
    #expect(value.isFinite && derivative.allSatisfy(\.isFinite))
    var probabilities = [0.0, 0, 0]
    softmax([1e308, 0, -1e308], count: 3, into: &probabilities)
    #expect(probabilities == [1, 0, 0])
  }

  @Test func withoutATeacherTheLossIsCrossEntropy() {
    var derivative = [0.0, 0]
    let value = Loss(distillationWeight: 0.8, temperature: 2).evaluate(
      outputs: [0.3, -0.1], count: 2, label: 0, teacher: nil, derivative: &derivative)
    let p = exp(0.3) / (exp(0.3) + exp(-0.1))
    #expect(abs(value + log(p)) < 1e-15)
    #expect(abs(derivative[0] - (p - 1)) < 1e-15 && abs(derivative[1] - (1 - p)) < 1e-15)
  }

  @Test func aPerfectStudentHasNoDivergence() {
    var derivative = [1.0, 1, 1]
    for direction in everyDirection {
      let value = Loss(distillationWeight: 1, temperature: 3, direction: direction).evaluate(
        outputs: [0.2, 1.2, -3], count: 3, label: 2, teacher: [1.2, 2.2, -2], derivative: &derivative)
      #expect(abs(value) < 1e-14 && derivative.allSatisfy { abs($0) < 1e-14 })
    }
  }

  /// Logits 0, 2, 4 have mean 2 and deviation √(8/3).
  @Test func standardizedLogitsByHand() {
    let z = (8.0 / 3).squareRoot()
    let deviation = z + Loss.deviationFloor
    func softmax(_ v: [Double]) -> [Double] { v.map { exp($0) / v.reduce(0) { $0 + exp($1) } } }
    let p = softmax([-2, 0, 2].map { $0 / deviation / 4 })
    let q = softmax([2, -1, -1].map { $0 / (2.0.squareRoot() + Loss.deviationFloor) / 4 })
    var derivative = [0.0, 0, 0]
    for (direction, (first, second)) in [(DistillationDirection.studentFirst, (p, q)), (.teacherFirst, (q, p))] {
      let divergence = zip(first, second).reduce(0) { $0 + $1.0 * log($1.0 / $1.1) }
      // A teacher with another offset and range says the same.
      for teacher in [[3.0, 0, 0], [1000, 400, 400]] {
        let value = Loss(distillationWeight: 1, temperature: 4, direction: direction, standardizesLogits: true)
          .evaluate(outputs: [0, 2, 4], count: 3, label: 0, teacher: teacher, derivative: &derivative)
        #expect(abs(value - 16 * divergence) < (teacher[0] == 3 ? 1e-14 : 1e-6))
      }
    }
    // Without a deviation of its own, the divergence falls on the plain one of zeros.
    let equal = Loss(distillationWeight: 1, temperature: 4, standardizesLogits: true)
      .evaluate(outputs: [5, 5, 5], count: 3, label: 0, teacher: [3, 0, 0], derivative: &derivative)
    #expect(equal.isFinite && derivative.allSatisfy(\.isFinite))
    #expect(derivative[0] < 0 && derivative[1] > 0 && derivative[1] == derivative[2])
  }

  @Test func standardizedGradientsAreDifferenceQuotients() {
    var random = Random(5)
    for m in [3, 4, 10] {
      for direction in everyDirection {
        for scale in [0.01, 1, 30] {
          let loss = Loss(
            distillationWeight: 0.7, temperature: 2.5, direction: direction, labelSmoothing: 0.1,
            standardizesLogits: true)
          let logits = (0..<m).map { _ in scale * random.uniform(-1...1) + 3 }
          let teacher = (0..<m).map { _ in random.uniform(-4...4) }
          var (derivative, unused) = ([Double](repeating: 0, count: m), [Double](repeating: 0, count: m))
          func value(_ logits: [Double]) -> Double {
            loss.evaluate(outputs: logits, count: m, label: 1, teacher: teacher, derivative: &unused)
          }
          _ = loss.evaluate(outputs: logits, count: m, label: 1, teacher: teacher, derivative: &derivative)
          let h = 1e-4 * scale
          for j in 0..<m {
            func at(_ step: Double) -> Double {
              var moved = logits
              moved[j] += step * h
              return value(moved)
            }
            let slope = (8 * (at(1) - at(-1)) - at(2) + at(-2)) / (12 * h)
            #expect(abs(slope - derivative[j]) < 1e-8 * max(1, 1 / scale), "\(m) \(direction) \(scale)")
          }
          #expect(abs(derivative.reduce(0, +)) < 1e-12 * max(1, 1 / scale))
        }
      }
    }
  }

  /// Two standardised logits are ±1: the gradient vanishes but for the floor.
  @Test func twoStandardizedLogitsSayTheirOrderAlone() {
    let loss = Loss(distillationWeight: 1, temperature: 2, standardizesLogits: true)
    var derivative = [0.0, 0]
    let right = loss.evaluate(outputs: [1, 3], count: 2, label: 0, teacher: [0, 0.1], derivative: &derivative)
    #expect(abs(right) < 1e-10 && derivative.allSatisfy { abs($0) < 1e-6 })
    let wrong = loss.evaluate(outputs: [3, 1], count: 2, label: 0, teacher: [0, 0.1], derivative: &derivative)
    #expect(wrong > 1 && derivative.allSatisfy { abs($0) < 1e-6 })
  }

  @Test func extremeLogitsStayFiniteStandardized() {
    var derivative = [0.0, 0, 0]
    for temperature in [1e-6, 1, 1e6] {
      for direction in everyDirection {
        for standardizes in [false, true] {
          let loss = Loss(
            distillationWeight: 0.5, temperature: temperature, direction: direction, standardizesLogits: standardizes)
          let value = loss.evaluate(
            outputs: [1e24, -1e24, 0], count: 3, label: 1, teacher: [-1e100, 1e100, 3], derivative: &derivative)
          #expect(value.isFinite && derivative.allSatisfy(\.isFinite), "\(temperature) \(direction) \(standardizes)")
        }
      }
    }
  }

  @Test func curvaturesAreDifferenceQuotientsOfSlopes() {
    var random = Random(7)
    for m in [2, 3, 10] {
      for direction in everyDirection {
        for (alpha, temperature) in [(0.0, 1.0), (0.7, 2.5), (1, 0.8)] {
          let loss = Loss(
            distillationWeight: alpha, temperature: temperature, direction: direction, labelSmoothing: 0.1)
          let logits = (0..<m).map { _ in random.uniform(-2...2) }
          let teacher = (0..<m).map { _ in random.uniform(-4...4) }
          var scratch = [Double](repeating: 0, count: 2 * m)
          var curvature = [Double](repeating: 7, count: m * m)
          loss.curvature(
            outputs: logits, count: m, label: 1, teacher: teacher, scratch: &scratch, into: &curvature)
          for j in 0..<m {
            func slopes(_ step: Double) -> [Double] {
              var (moved, slopes) = (logits, [Double](repeating: 0, count: m))
              moved[j] += step * 1e-3
              _ = loss.evaluate(outputs: moved, count: m, label: 1, teacher: teacher, derivative: &slopes)
              return slopes
            }
            let (up, down, farUp, farDown) = (slopes(1), slopes(-1), slopes(2), slopes(-2))
            for k in 0..<m {
              let quotient = (8 * (up[k] - down[k]) - farUp[k] + farDown[k]) / 12e-3
              #expect(abs(quotient - curvature[j * m + k]) < 1e-9, "\(m) \(direction) \(alpha)")
              #expect(curvature[j * m + k] == curvature[k * m + j])
            }
          }
        }
      }
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

  /// Two numbers and two hints by hand.
  @Test func numbersAndHintsByHand() {
    var derivative = [9.0, 9, 9, 9]
    func value(_ kind: LossKind, alpha: Double) -> Double {
      Loss(distillationWeight: alpha, kind: kind, hints: 2, hintWeight: 3).evaluate(
        outputs: [1, 5, 0.5, -1], count: 4, label: -2, values: [2, 2, 99, 99], teacher: [1.5, 5, 0.25, 1],
        derivative: &derivative)
    }
    // Hints: 3 (0.0625 + 4) / 2.
    // ¾ (1 + 9)/2 + ¼ (¼ + 0)/2, and the hints; ½ (½ + 2 (3 − 1)), and the hints.
    #expect(value(.squaredError, alpha: 0.25) == 3.78125 + 6.09375)
    #expect(derivative == [-0.875, 2.25, 0.75, -6])
    #expect(value(.huber(threshold: 2), alpha: 0) == 2.25 + 6.09375)
    #expect(derivative == [-0.5, 1, 0.75, -6])
  }

  /// A sample without a label has the teacher alone; without a teacher, nothing.
  @Test func aSampleWithoutALabel() {
    var (derivative, expected) = ([9.0, 9], [9.0, 9])
    let value = Loss(distillationWeight: 0.75, temperature: 2).evaluate(
      outputs: [1, 5], count: 2, label: -2, teacher: [0, 1], derivative: &derivative)
    let whole = Loss(distillationWeight: 1, temperature: 2).evaluate(
      outputs: [1, 5], count: 2, label: 1, teacher: [0, 1], derivative: &expected)
    #expect(abs(value - 0.75 * whole) < 1e-15)
    #expect(zip(derivative, expected).allSatisfy { abs($0 - 0.75 * $1) < 1e-15 })
    #expect(
      Loss.crossEntropy.evaluate(outputs: [1, 5], count: 2, label: -2, teacher: nil, derivative: &derivative) == 0)
    #expect(derivative == [0, 0])
  }

  @Test func slopesAndCurvaturesOfNumbersAreDifferenceQuotients() {
    var random = Random(11)
    let kinds = [LossKind.squaredError, .huber(threshold: 0.7), .classes]
    for (kind, alpha) in kinds.flatMap({ kind in [0, 0.4, 1].map { (kind, $0) } }) {
      let (m, total) = (3, 5)
      let loss = Loss(
        distillationWeight: alpha, temperature: 1.5, direction: .teacherFirst, kind: kind, hints: 2, hintWeight: 0.6)
      func numbers() -> [Double] { (0..<total).map { _ in random.uniform(-2...2) } }
      let (outputs, values, teacher) = (numbers(), numbers(), numbers())
      var (scratch, unused) = ([Double](repeating: 0, count: 2 * total), [Double](repeating: 0, count: total))
      var (slopes, curvature) = (unused, [Double](repeating: 7, count: total * total))
      func value(_ outputs: [Double], _ slopes: inout [Double]) -> Double {
        loss.evaluate(
          outputs: outputs, count: total, label: 1, values: values, teacher: teacher, derivative: &slopes)
      }
      _ = value(outputs, &slopes)
      loss.curvature(
        outputs: outputs, count: total, label: 1, values: values, teacher: teacher, scratch: &scratch,
        into: &curvature)
      for j in 0..<total {
        var (up, down) = (outputs, outputs)
        (up[j], down[j]) = (up[j] + 1e-5, down[j] - 1e-5)
        var (above, below) = (unused, unused)
        #expect(abs((value(up, &above) - value(down, &below)) / 2e-5 - slopes[j]) < 1e-9, "\(kind) \(alpha) \(j)")
        for k in 0..<total {
          #expect(abs((above[k] - below[k]) / 2e-5 - curvature[j * total + k]) < 1e-8, "\(kind) \(alpha) \(j) \(k)")
        }
        _ = value(outputs, &unused)
      }
      #expect(m + loss.hints == total)
    }
  }
}
