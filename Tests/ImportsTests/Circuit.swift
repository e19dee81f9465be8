import Foundation
import Imports
import Kernel
import Models

struct Complex {
  var re, im: Double

  static func + (a: Complex, b: Complex) -> Complex { Complex(re: a.re + b.re, im: a.im + b.im) }
  static func * (a: Complex, b: Complex) -> Complex {
    Complex(re: a.re * b.re - a.im * b.im, im: a.re * b.im + a.im * b.re)
  }
  var conjugate: Complex { Complex(re: re, im: -im) }
}

/// [[a, b], [c, d]]
typealias Matrix = [[Complex]]

func product(_ left: Matrix, _ right: Matrix) -> Matrix {
  left.indices.map { i in right[0].indices.map { j in left[i][0] * right[0][j] + left[i][1] * right[1][j] } }
}

/// A rotation from its definition: exp(−iθP/2) or exp(iθP).
func matrix(_ gate: Gate, _ angle: Double, _ rotation: RotationConvention) -> Matrix {
  let half = rotation == .half ? angle / 2 : -angle
  let (c, s) = (Complex(re: cos(half), im: 0), sin(half))
  let zero = Complex(re: 0, im: 0)
  switch gate {
  case .rx: return [[c, Complex(re: 0, im: -s)], [Complex(re: 0, im: -s), c]]
  case .ry: return [[c, Complex(re: -s, im: 0)], [Complex(re: s, im: 0), c]]
  case .rz: return [[c + Complex(re: 0, im: -s), zero], [zero, c + Complex(re: 0, im: s)]]
  }
}

/// A circuit as somebody else runs it: gates as they are named, angles as they lie, nothing of the program's own.
struct Circuit {
  var qubits = 3
  /// As flags state them.
  var conventions: [Convention: String]
  var shape: [Int]
  var angles: [Double]
  var scales = [1.5, -0.5]
  var biases = [0.25, 2]

  init(_ conventions: [Convention: String], _ shape: [Int], seed: UInt64 = 1) {
    var numbers = Numbers(seed: seed)
    self.conventions = conventions
    self.shape = shape
    angles = numbers.list(shape.reduce(1, *)).map { 2 * $0 }
  }

  private func bit(_ qubit: Int) -> Int {
    conventions[.qubitOrder] == "little-endian" ? qubit : qubits - 1 - qubit
  }

  private var pairs: [(Int, Int)] {
    switch conventions[.entangler]! {
    case "linear": (0..<qubits - 1).map { ($0, $0 + 1) }
    case "ring": (0..<qubits).map { ($0, ($0 + 1) % qubits) }
    case "descending": (0..<qubits - 1).reversed().map { ($0, $0 + 1) }
    case "0-2, 2-1": [(0, 2), (2, 1)]
    default: fatalError("no pairs")
    }
  }

  /// Of one layer, qubit and gate.
  private func angle(_ layer: Int, _ qubit: Int, _ gate: Int) -> Double {
    var index = 0
    for (axis, extent) in zip(conventions[.axes]!.split(separator: ","), shape) {
      index = index * extent + (axis == "layer" ? layer : axis == "qubit" ? qubit : gate)
    }
    return angles[index]
  }

  private func extent(_ name: String) -> Int {
    zip(conventions[.axes]!.split(separator: ","), shape).first { $0.0 == name }?.1 ?? 1
  }

  /// - Parameter row: amplitudes, or a number a qubit where the encoder is `angle`.
  func logits(_ row: [Complex]) -> [Double] {
    let gates = conventions[.gates]!.split(separator: ",").map { name in Gate.allCases.first { "\($0)" == name }! }
    let rotation = RotationConvention(name: conventions[.rotation]!)!
    var state = encoded(row)
    let layers = extent("layer")
    for layer in 0..<layers {
      for qubit in 0..<qubits {
        for (place, gate) in gates.enumerated() {
          state = on(bit(qubit), matrix(gate, angle(layer, qubit, place), rotation), state)
        }
      }
      if layer == layers - 1 && conventions[.finalRotation] == "true" { break }
      for (control, target) in pairs { state = entangled(state, bit(control), bit(target)) }
    }
    return [scales[0] * x(0, state) + biases[0], scales[1] * z(1, state) + biases[1]]
  }

  /// ⟨X⟩
  private func x(_ qubit: Int, _ state: [Complex]) -> Double {
    state.indices.reduce(0) { $0 + (state[$1].conjugate * state[$1 ^ 1 << bit(qubit)]).re }
  }

  /// ⟨Z⟩
  private func z(_ qubit: Int, _ state: [Complex]) -> Double {
    state.indices.reduce(0) {
      let square = state[$1].re * state[$1].re + state[$1].im * state[$1].im
      return $0 + ($1 >> bit(qubit) & 1 == 0 ? square : -square)
    }
  }

  private func encoded(_ row: [Complex]) -> [Complex] {
    switch conventions[.encoder] {
    case "angle":
      return (0..<1 << qubits).map { index in
        (0..<qubits).reduce(Complex(re: 1, im: 0)) { value, qubit in
          let half = row[qubit].re / 2
          return value * Complex(re: index >> bit(qubit) & 1 == 0 ? cos(half) : sin(half), im: 0)
        }
      }
    case "amplitude":
      let norm = row.reduce(0) { $0 + $1.re * $1.re + $1.im * $1.im }.squareRoot()
      return row.map { Complex(re: $0.re / norm, im: $0.im / norm) }
    default: return row
    }
  }

  private func on(_ bit: Int, _ gate: Matrix, _ state: [Complex]) -> [Complex] {
    state.indices.map { index in
      let own = index >> bit & 1
      return gate[own][own] * state[index] + gate[own][1 - own] * state[index ^ 1 << bit]
    }
  }

  private func entangled(_ state: [Complex], _ control: Int, _ target: Int) -> [Complex] {
    state.indices.map { index in
      if index >> control & 1 == 0 { return state[index] }
      if conventions[.entanglingGate] == "cz" {
        return index >> target & 1 == 0 ? state[index] : Complex(re: -1, im: 0) * state[index]
      }
      return state[index ^ 1 << target]
    }
  }
}
