import Foundation
import Imports
import Kernel
import Testing

@Suite struct EulerTests {
  /// How far two matrices are from one another, whatever their global phase: the phase is that of tr(left† right).
  private func distance(_ left: Matrix, _ right: Matrix) -> Double {
    var trace = Complex(re: 0, im: 0)
    for i in 0..<2 { for j in 0..<2 { trace = trace + left[i][j].conjugate * right[i][j] } }
    let length = (trace.re * trace.re + trace.im * trace.im).squareRoot()
    let phase = Complex(re: trace.re / length, im: trace.im / length)
    var largest = 0.0
    for i in 0..<2 {
      for j in 0..<2 {
        let difference = phase * left[i][j] + Complex(re: -right[i][j].re, im: -right[i][j].im)
        largest = max(largest, difference.re.magnitude, difference.im.magnitude)
      }
    }
    return largest
  }

  private func block(_ angles: [Double], _ gates: [Gate], _ rotation: RotationConvention) -> Matrix {
    let (one, zero) = (Complex(re: 1, im: 0), Complex(re: 0, im: 0))
    var result: Matrix = [[one, zero], [zero, one]]
    for (gate, angle) in zip(gates, angles) { result = product(matrix(gate, angle, rotation), result) }
    return result
  }

  /// Every sequence of one to three gates, repeated ones too, at angles of all sizes and where two axes meet.
  @Test(arguments: [RotationConvention.half, .full])
  func everyOrderIsTheSameRotation(_ rotation: RotationConvention) {
    var numbers = Numbers(seed: 7)
    let quarter = Double.pi / 2
    let special: [Double] = [0, quarter, -quarter, 2 * quarter, quarter / 2, 1e-9, quarter + 1e-9, 4 * quarter, 40]
    var count = 0
    for length in 1...3 {
      let sequences = [3, 9, 27][length - 1]
      for code in 0..<sequences {
        let places: [Int] = [code % 3, code / 3 % 3, code / 9]
        let gates: [Gate] = places[..<length].map { Gate.allCases[$0] }
        for trial in 0..<60 {
          var angles: [Double] = []
          for place in 0..<length {
            let index = (trial * 7 + place * 5 + trial / 9) % special.count
            angles.append(trial < 30 ? 4 * numbers.next() : special[index])
          }
          let model = modelAngles(angles, gates, rotation)
          #expect(
            distance(block(model, [.rx, .ry, .rz], rotation), block(angles, gates, rotation)) < 4e-15,
            "\(gates) \(angles)")
          count += 1
        }
      }
    }
    #expect(count == 39 * 60)
  }

  @Test func aModelsOwnGatesAreCopied() {
    #expect(modelAngles([0.1, 0.2, 0.3], [.rx, .ry, .rz], .full) == [0.1, 0.2, 0.3])
    #expect(modelAngles([0.1, 1e300], [.rx, .rz], .half) == [0.1, 0, 1e300])
    #expect(modelAngles([7], [.ry], .half) == [0, 7, 0])
  }

  @Test func allSequencesAreThere() {
    #expect([1, 2, 3].map { Gate.sequences($0).count } == [3, 6, 12])
    #expect(Gate.sequences(3).allSatisfy { $0[0] != $0[1] && $0[1] != $0[2] })
  }
}
