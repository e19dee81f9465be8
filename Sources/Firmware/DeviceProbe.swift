import CSupport
import Kernel
import Models

/// A sample that a device makes itself, and the logits that it has to find: so a device tests itself without memory for
/// samples.
struct DeviceProbe: Sendable {
  let seed: UInt32
  /// `[logit]`, in double precision.
  let logits: [Double]

  init(_ model: Model, seed: UInt32) {
    self.seed = seed
    logits = Self.logits(model, state: Self.state(model, Self.sample(seed, model)))
  }

  /// The numbers of a linear congruential generator (Numerical Recipes, 1992, `ranqd1`), 24 bits each, in −1…1; bits
  /// where they are above 0; a state divided by its norm. Every step is the device's, in single precision.
  static func sample(_ seed: UInt32, _ model: Model) -> [Double] {
    var state = seed
    var norm: Float = 0
    let count = model.encoder.isProduct ? model.ansatz.qubits : model.ansatz.amplitudes
    let numbers = (0..<count).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      var number = Float(state >> 8) * 0x1p-23 - 1
      if model.encoder.takesBits { number = number > 0 ? 1 : 0 }
      norm += number * number
      return number
    }
    return numbers.map { Double(model.encoder == .state ? $0 / norm.squareRoot() : $0) }
  }

  /// `[amplitude]` of a real sample.
  private static func state(_ model: Model, _ sample: [Double]) -> [Double] {
    let ansatz = model.ansatz
    switch model.encoder {
    case .state, .amplitudeUnnormalized: return sample
    case .amplitude:
      let norm = sample.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return sample.map { $0 / norm }
    case .phase, .angle, .basis:
      return (0..<ansatz.amplitudes).map { index in
        (0..<ansatz.qubits).reduce(1.0) { product, qubit in
          let (x, isOne) = (sample[qubit], index >> ansatz.bit(of: qubit) & 1 == 1)
          switch model.encoder {
          case .phase: return product * (isOne && x != 0 ? -0.5.squareRoot() : 0.5.squareRoot())
          case .basis: return product * (isOne == (x != 0) ? 1 : 0)
          default: return product * (isOne ? qkd_sin(x / 2) : qkd_cos(x / 2))
          }
        }
      }
    }
  }

  private static func logits(_ model: Model, state: [Double]) -> [Double] {
    var evolved = DenseState(real: state)
    evolved.run(GateProgram(model))
    return model.observables.enumerated().map { logit, observable in
      let terms = observable.kernelTerms(model.ansatz, logit: logit)
      return model.scales[logit] * evolved.product(evolved.applying(terms)).real + model.biases[logit]
    }
  }
}
