import Files
import Kernel
import Measurement
import Models

extension CircuitExport {
  /// `docs/formats.md`, Circuit.
  var json: JSON {
    .object(
      [
        ("format", .string("qkd-circuit")), ("format_version", .string("1")),
        ("kind", .string(model == nil ? "autoencoder" : "model")), ("sha256", .string(digest)),
        ("made_by", .string(maker)), ("qubits", .integer(circuit.qubits)),
        ("qubit_order", .string(circuit.qubitOrder.name)), ("gates", .array(circuit.gates.map(\.json))),
        ("preparation", preparation?.json ?? .null),
      ] + latentJSON + readoutJSON)
  }

  private var latentJSON: [(String, JSON)] {
    circuit.latent.map { [("latent", .array((0..<$0).map(JSON.integer)))] } ?? []
  }

  private var readoutJSON: [(String, JSON)] {
    guard let model else { return [] }
    return [
      ("encoder", .string(model.encoder.name)), ("task", .string(model.task.rawValue)),
      ("observables", .array(model.observables.map { .array($0.terms.map(\.json)) })),
      ("scales", .array(model.scales.map(JSON.number))), ("biases", .array(model.biases.map(JSON.number))),
    ]
      + (settings.isEmpty
        ? [] : [("settings", .array(settings.enumerated().map { $0.element.json(index: $0.offset) }))])
  }
}

extension CircuitGate {
  fileprivate var json: JSON {
    .object(
      [("gate", .string(kind.rawValue)), ("qubits", .array(qubits.map(JSON.integer)))]
        + (angle.map { [("angle", .number($0))] } ?? []) + [("layer", .integer(layer))])
  }
}

extension Preparation {
  fileprivate var json: JSON {
    switch self {
    case .gates(let gates): .object([("gates", .array(gates.map(\.json)))])
    case .state(let real, let imaginary, let squaredNorm):
      .object([
        ("real", .array(real.map(JSON.number))), ("imaginary", .array(imaginary.map(JSON.number))),
        ("squared_norm", .number(squaredNorm)),
      ])
    }
  }
}

extension Observable.Term {
  fileprivate var json: JSON {
    .object([
      ("weight", .number(weight)), ("string", .string(factors.map { "\($0.pauli)\($0.qubit)" }.joined(separator: "*"))),
    ])
  }
}

extension Measurement.Setting {
  fileprivate func json(index: Int) -> JSON {
    .object([
      ("register", .string(Self.register(index))),
      (
        "letters",
        .array(letters.map { .object([("qubit", .integer($0.qubit)), ("letter", .string(String($0.pauli)))]) })
      ),
    ])
  }
}
