import Foundation
import Kernel

/// The slow reference for the autoencoder: dense gates, density matrices, decoding step by step as the paper writes it.
struct AutoencoderReference {
  typealias Matrix = [[Complex]]

  let ansatz: AutoencoderAnsatz

  /// One-qubit gates come from the reference of the networks.
  private var gates: DenseReference {
    DenseReference(ansatz: Ansatz(qubits: ansatz.qubits, layers: 1, rotation: ansatz.rotation))
  }

  var pairs: [(Int, Int)] {
    let n = ansatz.qubits
    switch ansatz.pairs {
    case .latentTrash: return (0..<ansatz.latent).flatMap { l in (ansatz.latent..<n).map { (l, $0) } }
    case .chain: return (0..<(n - 1)).map { ($0, $0 + 1) }
    case .ring: return (0..<(n - 1)).map { ($0, $0 + 1) } + (n > 2 ? [(n - 1, 0)] : [])
    case .everyPair: return (0..<n).flatMap { i in ((i + 1)..<n).map { (i, $0) } }
    }
  }

  /// exp(−itPP) = cos t − i sin t PP.
  private func couple(_ state: [Complex], _ axis: Character, _ pair: (Int, Int), _ t: Double) -> [Complex] {
    let pauli = DenseReference.pauli[axis]!
    let image = DenseReference.apply(gates.operatorOn([pair.0: pauli, pair.1: pauli]), state)
    return zip(state, image).map { Complex(cos(t)) * $0 + Complex(0, -sin(t)) * $1 }
  }

  func encode(_ state: [Complex], _ parameters: [Double]) -> [Complex] {
    var state = state
    let couplings = 3 * ansatz.layers * ansatz.qubits
    for layer in 0..<ansatz.layers {
      for (a, axis) in "XYZ".enumerated() {
        for qubit in 0..<ansatz.qubits {
          let theta = parameters[3 * (layer * ansatz.qubits + qubit) + a]
          state = DenseReference.apply(gates.operatorOn([qubit: gates.rotation(axis, theta)]), state)
        }
      }
      for (p, pair) in pairs.enumerated() {
        for (a, axis) in "XYZ".enumerated() {
          state = couple(state, axis, pair, parameters[couplings + 3 * (layer * pairs.count + p) + a])
        }
      }
    }
    return state
  }

  /// ⟨ψ|σ|ψ⟩ for σ = U†(tr_B[U|ψ⟩⟨ψ|U†] ⊗ |0⟩⟨0|)U, every matrix written out (paper, Eqs. 8 to 10).
  func fidelity(_ state: [Complex], _ parameters: [Double]) -> Double {
    let (size, latent) = (ansatz.amplitudes, 1 << ansatz.latent)
    // Column i of U is the image of basis state i.
    let columns = (0..<size).map { i in
      encode((0..<size).map { Complex($0 == i ? 1 : 0) }, parameters)
    }
    let image = encode(state, parameters)
    let rho = image.map { row in image.map { row * $0.conjugate } }
    var padded = Matrix(repeating: [Complex](repeating: Complex(0), count: size), count: size)
    for a in 0..<latent {
      for c in 0..<latent {
        for b in 0..<(size / latent) { padded[a][c] = padded[a][c] + rho[b * latent + a][b * latent + c] }
      }
    }
    // (U†MU)[i][j] = Σ conj(U[r][i]) M[r][s] U[s][j], with U[r][i] = columns[i][r].
    var total = Complex(0)
    for i in 0..<size {
      for j in 0..<size {
        var entry = Complex(0)
        for r in 0..<latent {
          for s in 0..<latent { entry = entry + columns[i][r].conjugate * padded[r][s] * columns[j][s] }
        }
        total = total + state[i].conjugate * entry * state[j]
      }
    }
    return total.re
  }
}

/// Borrowed memory for one autoencoder.
final class AutoencoderHarness {
  let circuit: AutoencoderCircuit
  let state: UnsafeMutableRawPointer
  let cotangent: UnsafeMutableRawPointer
  private let gates: UnsafeMutablePointer<Double>

  var ansatz: AutoencoderAnsatz { circuit.ansatz }
  var lanes: Int { circuit.format.lanes }

  init(_ ansatz: AutoencoderAnsatz, _ format: LaneFormat) {
    gates = .allocate(capacity: ansatz.layers * AutoencoderCircuit.gateNumbersPerLayer(ansatz))
    let bytes = 2 * ansatz.amplitudes * format.vectorBytes
    state = .allocate(byteCount: bytes, alignment: 64)
    cotangent = .allocate(byteCount: bytes, alignment: 64)
    // Poison: a kernel that reads what it never wrote yields NaN.
    cotangent.initializeMemory(as: UInt8.self, repeating: 0xFF, count: bytes)
    circuit = AutoencoderCircuit(ansatz: ansatz, format: format, gates: gates)
  }

  deinit {
    gates.deallocate()
    state.deallocate()
    cotangent.deallocate()
  }

  /// Puts states into the lanes; lanes beyond are cleared.
  func load(_ states: [[Complex]]) {
    let encoder = GroupEncoder(
      ansatz: Ansatz(qubits: ansatz.qubits, layers: 1), format: circuit.format, encoder: .amplitudeUnnormalized)
    for lane in 0..<lanes {
      guard lane < states.count else {
        encoder.clearLane(lane, of: state)
        continue
      }
      encoder.setLane(
        lane, of: state, real: states[lane].map(\.re), imaginary: states[lane].map(\.im), count: states[lane].count)
    }
  }

  /// One lane's amplitudes.
  func amplitudes(lane: Int) -> [Complex] {
    func number(_ index: Int) -> Double {
      switch circuit.format.precision {
      case .float64: state.assumingMemoryBound(to: Double.self)[index]
      case .float32: Double(state.assumingMemoryBound(to: Float.self)[index])
      }
    }
    return (0..<ansatz.amplitudes).map { Complex(number(2 * $0 * lanes + lane), number((2 * $0 + 1) * lanes + lane)) }
  }

  func fidelities(_ states: [[Complex]], _ parameters: [Double]) -> [Double] {
    circuit.prepare(parameters: parameters)
    load(states)
    var result = [Double](repeating: .nan, count: lanes)
    circuit.fidelities(state, into: &result)
    return result
  }

  /// Of weight · Σ F, and Σ F.
  func gradient(_ states: [[Complex]], _ parameters: [Double], weight: Double) -> (gradient: [Double], fidelity: Double)
  {
    circuit.prepare(parameters: parameters)
    load(states)
    var moments = [Double](repeating: 0, count: ansatz.parameterCount)
    var (fidelity, gradient) = (0.0, moments)
    circuit.addGradient(state, cotangent: cotangent, moments: &moments, fidelity: &fidelity)
    circuit.finishGradient(parameters: parameters, moments: moments, weight: weight, gradient: &gradient)
    return (gradient, fidelity)
  }
}
