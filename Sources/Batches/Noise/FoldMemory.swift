import Budget
import Devices
import Kernel
import Models

/// The memory of a network whose observables are folded backwards through the circuit and its noise, and of batches
/// that meet them there.
package struct FoldMemory {
  /// Numbers of a basis's forms; nil: samples are states of their own.
  private struct SpanParts {
    let basis: BasisMemory
    let forms, weights: Reservation<Double>
    let scratch: Reservation<UInt8>
  }

  private let shape: FoldShape
  private let device: CircuitDevice?
  /// States that are behind the first rotations at a time.
  private let groups: Int
  private let hasHistory: Bool
  private let forms, scratch, states: Reservation<UInt8>
  private let history, sweep: Reservation<UInt8>?
  private let input: ScalarReservation?
  private let qubits: Reservation<QubitChannel>
  private let pairs: Reservation<PairChannel>
  private let flips: Reservation<ReadoutFlips>
  private let terms: Reservation<PauliTerm>
  private let slopes, sample: Reservation<Double>?
  private let span: SpanParts?

  /// - Parameters:
  ///   - name: `student` or `teacher`.
  ///   - chain: where the basis comes from; nil: samples come one by one.
  ///   - groups: of a batch; of use for gradients alone.
  /// - Throws: `SessionError.cannotFold`.
  package init(
    _ name: String, _ network: NetworkShape, format: LaneFormat, gradient: Bool, chain: ChainMemory?, groups: Int,
    lifetime: Lifetime, in planner: inout Planner
  ) throws(SessionError) {
    let circuit = network.circuit
    guard FoldShape.qubitRange.contains(circuit.qubits) else {
      throw .cannotFold(qubits: circuit.qubits, most: FoldShape.qubitRange.upperBound)
    }
    let shape = FoldShape(ansatz: circuit, format: format, logits: network.logits)
    let limit = chain?.coefficientLimit
    let spanShape = limit.map { SpanShape(dimension: $0, format: format) }
    self.shape = shape
    device = network.device
    hasHistory = gradient
    self.groups = spanShape?.groups ?? (gradient ? groups : 1)
    func bytes(_ what: String, _ count: Int, _ planner: inout Planner) -> Reservation<UInt8> {
      planner.reserve(
        "\(name) \(what)", [Extent("bytes", count)], of: UInt8.self, lifetime: lifetime, owner: "Kernel")
    }
    func table<Element: BitwiseCopyable>(
      _ what: String, _ extent: String, _ count: Int, _ element: Element.Type, _ planner: inout Planner
    ) -> Reservation<Element> {
      planner.reserve(
        "\(name) \(what)", [Extent(extent, count)], of: element, elementName: "\(element)", lifetime: lifetime,
        owner: "Kernel")
    }
    forms = bytes("folded observables", shape.formBytes, &planner)
    history = gradient ? bytes("folded history", shape.historyBytes, &planner) : nil
    sweep = gradient ? bytes("folded sweep", shape.sweepBytes, &planner) : nil
    scratch = bytes("folding tables", shape.scratchBytes, &planner)
    states = bytes(
      "rotated states", shape.stateBytes(self.groups, gradient: gradient || limit != nil), &planner)
    qubits = table("qubit channels", "qubits", circuit.qubits, QubitChannel.self, &planner)
    pairs = table("pair channels", "pairs", max(1, circuit.entanglingPairCount), PairChannel.self, &planner)
    flips = table("readout flips", "qubits", circuit.qubits, ReadoutFlips.self, &planner)
    terms = table("folded strings", "Pauli strings", network.terms, PauliTerm.self, &planner)
    func doubles(_ what: String, _ shape: [Extent], _ planner: inout Planner) -> Reservation<Double> {
      planner.reserve("\(name) \(what)", shape, of: Double.self, lifetime: lifetime, owner: "Kernel")
    }
    let logits = Extent("logits", network.logits)
    sample = gradient ? doubles("folded sample", [Extent("logits, slopes", 2), logits], &planner) : nil
    guard let limit, let spanShape else {
      span = nil
      slopes =
        gradient
        ? doubles("folded slopes", [Extent("batch, whole groups", groups * format.lanes), logits], &planner) : nil
      input = planner.reserve(
        "\(name) input", [Extent("amplitudes", circuit.amplitudes), Extent("re/im", 2), Extent("lanes", format.lanes)],
        singlePrecision: format.precision == .float32, lifetime: lifetime, owner: "Batches")
      return
    }
    (slopes, input) = (nil, nil)
    let numbers = [Extent("numbers", spanShape.formBytes(logits: network.logits) / MemoryLayout<Double>.stride)]
    span = SpanParts(
      basis: BasisMemory(
        "\(name) basis", qubits: circuit.qubits, states: limit, format: format, lifetime: lifetime, in: &planner),
      forms: doubles("span forms", numbers, &planner), weights: doubles("span weights", numbers, &planner),
      scratch: bytes("span scratch", spanShape.scratchBytes(logits: network.logits), &planner))
  }

  /// A network's folded observables in their memory.
  /// - Parameters:
  ///   - model: whose observables they are.
  ///   - strength: what all gates' noise is multiplied by.
  private func bind(
    _ bound: BoundNetwork, _ model: Model, _ strength: Double, _ arena: borrowing Arena
  ) -> FoldedCircuit {
    let flat = model.observables.enumerated().flatMap { $1.kernelTerms(shape.ansatz, logit: $0) }
    arena.pointer(terms).update(from: flat, count: flat.count)
    let workspace = FoldWorkspace(
      forms: bytes(forms, arena), history: history.map { bytes($0, arena) }, sweep: sweep.map { bytes($0, arena) },
      scratch: bytes(scratch, arena))
    return FoldedCircuit(
      folded: FoldedNetwork(
        shape: shape, noise: bindNoise(strength, arena), terms: UnsafePointer(arena.pointer(terms)),
        termCount: flat.count, readout: bound.network.readout),
      workspace: workspace, states: bytes(states, arena), sample: sample.map { arena.pointer($0) })
  }

  private func bytes(_ reservation: Reservation<UInt8>, _ arena: borrowing Arena) -> UnsafeMutableRawPointer {
    UnsafeMutableRawPointer(arena.pointer(reservation))
  }

  private func bindNoise(_ strength: Double, _ arena: borrowing Arena) -> CircuitNoise {
    guard let device else { return CircuitNoise() }
    let noise = device.noise(shape.ansatz, strength: strength)
    arena.pointer(qubits).update(from: noise.qubits, count: shape.ansatz.qubits)
    arena.pointer(pairs).update(from: noise.pairs, count: noise.pairs.count)
    arena.pointer(flips).update(from: noise.readout, count: shape.ansatz.qubits)
    return CircuitNoise(
      qubits: UnsafePointer(arena.pointer(qubits)), pairs: UnsafePointer(arena.pointer(pairs)),
      readout: UnsafePointer(arena.pointer(flips)))
  }

  /// Runs samples: of a chain by their basis, others one by one.
  /// - Parameters: as for `bind`.
  package func runner(
    _ bound: BoundNetwork, _ model: Model, _ feed: ChainFeed?, strength: Double = 1,
    logits: UnsafeMutablePointer<Double>, _ arena: borrowing Arena
  ) -> any BatchRunner {
    if let feed { return basisRunner(bound, model, feed, strength: strength, logits: logits, arena) }
    return streamRunner(bound, model, strength: strength, logits: logits, arena)
  }

  /// Runs samples that come one by one.
  package func streamRunner(
    _ bound: BoundNetwork, _ model: Model, strength: Double = 1, logits: UnsafeMutablePointer<Double>,
    _ arena: borrowing Arena
  ) -> FoldedRunner {
    let runner = FoldedRunner(
      bound.network, bind(bound, model, strength, arena), input: arena.bytes(input!),
      slopes: slopes.map { arena.pointer($0) }, logits: logits)
    runner.prepare(angles: bound.angles)
    return runner
  }

  private func basisRunner(
    _ bound: BoundNetwork, _ model: Model, _ feed: ChainFeed, strength: Double,
    logits: UnsafeMutablePointer<Double>, _ arena: borrowing Arena
  ) -> FoldedBasisRunner {
    let (span, circuit) = (span!, bind(bound, model, strength, arena))
    let basis = span.basis.bind(arena)
    let stateBytes = 2 * shape.ansatz.amplitudes * shape.format.vectorBytes
    feed.expandBasis(into: basis, bytes: stateBytes)
    let folded = FoldedSpan(
      states: FoldedStates(memory: circuit.states, groups: feed.basisGroups), dimension: feed.coefficients,
      format: shape.format, forms: arena.pointer(span.forms), weights: arena.pointer(span.weights),
      scratch: bytes(span.scratch, arena))
    let runner = FoldedBasisRunner(
      bound.network, circuit, folded, basis: basis, stateBytes: stateBytes, logits: logits)
    runner.prepare(angles: bound.angles)
    return runner
  }
}

/// A network's observables, folded through the circuit and its noise, and the memory for it.
struct FoldedCircuit {
  let folded: FoldedNetwork
  let workspace: FoldWorkspace
  /// Behind the first rotations.
  let states: UnsafeMutableRawPointer
  /// `[logits, slopes][logit]`; nil without gradients.
  let sample: UnsafeMutablePointer<Double>?
}
