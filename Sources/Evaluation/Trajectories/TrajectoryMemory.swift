import Batches
import Budget
import Devices
import Kernel
import Models

/// The memory of a network under noise that is drawn: each sample runs through the circuit many times.
struct TrajectoryMemory {
  private let format: LaneFormat
  private let circuit: Ansatz
  private let device: CircuitDevice
  private let terms: [PauliTerm]
  private let constants: [Double]
  private let classes, outputs: Int
  private let input, state: ScalarReservation
  private let scratch: Reservation<UInt8>
  private let qubits, blocks: Reservation<QubitKraus>
  private let pairs: Reservation<PairKraus>
  private let strings: Reservation<PauliTerm>
  private let uniforms, expectations, sums, products, certainty: Reservation<Double>
  private let rows: Reservation<Int>

  /// - Parameters:
  ///   - classes: of the shape's logits, its first, those that decide.
  ///   - batch: samples, whole groups.
  /// - Precondition: the shape has a device.
  init(
    _ name: String, _ shape: NetworkShape, classes: Int, format: LaneFormat, batch: Int, lifetime: Lifetime,
    in planner: inout Planner
  ) {
    let circuit = shape.circuit
    (self.format, self.circuit, self.classes, outputs) = (format, circuit, classes, shape.logits)
    device = shape.device!
    let flat = shape.observables.enumerated().flatMap { $1.kernelTerms(circuit, logit: $0) }
    let read = ReadTerms(flat, flips: device.noise(circuit).readout, ansatz: circuit, logits: shape.logits)
    (terms, constants) = (read.terms, read.constants)
    let state = [
      Extent("amplitudes", circuit.amplitudes), Extent("re/im", 2), Extent("lanes", format.lanes),
    ]
    let single = format.precision == .float32
    input = planner.reserve(
      "\(name) input", state, singlePrecision: single, lifetime: lifetime, owner: "Batches")
    self.state = planner.reserve(
      "\(name) trajectories", state, singlePrecision: single, lifetime: lifetime, owner: "Kernel")
    func table<Element: BitwiseCopyable>(
      _ what: String, _ extents: [Extent], _ element: Element.Type, _ planner: inout Planner
    ) -> Reservation<Element> {
      planner.reserve(
        "\(name) \(what)", extents, of: element, elementName: "\(element)", lifetime: lifetime, owner: "Kernel")
    }
    // Sizes do not depend on which terms there are.
    let network = TrajectoryNetwork(
      ansatz: circuit, format: format, noise: TrajectoryNoise(), terms: UnsafePointer(bitPattern: 64)!, termCount: 0,
      logits: shape.logits)
    scratch = table("trajectory scratch", [Extent("bytes", network.scratchBytes)], UInt8.self, &planner)
    qubits = table("qubit operators", [Extent("qubits", circuit.qubits)], QubitKraus.self, &planner)
    blocks = table("rotation operators", [Extent("blocks", network.blocks)], QubitKraus.self, &planner)
    pairs = table("pair operators", [Extent("pairs", max(1, circuit.entanglingPairCount))], PairKraus.self, &planner)
    strings = table("read strings", [Extent("Pauli strings", max(1, terms.count))], PauliTerm.self, &planner)
    let (lanes, logits) = (Extent("lanes", format.lanes), Extent("logits", shape.logits))
    let draws =
      circuit.rotationLayers * circuit.qubits + circuit.layers * circuit.entanglingPairCount
    func doubles(_ what: String, _ extents: [Extent], _ planner: inout Planner) -> Reservation<Double> {
      planner.reserve("\(name) \(what)", extents, of: Double.self, lifetime: lifetime, owner: "Batches")
    }
    uniforms = doubles("drawn numbers", [Extent("draws", max(1, draws)), lanes], &planner)
    expectations = doubles("trajectory values", [lanes, logits], &planner)
    sums = doubles("sums of values", [lanes, logits], &planner)
    let pair = Extent("classes", classes)
    products = doubles("sums of products", [lanes, pair, pair], &planner)
    rows = planner.reserve("\(name) rows", [lanes], of: Int.self, lifetime: lifetime, owner: "Batches")
    RandomStream.declare(format.lanes, in: &planner)
    certainty = doubles("certainty", [Extent("batch, whole groups", batch)], &planner)
  }

  /// - Parameters:
  ///   - feed: where ground states come from; nil: samples are encoded as they come.
  ///   - runs: of each sample, 1 or more.
  func runner(
    _ bound: BoundNetwork, _ feed: ChainFeed?, runs: Int, seed: UInt64, logits: UnsafeMutablePointer<Double>,
    _ arena: borrowing Arena
  ) throws(SessionError) -> TrajectoryRunner {
    let noise = device.noise(circuit)
    let (qubits, pairs) = (arena.pointer(qubits), arena.pointer(pairs))
    for (place, channel) in noise.qubits.prefix(circuit.qubits).enumerated() {
      qubits[place] = QubitKraus(channel)
    }
    for (place, channel) in noise.pairs.enumerated() { pairs[place] = PairKraus(channel) }
    let strings = arena.pointer(strings)
    strings.update(from: terms, count: terms.count)
    let network = TrajectoryNetwork(
      ansatz: circuit, format: format,
      noise: TrajectoryNoise(qubits: UnsafePointer(qubits), pairs: UnsafePointer(pairs)),
      terms: UnsafePointer(strings), termCount: terms.count, logits: outputs)
    let rows = arena.pointer(rows)
    rows.update(repeating: 0, count: format.lanes)
    var streams: [RandomStream] = []
    while streams.count < format.lanes { streams.append(try RandomStream(.trajectories, seed: seed)) }
    return TrajectoryRunner(
      bound.network, network, constants: constants, classes: classes, runs: runs,
      streams: streams, seed: seed, angles: bound.angles, blocks: arena.pointer(blocks),
      buffers: TrajectoryRunner.Buffers(
        input: arena.bytes(input), state: arena.bytes(state),
        scratch: UnsafeMutableRawPointer(arena.pointer(scratch)), uniforms: arena.pointer(uniforms), rows: rows,
        expectations: arena.pointer(expectations), sums: arena.pointer(sums), products: arena.pointer(products),
        certainty: arena.pointer(certainty)), logits: logits)
  }
}
