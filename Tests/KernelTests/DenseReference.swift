import Foundation
import Kernel

/// The slow reference: every gate is a dense 2ⁿ × 2ⁿ matrix, built as a Kronecker product from its definition and
/// multiplied onto the state. It shares no code with the kernel beyond the ansatz's description.
struct DenseReference {
  typealias Matrix = [[Complex]]

  let ansatz: Ansatz

  static let pauli: [Character: Matrix] = [
    "I": [[Complex(1), Complex(0)], [Complex(0), Complex(1)]],
    "X": [[Complex(0), Complex(1)], [Complex(1), Complex(0)]],
    "Y": [[Complex(0), Complex(0, -1)], [Complex(0, 1), Complex(0)]],
    "Z": [[Complex(1), Complex(0)], [Complex(0), Complex(-1)]],
  ]

  /// Kronecker product, the first factor on the most significant bit.
  static func kronecker(_ factors: [Matrix]) -> Matrix {
    factors.reduce([[Complex(1)]]) { left, right in
      left.flatMap { leftRow in
        right.map { rightRow in leftRow.flatMap { a in rightRow.map { a * $0 } } }
      }
    }
  }

  static func apply(_ matrix: Matrix, _ vector: [Complex]) -> [Complex] {
    matrix.map { row in zip(row, vector).reduce(Complex(0)) { $0 + $1.0 * $1.1 } }
  }

  /// One 2 × 2 matrix on each named qubit, identity elsewhere, in the ansatz's qubit order.
  func operatorOn(_ factors: [Int: Matrix]) -> Matrix {
    let n = ansatz.qubits
    let order = ansatz.qubitOrder == .bigEndian ? Array(0..<n) : Array((0..<n).reversed())
    return DenseReference.kronecker(order.map { factors[$0] ?? DenseReference.pauli["I"]! })
  }

  /// exp(−iθP/2) or exp(iθP).
  func rotation(_ axis: Character, _ theta: Double) -> Matrix {
    let angle = ansatz.rotation == .half ? -theta / 2 : theta
    let (identity, pauli) = (DenseReference.pauli["I"]!, DenseReference.pauli[axis]!)
    return (0..<2).map { r in
      (0..<2).map { c in Complex(cos(angle)) * identity[r][c] + Complex(0, sin(angle)) * pauli[r][c] }
    }
  }

  /// |0⟩⟨0| ⊗ 1 + |1⟩⟨1| ⊗ X, or Z.
  func entangling(_ control: Int, _ target: Int) -> Matrix {
    let pauli = DenseReference.pauli[ansatz.entanglingGate == .cnot ? "X" : "Z"]!
    let zero: Matrix = [[Complex(1), Complex(0)], [Complex(0), Complex(0)]]
    let one: Matrix = [[Complex(0), Complex(0)], [Complex(0), Complex(1)]]
    let (a, b) = (operatorOn([control: zero]), operatorOn([control: one, target: pauli]))
    return zip(a, b).map { zip($0, $1).map { $0 + $1 } }
  }

  var pairs: [(Int, Int)] {
    let n = ansatz.qubits
    switch ansatz.entangler {
    case .linear: return (0..<max(n - 1, 0)).map { ($0, $0 + 1) }
    case .ring: return (0..<max(n - 1, 0)).map { ($0, $0 + 1) } + (n > 1 ? [(n - 1, 0)] : [])
    case .descending: return (0..<max(n - 1, 0)).reversed().map { ($0, $0 + 1) }
    case .allPairs: return (0..<n).flatMap { i in ((i + 1)..<max(n, i + 1)).map { (i, $0) } }
    case .pairs(let pairs): return (0..<pairs.count).map { pairs.pair($0) }
    }
  }

  func evolve(_ state: [Complex], _ angles: [Double]) -> [Complex] {
    var state = state
    for layer in 0..<ansatz.rotationLayers {
      for (a, axis) in "XYZ".enumerated() {
        for qubit in 0..<ansatz.qubits {
          let theta = angles[3 * (layer * ansatz.qubits + qubit) + a]
          state = DenseReference.apply(operatorOn([qubit: rotation(axis, theta)]), state)
        }
      }
      if layer < ansatz.layers {
        for (control, target) in pairs { state = DenseReference.apply(entangling(control, target), state) }
      }
    }
    return state
  }

  /// ⟨ψ|P|ψ⟩ of a string such as "XIZ": one letter a qubit, qubit 0 first.
  func expectation(_ string: String, _ state: [Complex]) -> Double {
    let factors = Dictionary(
      uniqueKeysWithValues: string.enumerated().map { ($0.offset, DenseReference.pauli[$0.element]!) })
    let image = DenseReference.apply(operatorOn(factors), state)
    return zip(state, image).reduce(0) { $0 + ($1.0.conjugate * $1.1).re }
  }
}

/// An observable in words, for both sides: weight, one letter a qubit, and the logit.
struct Term {
  let weight: Double
  let string: String
  let logit: Int

  func kernelTerm(_ ansatz: Ansatz) -> PauliTerm {
    var masks: [Character: UInt32] = [:]
    for (qubit, letter) in string.enumerated() { masks[letter, default: 0] |= 1 << UInt32(ansatz.bit(of: qubit)) }
    return PauliTerm(weight: weight, x: masks["X"] ?? 0, y: masks["Y"] ?? 0, z: masks["Z"] ?? 0, logit: logit)
  }

  static func z(_ qubit: Int, of n: Int, logit: Int) -> Term {
    Term(weight: 1, string: String((0..<n).map { $0 == qubit ? "Z" : "I" }), logit: logit)
  }
}

/// A small deterministic generator (SplitMix64), so that a failing case can be run again.
struct Random: RandomNumberGenerator {
  var state: UInt64
  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func uniform(_ range: ClosedRange<Double>) -> Double { Double.random(in: range, using: &self) }
  mutating func angles(_ count: Int) -> [Double] { (0..<count).map { _ in uniform(-7...7) } }

  mutating func state(_ n: Int) -> [Complex] {
    let raw = (0..<(1 << n)).map { _ in Complex(uniform(-1...1), uniform(-1...1)) }
    let norm = raw.reduce(0) { $0 + $1.squaredSize }.squareRoot()
    return raw.map { Complex($0.re / norm, $0.im / norm) }
  }
}
