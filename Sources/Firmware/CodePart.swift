import Kernel
import Models

/// What a C source is made of, as far as the size of its code depends on it.
public enum CodePart: String, Sendable, CaseIterable {
  /// Entry and self-test, with what they take of the C library.
  case base
  /// Class and probabilities.
  case classifier
  case logit
  /// `begin` of an encoder.
  case state, amplitude, unnormalized, phase, angle, basis
  /// Principal components.
  case features
  case turn, roundedTurn, cnot, cz, expectation
  case amplitudeForm, scaledForm, productForm
  case turnCall, entanglingCall, term
  /// Of a qubit where bits of principal components stand on the stack.
  case bit
  /// A single qubit, whose loops the compiler unrolls.
  case single
}

extension DeviceSource {
  /// How often each part occurs; those that do not are left out.
  var parts: [CodePart: Int] {
    var parts: [CodePart: Int] = [.base: 1, .logit: model.logits]
    parts[Self.part(of: model.encoder)] = 1
    if model.ansatz.qubits == 1 { parts[.single] = 1 }
    if isClassifier { parts[.classifier] = 1 }
    if model.features != nil { (parts[.features], parts[.bit]) = (1, model.ansatz.qubits) }
    switch inference {
    case .gates(let program, let bits):
      for step in program.steps {
        switch step {
        case .turn:
          parts[bits == nil ? .turn : .roundedTurn] = 1
          parts[.turnCall, default: 0] += 1
        case .cnot:
          parts[.cnot] = 1
          parts[.entanglingCall, default: 0] += 1
        case .cz:
          parts[.cz] = 1
          parts[.entanglingCall, default: 0] += 1
        }
      }
      parts[.expectation] = 1
      parts[.term] = model.observables.reduce(0) { $0 + $1.terms.count }
    case .forms: parts[model.encoder.isProduct ? .productForm : scalesItself ? .scaledForm : .amplitudeForm] = 1
    }
    return parts
  }

  private static func part(of encoder: Encoder) -> CodePart {
    switch encoder {
    case .state: .state
    case .amplitude: .amplitude
    case .amplitudeUnnormalized: .unnormalized
    case .phase: .phase
    case .angle: .angle
    case .basis: .basis
    }
  }
}
