import Foundation
import Kernel
import Testing

/// The reference numbers under noise; a machine without them skips these tests with a message.
private enum GoldenNoise {
  static let url = Golden.url?.deletingLastPathComponent().appendingPathComponent("noise.json")
  static var isPresent: Bool { url.map { FileManager.default.fileExists(atPath: $0.path) } ?? false }

  struct File: Decodable { let cases: [Case] }

  struct Case: Decodable {
    let n: Int
    let layers: Int
    let entangler: String
    let finalRotation: Bool
    let kind: String
    let theta: [Double]
    let stateRe: [Double]
    let stateIm: [Double]
    let observables: [[Weighted]]
    let scale: [Double]
    let bias: [Double]
    let noise: Noise
    let expectations: [Double]
    let logits: [Double]
    let ce: Double
    let gradCe: [Double]
    let jacobian: [[Double]]
  }

  struct Noise: Decodable {
    let depolarizing1q: Double
    let depolarizing2q: Double
    let time1q: Double
    let time2q: Double
    let t1: [Double]
    let t2: [Double]
    let readout: [[Double]]

    // As the decoder writes `depolarizing_1q`.
    enum CodingKeys: String, CodingKey {
      case t1, t2, readout
      case depolarizing1q = "depolarizing1Q"
      case depolarizing2q = "depolarizing2Q"
      case time1q = "time1Q"
      case time2q = "time2Q"
    }
  }

  /// `[weight, [[letter, qubit], …]]`
  struct Weighted: Decodable {
    let weight: Double
    let letters: [Letter]

    init(from decoder: any Decoder) throws {
      var values = try decoder.unkeyedContainer()
      weight = try values.decode(Double.self)
      letters = try values.decode([Letter].self)
    }

    struct Letter: Decodable {
      let letter: String
      let qubit: Int

      init(from decoder: any Decoder) throws {
        var values = try decoder.unkeyedContainer()
        letter = try values.decode(String.self)
        qubit = try values.decode(Int.self)
      }
    }
  }

  static func cases() throws -> [Case] {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(File.self, from: Data(contentsOf: url!)).cases
  }
}

@Suite(.enabled(if: GoldenNoise.isPresent, "shared/golden/noise.json is not beside the checkout"))
struct GoldenNoiseTests {
  private static func entangler(_ name: String) -> Entangler {
    switch name {
    case "linear": .linear
    case "ring": .ring
    case "descending": .descending
    case "all-pairs": .allPairs
    default: preconditionFailure("an entangler that the test does not know: \(name)")
    }
  }

  private static func harness(_ item: GoldenNoise.Case, _ format: LaneFormat) -> FoldHarness {
    let ansatz = Ansatz(
      qubits: item.n, layers: item.layers, entangler: entangler(item.entangler), finalRotation: item.finalRotation,
      qubitOrder: .bigEndian)
    let noise = item.noise
    func relaxation(_ qubit: Int, _ time: Double) -> QubitChannel {
      .relaxation(time: time, t1: noise.t1[qubit], t2: noise.t2[qubit])
    }
    let terms = item.observables.enumerated().flatMap { logit, strings in
      strings.map { string in
        var letters = [Character](repeating: "I", count: item.n)
        for letter in string.letters { letters[letter.qubit] = Character(letter.letter) }
        return Term(weight: string.weight, string: String(letters), logit: logit).kernelTerm(ansatz)
      }
    }
    return FoldHarness(
      ansatz, format, terms: terms, logits: item.observables.count,
      qubits: (0..<item.n).map { .depolarizing(noise.depolarizing1q).then(relaxation($0, noise.time1q)) },
      pairs: DenseReference(ansatz: ansatz).pairs.map { control, target in
        PairChannel.depolarizing(noise.depolarizing2q).then(
          PairChannel(control: relaxation(control, noise.time2q), target: relaxation(target, noise.time2q)))
      }, flips: noise.readout.map { ReadoutFlips(oneForZero: $0[0], zeroForOne: $0[1]) })
  }

  @Test(arguments: [(LaneFormat.float64x1, 1e-12), (.float64x8, 1e-12), (.float32x8, 1e-5)])
  func expectationsLossesGradientsJacobians(_ format: LaneFormat, _ tolerance: Double) throws {
    let cases = try GoldenNoise.cases()
    #expect(cases.count == 16)
    for item in cases {
      let name = "n \(item.n), \(item.entangler), \(item.kind)"
      let harness = Self.harness(item, format)
      for j in item.scale.indices { (harness.scales[j], harness.biases[j]) = (item.scale[j], item.bias[j]) }
      harness.prepare(item.theta, [[zip(item.stateRe, item.stateIm).map { Complex($0, $1) }]])
      let expectations = harness.expectations()[0]
      for j in item.scale.indices { #expect(abs(expectations[j] - item.expectations[j]) < tolerance, "\(name)") }
      let gradient = harness.gradient(item.theta, labels: [1])
      #expect(abs(gradient.loss - item.ce) < tolerance, "\(name)")
      for p in item.theta.indices {
        // Slopes are up to the scale times as large as expectations.
        #expect(abs(gradient.angles[p] - item.gradCe[p]) < (tolerance == 1e-12 ? 1e-12 : 3e-5), "\(name), \(p)")
      }
      for j in item.scale.indices {
        let row = harness.derivatives(item.theta, weights: [item.scale.indices.map { $0 == j ? 1 : 0 }])
        for p in item.theta.indices { #expect(abs(row[p] - item.jacobian[p][j]) < tolerance, "\(name), \(p)") }
      }
    }
  }
}
