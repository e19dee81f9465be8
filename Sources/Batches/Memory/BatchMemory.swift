import Budget
import Kernel
import Models

/// The memory of a network, and of batches on their way through it.
package struct BatchMemory {
  private enum Way {
    /// Each sample runs through the circuit.
    case samples(WorkspaceMemory)
    /// The basis of the ground states does.
    case basis(SpanMemory, BasisMemory)
    /// Observables are folded through the noise.
    case folded(FoldMemory)
  }

  private let shape: NetworkShape
  private let network: NetworkMemory
  private let threads: Int
  private let way: Way

  /// - Parameters:
  ///   - name: `student` or `teacher`.
  ///   - chain: where the basis comes from, if the layout has one.
  ///   - groups: of a batch.
  package init(
    _ name: String, _ shape: NetworkShape, layout: Layout, history: HistoryKind, chain: ChainMemory?, groups: Int,
    threads: Int, lifetime: Lifetime, in planner: inout Planner
  ) throws(SessionError) {
    self.shape = shape
    self.threads = threads
    let (circuit, format) = (shape.circuit, layout.format)
    network = NetworkMemory(
      name, ansatz: circuit, format: format, logits: shape.logits, terms: shape.terms, lifetime: lifetime, in: &planner)
    if shape.device != nil {
      way = .folded(
        try FoldMemory(
          name, shape, format: format, gradient: history != .none, chain: chain, groups: groups, lifetime: lifetime,
          in: &planner))
    } else if layout.evolvesBasis, let chain {
      let limit = chain.coefficientLimit
      way = .basis(
        SpanMemory(
          "\(name) ", [shape.use(dimension: limit, format: format)], logits: shape.logits, history: history,
          threads: threads, lifetime: lifetime, in: &planner),
        BasisMemory(
          "\(name) basis", qubits: shape.samples.qubits, states: limit, format: format, lifetime: lifetime,
          in: &planner))
    } else {
      way = .samples(
        WorkspaceMemory(
          name, ansatz: circuit, format: format, logits: shape.logits, history: history, threads: threads,
          lifetime: lifetime, in: &planner))
    }
  }

  /// - Parameters:
  ///   - compressor: what samples pass before the network; nil: nothing.
  ///   - logits: as in `BatchRunner`.
  ///   - strength: what the noise of all gates is multiplied by.
  package func bind(
    _ model: Model, _ set: SampleSet, compressor: GroupCompressor?, logits: UnsafeMutablePointer<Double>,
    strength: Double = 1, _ arena: borrowing Arena
  ) throws(SessionError) -> (network: BoundNetwork, runner: any BatchRunner) {
    let bound = network.bind(model, arena)
    switch (way, set) {
    case (.basis(let span, let memory), .chain(let set)):
      let use = shape.use(dimension: set.feed.coefficients, format: network.format)
      let basis = memory.bind(arena)
      set.feed.expandBasis(into: basis, bytes: use.shape.branches * use.stateBytes, compressor: compressor?.circuit)
      let runner = try BasisRunner(
        bound.network, Span(states: basis, dimension: use.shape.dimension, branches: use.shape.branches),
        workspaces: (0..<threads).map { span.bind(use, thread: $0, arena) }, logits: logits)
      return (bound, runner)
    case (.folded(let memory), .chain(let set)):
      return (bound, memory.runner(bound, model, set.feed, strength: strength, logits: logits, arena))
    case (.folded(let memory), .stored):
      return (bound, memory.runner(bound, model, nil, strength: strength, logits: logits, arena))
    case (.samples(let memory), _):
      let runner = try GroupRunner(
        bound.network, memory, inputForm: shape.encoder.inputForm, logits: logits, compressor: compressor, arena)
      return (bound, runner)
    case (.basis, .stored): preconditionFailure("a file's samples have no basis")
    }
  }
}

extension NetworkShape {
  /// How the basis of ground states goes through the circuit.
  package func use(dimension: Int, format: LaneFormat) -> SpanMemory.Use {
    let circuit = circuit
    return SpanMemory.Use(
      ansatz: circuit,
      shape: SpanShape(dimension: dimension, branches: samples.amplitudes / circuit.amplitudes, format: format))
  }
}
