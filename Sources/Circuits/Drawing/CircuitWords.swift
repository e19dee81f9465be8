import Files
import Kernel
import Models

/// What a circuit does, in sentences.
public enum CircuitWords {
  public static func text(_ model: Model) -> [String] {
    let ansatz = model.ansatz
    let circuit = Circuit(model)
    let rotations = circuit.gates.count { $0.qubits.count == 1 }
    let seen = circuit.gates.count { $0.qubits.count == 1 && $0.isSeen }
    return [
      input(model) + ".",
      "\(layers(ansatz.layers)) every qubit is turned by RX, RY, RZ, then \(entangling(ansatz))"
        + (ansatz.finalRotation ? "; one more RX, RY, RZ of every qubit ends the circuit." : "."),
      readout(model) + ".",
      seen == rotations
        ? "Every one of the \(rotations) angles can change an answer."
        : "\(seen) of \(rotations) angles can change an answer; the others lie outside the light cone.",
    ]
  }

  public static func text(_ autoencoder: Autoencoder) -> [String] {
    let ansatz = autoencoder.ansatz
    let latent = ansatz.latent == 1 ? "qubit 0" : "qubits 0 to \(ansatz.latent - 1)"
    return [
      "Takes a state of \(ansatz.qubits) qubits; qubit q is bit q of an amplitude's index.",
      "\(layers(ansatz.layers)) every qubit is turned by RX, RY, RZ, then \(ansatz.pairCount) pairs are coupled by "
        + "exp(-itXX), exp(-itYY), exp(-itZZ).",
      "What then is on \(latent) is the compressed state, mixed; the other qubits are discarded.",
    ]
  }

  private static func layers(_ count: Int) -> String { count == 1 ? "In one layer" : "In each of \(count) layers" }

  private static func input(_ model: Model) -> String {
    let qubits = "\(model.ansatz.qubits) qubit\(model.ansatz.qubits == 1 ? "" : "s")"
    let order =
      model.ansatz.qubitOrder == .littleEndian
      ? "qubit q is bit q of an amplitude's index" : "qubit 0 is the most significant bit of an amplitude's index"
    let numbers =
      model.features.map { "A row of \($0.columns) numbers becomes \($0.count) bits (principal components), and they" }
    switch model.encoder {
    case .state: return "Takes a state of \(qubits); \(order)"
    case .amplitude: return "Takes up to \(model.ansatz.amplitudes) numbers as amplitudes, normalised; \(order)"
    case .amplitudeUnnormalized:
      return "Takes up to \(model.ansatz.amplitudes) numbers as amplitudes, as they are; \(order)"
    case .phase: return "\(numbers ?? "\(model.ansatz.qubits) bits") become signs: (|0> + (-1)^x |1>)/sqrt(2) a qubit"
    case .angle: return "Takes \(model.ansatz.qubits) numbers as angles: Ry(x)|0> a qubit"
    case .basis: return "\(numbers ?? "\(model.ansatz.qubits) bits") become the basis state |x>"
    }
  }

  private static func entangling(_ ansatz: Ansatz) -> String {
    let (gate, n) = (ansatz.entanglingGate == .cnot ? "CNOT" : "CZ", ansatz.qubits)
    switch ansatz.entangler {
    case .pairs(let pairs):
      return pairs.count == 1
        ? "a \(gate) acts on \(ansatz.entangler.name)" : "\(gate)s act on \(ansatz.entangler.name)"
    default:
      if ansatz.entanglingPairCount == 0 { return "nothing entangles it" }
    }
    switch ansatz.entangler {
    case .linear: return "\(gate)s run down the chain, from (0, 1) to (\(n - 2), \(n - 1))"
    case .ring: return "\(gate)s run round the ring, from (0, 1) to (\(n - 1), 0)"
    case .descending: return "\(gate)s run up the chain, from (\(n - 2), \(n - 1)) to (0, 1)"
    default: return "\(gate)s act on all pairs (i, j), i < j"
    }
  }

  private static func readout(_ model: Model) -> String {
    let isPlain = model.scales.allSatisfy { $0 == 1 } && model.biases.allSatisfy { $0 == 0 }
    let one = model.logits == 1
    let what =
      model.task == .classification
      ? (one ? "The logit is" : "The \(model.logits) logits are")
      : (one ? "The output is" : "The \(model.logits) outputs are")
    let observables = model.logits == 1 ? "an expectation" : "expectations"
    return "\(what) \(observables), \(isPlain ? "as they are" : "each scaled and shifted")"
      + (model.task == .classification && !one ? "; the class is the largest" : "")
  }
}
