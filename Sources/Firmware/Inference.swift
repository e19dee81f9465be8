import Kernel
import Models

/// A model's logits as a source computes them.
enum Inference: Sendable {
  /// nil: matrices in floats.
  case gates(GateProgram, AngleBits?)
  case forms([HermitianForm])

  /// - Returns: nil where a logit's light cone is too wide for a form.
  init?(_ method: DeviceMethod, _ model: Model, bits: AngleBits?) {
    switch method {
    case .gates: self = .gates(GateProgram(model), bits)
    case .forms:
      let forms = (0..<model.logits).compactMap { HermitianForm(model, logit: $0, isReal: model.encoder.isProduct) }
      if forms.count < model.logits { return nil }
      self = .forms(forms)
    }
  }

  func needs(_ model: Model) -> DeviceNeeds {
    let amplitudes = model.ansatz.amplitudes
    switch self {
    case .gates(let program, let bits):
      let terms = model.observables.reduce(0) { $0 + $1.terms.count }
      return DeviceNeeds(
        method: .gates, constants: bits.map { $0.packed(program.codes($0)).count } ?? 16 * program.turns.count,
        state: 8 * amplitudes, operations: (8 * program.turns.count + 2 * terms) * amplitudes)
    case .forms(let forms):
      let isReal = model.encoder.isProduct
      return DeviceNeeds(
        method: .forms, constants: forms.reduce(0) { $0 + 4 * $1.values.count },
        state: isReal ? 4 << (forms.map(\.cone.nonzeroBitCount).max() ?? 0) : 0,
        operations: forms.reduce(0) { $0 + $1.operations(amplitudes: amplitudes, isReal: isReal) })
    }
  }
}
