import Files
import Kernel
import Measurement
import Models

extension CircuitExport {
  /// What a reader has to know, a line each, without the marks of a comment.
  func notes(setting: Int?) -> [String] {
    [
      "\(model == nil ? "autoencoder" : "model") \(digest), by \(maker)",
      "amplitude i of a state has qubit q in bit \(circuit.qubitOrder == .littleEndian ? "q" : "n-1-q") of i "
        + "(\(circuit.qubitOrder.name))",
    ] + inputNotes + latentNotes + readoutNotes + measurementNotes(setting)
  }

  private var inputNotes: [String] {
    switch preparation {
    case .gates: return ["the first gates, on |0...0>, encode the sample"]
    case .state(let real, let imaginary, _):
      var lines = ["the circuit begins in this state, of norm 1:"]
      if real.count > Self.mostNotedAmplitudes {
        return [lines[0] + " \(real.count) amplitudes, in the file beside this one"]
      }
      for (index, (re, im)) in zip(real, imaginary).enumerated() where re != 0 || im != 0 {
        lines.append("  amplitude \(index): \(JSON.numberText(re)) \(JSON.numberText(im))i")
      }
      return lines
    case nil:
      guard let model else { return ["the circuit begins in the state to compress"] }
      return ["the circuit begins in the state of a sample: encoder \(model.encoder.name)"]
        + (model.features == nil
          ? []
          : [
            "NOT in this file: the bits that are encoded are made of \(model.features!.columns) numbers, "
              + "(row - mean) . component > threshold"
          ])
    }
  }

  /// More would be a file of comments.
  static let mostNotedAmplitudes = 1 << 10

  private var latentNotes: [String] {
    guard let latent = circuit.latent else { return [] }
    return [
      "qubits 0 to \(latent - 1) are latent: they carry the compressed state, mixed, once qubits \(latent) to "
        + "\(circuit.qubits - 1) (trash) are discarded"
    ]
  }

  private var readoutNotes: [String] {
    guard let model else { return [] }
    let name = model.task == .classification ? "logit" : "output"
    let norm = squaredNorm == 1 ? "" : "\(JSON.numberText(squaredNorm)) * "
    let lines = model.observables.indices.map { index in
      "\(name) \(index) = \(JSON.numberText(model.scales[index])) * \(norm)<\(model.observables[index].text)> + "
        + JSON.numberText(model.biases[index])
    }
    return lines + (model.task == .classification ? ["probabilities: softmax(logits); class: the largest"] : [])
  }

  private func measurementNotes(_ setting: Int?) -> [String] {
    guard let setting else { return [] }
    let letters = settings[setting].letters
    let register = Measurement.Setting.register(setting)
    let others =
      settings.count == 1
      ? [] : ["setting \(setting) of \(settings.count) (from 0): each is a circuit of its own, run with as many shots"]
    return others + ["bit k of \(register) is 1 for the outcome -1 of"]
      + letters.enumerated().map { index, letter in "  \(letter.pauli)\(letter.qubit): k = \(index)" }
      + ["a string's value in a shot is the product of its letters' outcomes, an expectation their mean"]
  }
}
