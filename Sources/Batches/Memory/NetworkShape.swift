import Budget
import Kernel
import Models

/// The circuit's shape, all that planning needs to know of a model.
package struct NetworkShape {
  package let ansatz: Ansatz
  package let observables: [Observable]
  package let encoder: Encoder
  /// The length of a raw row of which features are made; nil: rows are samples.
  package let rawColumns: Int?
  /// What samples pass before the circuit; nil: nothing.
  package let compressor: AutoencoderAnsatz?
  /// What the circuit runs on; nil: it is ideal.
  package let device: CircuitDevice?

  package init(
    ansatz: Ansatz, observables: [Observable], encoder: Encoder, rawColumns: Int? = nil,
    compressor: AutoencoderAnsatz? = nil, device: CircuitDevice? = nil
  ) {
    self.device = device
    self.ansatz = ansatz
    self.observables = observables
    self.encoder = encoder
    self.rawColumns = rawColumns
    self.compressor = compressor
  }

  package var logits: Int { observables.count }
  /// Pauli strings.
  package var terms: Int { observables.reduce(0) { $0 + $1.terms.count } }
  /// The highest qubit that an observable names, or −1.
  package var highestQubit: Int { observables.map(\.highestQubit).max() ?? -1 }

  /// A circuit of the samples' qubits: the ansatz, or what the compressor takes.
  package var samples: Ansatz { compressor?.samples ?? ansatz }

  /// The circuit that has to be run: with product states, the qubits alone that the observables see.
  package var circuit: Ansatz {
    if !encoder.isProduct || compressor != nil { return ansatz }
    if device != nil { return ansatz.underNoise(observing: highestQubit) }
    let terms = observables.enumerated().flatMap { $1.kernelTerms(ansatz, logit: $0) }
    return terms.withUnsafeBufferPointer { terms in
      guard let first = terms.baseAddress else { return ansatz }
      return LightCone(ansatz, terms: first, count: terms.count).reduced
    }
  }

  /// The lanes that are fastest for it. Noise, and what samples pass before, fill no vector but with lanes.
  package func fastestLanes(_ precision: Precision) -> Int {
    device == nil && compressor == nil
      ? LaneFormat.fastestLanes(precision, qubits: circuit.qubits) : LaneFormat.nativeLanes(precision)
  }

  /// What the observables take on the heap, as texts and parsed: round, and more than a string of a few letters needs.
  package func declareObservables(in planner: inout Planner) {
    device?.declare(in: &planner)
    let bytes = 256
    planner.declareOutside(
      OutsideMemory(
        name: "observables", formula: "Pauli strings \(terms) × \(bytes) B", bytes: terms * bytes, owner: "Models"))
  }

  /// The same network on another number of qubits, to find out how many would fit.
  package func with(qubits: Int) -> NetworkShape {
    NetworkShape(
      ansatz: ansatz.with(qubits: qubits), observables: observables, encoder: encoder, rawColumns: rawColumns,
      compressor: compressor, device: device)
  }
}

extension NetworkShape {
  package init(_ model: Model, compressor: AutoencoderAnsatz? = nil, device: CircuitDevice? = nil) {
    self.init(
      ansatz: model.ansatz, observables: model.observables, encoder: model.encoder,
      rawColumns: model.features?.columns, compressor: compressor, device: device)
  }
}
