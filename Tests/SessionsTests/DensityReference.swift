import Foundation
import Kernel
import Models

/// The slow reference of a student on an autoencoder's states: whole matrices, gates from their definitions.
enum DensityReference {
  struct Complex {
    var re, im: Double

    static func + (a: Complex, b: Complex) -> Complex { Complex(re: a.re + b.re, im: a.im + b.im) }
    static func * (a: Complex, b: Complex) -> Complex {
      Complex(re: a.re * b.re - a.im * b.im, im: a.re * b.im + a.im * b.re)
    }
    var conjugate: Complex { Complex(re: re, im: -im) }
  }

  /// A Pauli string, one axis a qubit; qubit q is bit q.
  static func pauli(_ axes: [Int: Character], _ state: [Complex]) -> [Complex] {
    var result = state
    for (qubit, axis) in axes {
      let old = result
      for i in old.indices {
        let isOne = i >> qubit & 1 == 1
        switch axis {
        case "X": result[i] = old[i ^ 1 << qubit]
        case "Y": result[i] = Complex(re: 0, im: isOne ? 1 : -1) * old[i ^ 1 << qubit]
        default: result[i] = isOne ? Complex(re: -1, im: 0) * old[i] : old[i]
        }
      }
    }
    return result
  }

  /// exp(−i angle P) = cos − i sin P.
  static func exponential(_ axes: [Int: Character], _ angle: Double, _ state: [Complex]) -> [Complex] {
    zip(state, pauli(axes, state)).map { Complex(re: cos(angle), im: 0) * $0 + Complex(re: 0, im: -sin(angle)) * $1 }
  }

  static func encode(_ autoencoder: Autoencoder, _ state: [Complex]) -> [Complex] {
    let ansatz = autoencoder.ansatz
    precondition(ansatz.pairs == .latentTrash && ansatz.rotation == .half)
    let pairs = (0..<ansatz.latent).flatMap { l in (ansatz.latent..<ansatz.qubits).map { (l, $0) } }
    var (state, parameters) = (state, autoencoder.parameters[...])
    var couplings = autoencoder.parameters[(3 * ansatz.layers * ansatz.qubits)...]
    for _ in 0..<ansatz.layers {
      for qubit in 0..<ansatz.qubits {
        for axis in "XYZ" { state = exponential([qubit: axis], parameters.removeFirst() / 2, state) }
      }
      for (latent, trash) in pairs {
        for axis in "XYZ" { state = exponential([latent: axis, trash: axis], couplings.removeFirst(), state) }
      }
    }
    return state
  }

  /// ρ_comp = tr_trash |ψ⟩⟨ψ|: the latent qubits are the lowest.
  static func partialTrace(_ state: [Complex], latent: Int) -> [[Complex]] {
    let size = 1 << latent
    return (0..<size).map { a in
      (0..<size).map { c in
        (0..<state.count / size).reduce(Complex(re: 0, im: 0)) {
          $0 + state[$1 * size + a] * state[$1 * size + c].conjugate
        }
      }
    }
  }

  /// Columns of the model's circuit.
  private static func circuit(_ model: Model) -> [[Complex]] {
    let ansatz = model.ansatz
    precondition(ansatz.entangler == .ring && ansatz.qubits == 2 && ansatz.rotation == .half)
    return (0..<ansatz.amplitudes).map { column in
      var state = (0..<ansatz.amplitudes).map { Complex(re: $0 == column ? 1 : 0, im: 0) }
      var angles = model.angles[...]
      for layer in 0..<ansatz.rotationLayers {
        for qubit in 0..<2 {
          for axis in "XYZ" { state = exponential([qubit: axis], angles.removeFirst() / 2, state) }
        }
        if layer < ansatz.layers {
          for control in 0..<2 {
            state = state.indices.map { state[$0 >> control & 1 == 1 ? $0 ^ (2 >> control) : $0] }
          }
        }
      }
      return state
    }
  }

  /// scale_j Tr(O_j VρV†) + bias_j.
  static func logits(_ model: Model, _ rho: [[Complex]]) -> [Double] {
    let columns = circuit(model)
    return model.observables.enumerated().map { j, observable in
      var sum = 0.0
      for term in observable.terms {
        let axes = Dictionary(uniqueKeysWithValues: term.factors.map { ($0.qubit, $0.pauli) })
        let images = columns.map { pauli(axes, $0) }
        // Tr(V†OV ρ)
        for a in columns.indices {
          for c in columns.indices {
            let entry = zip(columns[a], images[c]).reduce(Complex(re: 0, im: 0)) { $0 + $1.0.conjugate * $1.1 }
            sum += term.weight * (entry * rho[c][a]).re
          }
        }
      }
      return model.scales[j] * sum + model.biases[j]
    }
  }
}
