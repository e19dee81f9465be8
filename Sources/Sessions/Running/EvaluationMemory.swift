import Budget
import Kernel
import Models
import Samples
import Settings

/// The circuit's shape, all that planning needs to know of a model.
struct NetworkShape {
  let ansatz: Ansatz
  let observables: [Observable]
  let encoder: Encoder
  /// The length of a raw row of which features are made; nil: rows are samples.
  let rawColumns: Int?
  /// What samples pass before the circuit; nil: nothing.
  let compressor: AutoencoderAnsatz?

  init(
    ansatz: Ansatz, observables: [Observable], encoder: Encoder, rawColumns: Int? = nil,
    compressor: AutoencoderAnsatz? = nil
  ) {
    self.ansatz = ansatz
    self.observables = observables
    self.encoder = encoder
    self.rawColumns = rawColumns
    self.compressor = compressor
  }

  var logits: Int { observables.count }
  /// Pauli strings.
  var terms: Int { observables.reduce(0) { $0 + $1.terms.count } }
  /// The highest qubit that an observable names, or −1.
  var highestQubit: Int { observables.map(\.highestQubit).max() ?? -1 }

  /// A circuit of the samples' qubits: the ansatz, or what the compressor takes.
  var samples: Ansatz { compressor?.samples ?? ansatz }

  /// The circuit that has to be run: with product states, the qubits alone that the observables see.
  var circuit: Ansatz {
    if !encoder.isProduct || compressor != nil { return ansatz }
    let terms = observables.enumerated().flatMap { $1.kernelTerms(ansatz, logit: $0) }
    return terms.withUnsafeBufferPointer { terms in
      guard let first = terms.baseAddress else { return ansatz }
      return LightCone(ansatz, terms: first, count: terms.count).reduced
    }
  }

  /// What the observables take on the heap, as texts and parsed: round, and more than a string of a few letters needs.
  func declareObservables(in planner: inout Planner) {
    let bytes = 256
    planner.declareOutside(
      OutsideMemory(
        name: "observables", formula: "Pauli strings \(terms) × \(bytes) B", bytes: terms * bytes, owner: "Models"))
  }

  /// The same network on another number of qubits, to find out how many would fit.
  func with(qubits: Int) -> NetworkShape {
    NetworkShape(
      ansatz: ansatz.with(qubits: qubits), observables: observables, encoder: encoder, rawColumns: rawColumns,
      compressor: compressor)
  }
}

/// What the data's files say before they are planned for.
struct DataFacts {
  /// Numbers in a row, where the file tells.
  var columns: Int?
  /// Whether every number is x/255 of a byte x, and whether any may have an imaginary part.
  var hasBytes = false
  var isComplex = true
  /// Fields of a line of text, 0 where no line of names tells; nil: the file is an array.
  var fields: Int? = 0
  /// Whether zeros complete short rows.
  var pads = false
  /// Labels in the label file; nil: there is none.
  var labels: Int?
  /// Memory that reading holds outside the arena, bytes.
  var outsideBytes = 0
  /// Classes of the prediction file's rows; nil: none is written.
  var predictions = false
}

/// Everything that evaluating holds, reserved in one planner.
struct EvaluationMemory {
  let network: NetworkMemory
  let workspace: WorkspaceMemory
  let compressor: GroupCompressorMemory?
  let chain: ChainMemory?
  let file: FileMemory?
  let features: FeatureMemory?
  let fileLabels: Reservation<Int32>?
  let coefficients: Reservation<Double>?
  let labels: Reservation<Int32>
  /// Numbers of the batch's rows in the file.
  let rows: Reservation<Int>?
  let logits: Reservation<Double>
  let probabilities: Reservation<Double>
  let histogram: Reservation<UInt64>
  let predictions: Reservation<UInt8>?
  let batch: Int
  let groups: Int

  init(
    _ shape: NetworkShape, _ settings: Settings, _ facts: DataFacts, layout: Layout, batch: Int,
    in planner: inout Planner
  ) throws(SessionError) {
    let (threads, format) = (settings.host.threads, layout.format)
    let padded = roundUp(batch, to: format.lanes)
    self.batch = batch
    groups = padded / format.lanes
    if settings.data.source == .spinChain { RandomStream.declare(1, in: &planner) }
    ProcessMemory.declare(threads: threads, in: &planner)
    shape.declareObservables(in: &planner)
    if settings.spool.isUsed { SpoolListing.declare(in: &planner) }
    let circuit = shape.circuit
    network = NetworkMemory(
      "student", ansatz: circuit, format: format, logits: shape.logits, terms: shape.terms, lifetime: .whole,
      scratchLifetime: Lifetime(.load, through: .load), in: &planner)
    workspace = WorkspaceMemory(
      "student", ansatz: circuit, format: format, logits: shape.logits, history: .none, threads: threads,
      lifetime: .run, in: &planner)
    compressor = shape.compressor.map {
      GroupCompressorMemory("compressor", $0, format: format, threads: threads, lifetime: .run, in: &planner)
    }
    let samples = Extent("batch, whole groups", padded)
    if settings.data.source == .spinChain {
      let chain = try ChainMemory(
        settings.data, qubits: shape.samples.qubits, format: format, threads: threads, in: &planner)
      coefficients = planner.reserve(
        "ground states", [samples, Extent("coefficients", chain.coefficientLimit)], of: Double.self, lifetime: .run,
        owner: "Spectra")
      (self.chain, file, features, fileLabels) = (chain, nil, nil, nil)
    } else {
      chain = nil
      coefficients = nil
      // Raw samples are read, and checked, as they are; features that no observable sees are not made.
      let sample = shape.rawColumns == nil ? shape.samples : circuit
      file = FileMemory(
        "input", ansatz: sample, encoder: shape.encoder,
        rawColumns: shape.rawColumns,
        facts: facts, lifetime: .run, in: &planner)
      features = shape.rawColumns.map {
        FeatureMemory(columns: $0, count: sample.qubits, lifetime: .run, in: &planner)
      }
      fileLabels = facts.labels.map {
        planner.reserve(
          "labels of the file", [Extent("samples", $0)], of: Int32.self, lifetime: .whole, owner: "Samples")
      }
    }
    labels = planner.reserve("labels", [samples], of: Int32.self, lifetime: .run, owner: "Sessions")
    rows =
      settings.data.source == .file
      ? planner.reserve("rows", [samples], of: Int.self, lifetime: .run, owner: "Sessions") : nil
    logits = planner.reserve(
      "logits", [samples, Extent("logits", shape.logits)], of: Double.self, lifetime: .run, owner: "Sessions")
    probabilities = planner.reserve(
      "probabilities", [Extent("logits", shape.logits)], of: Double.self, lifetime: .run, owner: "Sessions")
    histogram = LatencyHistogram.reserve(in: &planner)
    predictions =
      facts.predictions
      ? planner.reserve(
        "output buffer",
        [Extent("bytes", max(16 << 10, PredictionWriter.smallestBuffer(classes: shape.logits)))], of: UInt8.self,
        lifetime: .run, owner: "Samples") : nil
  }
}
