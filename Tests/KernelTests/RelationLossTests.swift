import Kernel
import Testing

/// Distances of a batch's samples, student's against teacher's.
@Suite struct RelationLossTests {
  private func evaluate(
    _ student: [[Double]], _ teacher: [[Double]], weight: Double = 1, stride: Int? = nil
  ) -> (loss: Double, slopes: [[Double]]) {
    let length = student.first?.count ?? 1
    let stride = stride ?? length
    func flat(_ rows: [[Double]]) -> [Double] {
      rows.flatMap { $0 + [Double](repeating: 99, count: stride - length) }
    }
    var derivative = [Double](repeating: 0, count: max(1, student.count * stride))
    let loss = RelationLoss(weight: weight).addGradient(
      student: flat(student), teacher: flat(teacher), samples: student.count, stride: stride, length: length,
      derivative: &derivative)
    // What stands behind the vectors is left alone.
    #expect(student.indices.allSatisfy { row in (length..<stride).allSatisfy { derivative[row * stride + $0] == 0 } })
    return (loss, student.indices.map { Array(derivative[$0 * stride..<$0 * stride + length]) })
  }

  /// On a line at 0, 1, 3: distances 1, 2, 3 of mean 2; the teacher's 3, 4, 5 of mean 4.
  @Test func byHand() {
    let (loss, slopes) = evaluate([[0, 0], [1, 0], [3, 0]], [[0, 0], [3, 0], [3, 4]], weight: 2, stride: 5)
    // Residuals 1/2 − 3/4, 3/2 − 5/4, 1 − 1: of pairs 01, 02, 12.
    #expect(abs(loss - 2 * (0.0625 + 0.0625) / 3) < 1e-15)
    #expect(slopes.allSatisfy { $0[1] == 0 })
    #expect(abs(slopes[0][0] + slopes[1][0] + slopes[2][0]) < 1e-15)
  }

  @Test func scaleAndOriginDoNotMatter() {
    let rows = [[0.1, 0.4, -0.3], [0.9, -0.2, 0.5], [-0.7, 0.3, 0.2], [0.4, 0.8, -0.6]]
    let moved = rows.map { $0.map { 7 * $0 - 3 } }
    let (loss, slopes) = evaluate(rows, moved)
    #expect(abs(loss) < 1e-28 && slopes.flatMap { $0 }.allSatisfy { abs($0) < 1e-14 })
  }

  @Test func nothingToCompare() {
    #expect(evaluate([[1, 2]], [[3, 4]]).loss == 0)
    let (loss, slopes) = evaluate([[1, 2], [1, 2]], [[3, 4], [5, 6]])
    #expect(loss == 0 && slopes == [[0, 0], [0, 0]])
    // Two of three are equal: no direction between them, and all numbers finite.
    let (some, finite) = evaluate([[1, 2], [1, 2], [0, 1]], [[3, 4], [5, 6], [7, 1]])
    #expect(some > 0 && finite.flatMap { $0 }.allSatisfy(\.isFinite))
  }

  @Test func slopesAreDifferenceQuotients() {
    var random = Random(3)
    for (samples, length) in [(2, 1), (3, 2), (7, 4)] {
      let student = (0..<samples).map { _ in (0..<length).map { _ in random.uniform(-1...1) } }
      let teacher = (0..<samples).map { _ in (0..<length).map { _ in random.uniform(-1...1) } }
      let (_, slopes) = evaluate(student, teacher, weight: 0.7)
      for a in 0..<samples {
        for k in 0..<length {
          var (up, down) = (student, student)
          up[a][k] += 1e-5
          down[a][k] -= 1e-5
          let quotient = (evaluate(up, teacher, weight: 0.7).loss - evaluate(down, teacher, weight: 0.7).loss) / 2e-5
          #expect(abs(quotient - slopes[a][k]) < 1e-8, "\(samples) \(length)")
        }
      }
    }
  }

  /// Through a whole circuit: pulls on the outputs become derivatives by the angles, three ways.
  @Test(arguments: 2...5) func pullsReachTheAngles(qubits n: Int) {
    let item = GradientTests.Case(qubits: n, seed: UInt64(40 + n))
    let loss = RelationLoss(weight: 1.5)
    let forward = item.harness(.none)
    let samples = item.labels.count
    func relate(_ angles: [Double], _ pulls: inout [Double]) -> Double {
      forward.prepare(angles)
      let rows = forward.forward()
      pulls = [Double](repeating: 0, count: forward.lanes * 3)
      return loss.addGradient(
        student: rows.flatMap { $0 }, teacher: item.teacher.flatMap { $0 }, samples: samples, stride: 3, length: 3,
        derivative: &pulls)
    }
    var (pulls, unused) = ([Double](), [Double]())
    _ = relate(item.angles, &pulls)
    // A loss that is 0 leaves the pulls alone.
    let silent = Loss(distillationWeight: 1, kind: .squaredError)
    let adjoint = item.harness(.stored).gradient(
      angles: item.angles, labels: item.labels, pulls: pulls, loss: silent)
    var (angles, shift) = (item.angles, [Double](repeating: 0, count: item.angles.count))
    forward.prepare(item.angles)
    forward.network.addShiftGradient(
      forward.input, forward.workspace, angles: &angles, weights: pulls, logits: forward.logits, gradient: &shift)
    for p in item.angles.indices {
      #expect(abs(adjoint.angles[p] - shift[p]) < 1e-12, "parameter \(p)")
    }
    for p in stride(from: 0, to: item.angles.count, by: max(1, item.angles.count / 10)) {
      var (up, down) = (item.angles, item.angles)
      up[p] += 1e-5
      down[p] -= 1e-5
      let quotient = (relate(up, &unused) - relate(down, &unused)) / 2e-5
      #expect(abs(adjoint.angles[p] - quotient) < 2e-8, "parameter \(p)")
    }
  }
}
