import Foundation

/// Runs circuits of OpenQASM by their text alone, gate by gate: qubit k is the k-th that is declared, and bit k of an
/// amplitude's index.
struct CircuitSimulator {
  typealias Amplitude = (re: Double, im: Double)
  struct Unknown: Error { let line: String }

  private(set) var qubits: [String] = []
  /// What is measured, in the order of the bits.
  private(set) var measured: [Int] = []
  private(set) var state: [Amplitude] = []

  /// - Parameter start: the state before the first gate; nil: |0…0⟩.
  init(_ text: String, start: [Amplitude]? = nil) throws {
    for line in text.split(separator: "\n") {
      if ["//", "OPENQASM", "include", "gate ", "bit", "creg"].contains(where: line.hasPrefix) { continue }
      let words = line.dropLast().split(separator: " ", maxSplits: 1).map(String.init)
      guard line.last == ";", words.count == 2 else { throw Unknown(line: String(line)) }
      switch words[0] {
      case "qubit": qubits.append(words[1])
      case "qreg":
        let count = try Self.number(words[1].dropFirst(2).dropLast(), line)
        qubits = (0..<Int(count)).map { "q[\($0)]" }
      case "measure": measured.append(try qubit(words[1].components(separatedBy: " -> ")[0]))
      case let bit where bit.hasPrefix("setting_"): measured.append(try qubit(words[1].components(separatedBy: " ")[2]))
      default:
        if state.isEmpty { state = start ?? [(1, 0)] + Array(repeating: (0, 0), count: 1 << qubits.count - 1) }
        let parts = words[0].dropLast(words[0].last == ")" ? 1 : 0).split(separator: "(")
        let angle = parts.count > 1 ? try Self.number(parts[1], line) : .pi
        try apply(String(parts[0]), angle, words[1].components(separatedBy: ", ").map(qubit), line)
      }
    }
  }

  private static func number(_ text: Substring, _ line: Substring) throws -> Double {
    guard let value = Double(text) else { throw Unknown(line: String(line)) }
    return value
  }

  private func qubit(_ name: String) throws -> Int {
    guard let index = qubits.firstIndex(of: name) else { throw Unknown(line: name) }
    return index
  }

  /// exp(−iaP/2) for a string P; cx and cz by their definitions.
  private mutating func apply(_ gate: String, _ angle: Double, _ on: [Int], _ line: Substring) throws {
    switch gate {
    case "rx", "ry", "rz": turn([(on[0], gate.last!)], angle)
    case "rxx", "ryy", "rzz", "xx", "yy", "zz": turn([(on[0], gate.last!), (on[1], gate.last!)], angle)
    case "cx", "cnot":
      for i in state.indices where i >> on[0] & 1 == 1 && i >> on[1] & 1 == 0 { state.swapAt(i, i | 1 << on[1]) }
    case "cz":
      for i in state.indices where i >> on[0] & 1 == 1 && i >> on[1] & 1 == 1 {
        state[i] = (-state[i].re, -state[i].im)
      }
    default: throw Unknown(line: String(line))
    }
  }

  private mutating func turn(_ string: [(Int, Character)], _ angle: Double) {
    let image = applied(string, to: state)
    let (c, s) = (cos(angle / 2), sin(angle / 2))
    for i in state.indices {
      // cos · ψ − i sin · Pψ.
      state[i] = (c * state[i].re + s * image[i].im, c * state[i].im - s * image[i].re)
    }
  }

  private func applied(_ string: [(Int, Character)], to state: [Amplitude]) -> [Amplitude] {
    state.indices.map { i in
      let from = string.reduce(i) { $1.1 == "z" ? $0 : $0 ^ 1 << $1.0 }
      return string.reduce(state[from]) { value, factor in
        let isOne = i >> factor.0 & 1 == 1
        switch factor.1 {
        case "y": return isOne ? (-value.im, value.re) : (value.im, -value.re)
        case "z": return isOne ? (-value.re, -value.im) : value
        default: return value
        }
      }
    }
  }

  /// ⟨ψ|P|ψ⟩ of a string such as `X0*Z2`; of the empty string the squared norm.
  func expectation(_ string: String) -> Double {
    let factors = string.split(separator: "*").map { (Int($0.dropFirst())!, Character($0.prefix(1).lowercased())) }
    let image = applied(factors, to: state)
    return zip(state, image).reduce(0) { $0 + $1.0.re * $1.1.re + $1.0.im * $1.1.im }
  }
}
