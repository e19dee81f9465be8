import Foundation
import Kernel
import Testing

/// The reference numbers beside the checkout; a machine without them skips these tests with a message.
enum Golden {
  static let url: URL? = {
    if let path = ProcessInfo.processInfo.environment["QKD_SHARED"] {
      return URL(fileURLWithPath: path).appendingPathComponent("golden/qnn.json")
    }
    var folder = URL(fileURLWithPath: #filePath)
    while folder.path != "/" {
      folder.deleteLastPathComponent()
      let file = folder.appendingPathComponent("shared/golden/qnn.json")
      if FileManager.default.fileExists(atPath: file.path) { return file }
    }
    return nil
  }()

  struct File: Decodable { let cases: [Case] }

  struct Case: Decodable {
    let n: Int
    let layers: Int
    let cnot: String
    let order: String
    let input: String
    let logits: [Double]
    let ce: Double
    let gradCE: [Double]
    let dlogit0: [Double]
    let dlogit1: [Double]
    let studentFirst: Double
    let studentFirstGradient: [Double]
    let teacherFirst: Double
    let teacherFirstGradient: [Double]

    enum CodingKeys: String, CodingKey {
      case n, cnot, order, input, logits, ce, dlogit0, dlogit1
      case layers = "L"
      case gradCE = "grad_ce"
      case studentFirst = "kd_student_teacher"
      case studentFirstGradient = "grad_kd_student_teacher"
      case teacherFirst = "kd_teacher_student"
      case teacherFirstGradient = "grad_kd_teacher_student"
    }
  }

  static func cases() throws -> [Case] {
    try JSONDecoder().decode(File.self, from: Data(contentsOf: url!)).cases
  }
}

@Suite(.enabled(if: Golden.url != nil, "shared/golden/qnn.json is not beside the checkout"))
struct GoldenTests {
  /// The file's inputs, amplitudes with qubit 0 as the most significant bit.
  static func input(_ name: String, _ n: Int) -> [Complex] {
    let size = 1 << n
    switch name {
    case "zeros": return (0..<size).map { Complex($0 == 0 ? 1 : 0) }
    case "ground_h2_0.9": return groundState(n, h2: 0.9).map { Complex($0) }
    default: preconditionFailure("an input that the test does not know: \(name)")
    }
  }

  /// The ground state of the periodic chain by power iteration on (bound − H): slow, but as simple as its definition.
  static func groundState(_ n: Int, h2: Double) -> [Double] {
    func bit(_ i: Int) -> Int { n - 1 - (i + n) % n }
    let size = 1 << n
    let bound = Double(n) * (1 + h2)
    var state = (0..<size).map { 1 + 0.01 * Double($0) }
    for _ in 0..<8000 {
      var next = state.map { bound * $0 }
      for i in 0..<n {
        let (left, right) = (bit(i - 1), bit(i + 1))
        for index in 0..<size {
          let sign = ((index >> left) ^ (index >> right)) & 1 == 1 ? -1.0 : 1.0
          next[index ^ (1 << bit(i))] += sign * state[index]
          next[index ^ (1 << bit(i)) ^ (1 << right)] += h2 * state[index]
        }
      }
      let norm = next.reduce(0) { $0 + $1 * $1 }.squareRoot()
      state = next.map { $0 / norm }
    }
    return state
  }

  @Test func logitsLossesAndGradients() throws {
    let cases = try Golden.cases()
    #expect(cases.count == 12)
    for item in cases {
      let ansatz = Ansatz(
        qubits: item.n, layers: item.layers, entangler: item.cnot == "ring" ? .ring : .linear, qubitOrder: .bigEndian)
      // The file's parameters in its own order, moved into ours.
      func position(_ layer: Int, _ qubit: Int, _ axis: Int) -> Int {
        item.order == "qubit_major" ? (layer * item.n + qubit) * 3 + axis : (layer * 3 + axis) * item.n + qubit
      }
      var ours: [Int] = []
      for layer in 0..<item.layers {
        for qubit in 0..<item.n { for axis in 0..<3 { ours.append(position(layer, qubit, axis)) } }
      }
      let angles = ours.map { 0.1 * sin(Double($0 + 1)) }
      let terms = [Term.z(0, of: item.n, logit: 0), Term.z(1, of: item.n, logit: 1)]
      let harness = Harness(ansatz, .float64x2, observables: terms.map { $0.kernelTerm(ansatz) }, logits: 2)
      harness.prepare(angles)
      harness.load([GoldenTests.input(item.input, item.n)])
      let name = "n \(item.n), \(item.cnot), \(item.order), \(item.input)"
      let logits = harness.forward()[0]
      for j in 0..<2 { #expect(abs(logits[j] - item.logits[j]) < 1e-12, "\(name)") }

      func check(_ loss: Loss, _ value: Double, _ gradient: [Double]) {
        let result = harness.gradient(angles: angles, labels: [1], teacher: [[0.3, -0.2]], loss: loss)
        #expect(abs(result.loss - value) < 1e-12, "\(name)")
        for (p, place) in ours.enumerated() {
          #expect(abs(result.angles[p] - gradient[place]) < 1e-12, "\(name), parameter \(p)")
        }
      }
      check(.crossEntropy, item.ce, item.gradCE)
      check(Loss(distillationWeight: 0.8, temperature: 2), item.studentFirst, item.studentFirstGradient)
      check(
        Loss(distillationWeight: 0.8, temperature: 2, direction: .teacherFirst), item.teacherFirst,
        item.teacherFirstGradient)
      // The logits' own derivatives, through the shift rule.
      for (j, derivative) in [item.dlogit0, item.dlogit1].enumerated() {
        var (shifted, gradient) = (angles, [Double](repeating: 0, count: angles.count))
        var weights = [0.0, 0, 0, 0]
        weights[j] = 1
        let forward = Harness(
          ansatz, .float64x2, observables: terms.map { $0.kernelTerm(ansatz) }, logits: 2, history: .none)
        forward.prepare(angles)
        forward.load([GoldenTests.input(item.input, item.n)])
        forward.network.addShiftGradient(
          forward.input, forward.workspace, angles: &shifted, weights: weights, logits: forward.logits,
          gradient: &gradient)
        for (p, place) in ours.enumerated() { #expect(abs(gradient[p] - derivative[place]) < 1e-12, "\(name)") }
      }
    }
  }
}
