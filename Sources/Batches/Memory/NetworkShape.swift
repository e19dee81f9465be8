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

  /// What the model takes on the heap: its observables, as texts and parsed (round, and more than a string of a few
  /// letters needs), and its numbers.
  /// - Parameter copies: of the numbers, which files are made of and read into; the heap keeps what they took.
  package func declareModel(copies: Int, in planner: inout Planner) {
    device?.declare(in: &planner)
    let bytes = 256
    planner.declareOutside(
      OutsideMemory(
        name: "model", formula: "Pauli strings \(terms) × \(bytes) B + numbers \(numbers) × 8 B × \(copies)",
        bytes: terms * bytes + 8 * numbers * copies, owner: "Models"))
  }

  /// Angles, readout, principal components, and what is in front. Rows that a file only claims, longer than any plan,
  /// are refused by their buffers.
  private var numbers: Int {
    let columns = min(rawColumns ?? 0, MemoryPlan.largestBytes / 8)
    return ansatz.parameterCount + 2 * logits + columns * (ansatz.qubits + 1) + (compressor?.parameterCount ?? 0)
  }

  /// Copies of a model that is read, and of one that is made: with the parts of the file that it becomes.
  package static let (copiesRead, copiesMade) = (3, 5)

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
