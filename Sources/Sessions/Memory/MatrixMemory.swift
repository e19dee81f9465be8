import Budget
import Kernel
import Students

/// The memory of a network that is run as one Hermitian matrix a logit. What makes the matrices is free once they are
/// made.
struct MatrixMemory {
  private let circuit: Ansatz
  private let format: LaneFormat
  private let isReal: Bool
  private let inputForm: InputForm
  private let use: SpanMemory.Use
  private let span: SpanMemory
  private let basis: Reservation<Double>
  private let entries, inputs, products: ScalarReservation
  private let inputBytes, productBytes: Int

  /// - Parameters:
  ///   - isReal: whether no sample has an imaginary part.
  ///   - inputForm: of the encoded samples.
  init(
    _ name: String, ansatz: Ansatz, format: LaneFormat, isReal: Bool, inputForm: InputForm, logits: Int, threads: Int,
    in planner: inout Planner
  ) {
    circuit = ansatz
    self.format = format
    self.isReal = isReal
    self.inputForm = inputForm
    let load = Lifetime(.load, through: .load)
    let (qubits, amplitudes) = (ansatz.qubits, ansatz.amplitudes)
    let shape = LogitMatrices.basisShape(qubits: qubits, isReal: isReal)
    let count = LogitMatrices.products(qubits: qubits, isReal: isReal)
    use = SpanMemory.Use(ansatz: ansatz, shape: shape)
    span = SpanMemory("\(name) ", [use], logits: logits, history: .none, lifetime: load, in: &planner)
    basis = planner.reserve(
      "\(name) basis", [Extent("states", shape.states), Extent("amplitudes", amplitudes), Extent("re/im", 2)],
      of: Double.self, lifetime: load, owner: "Sessions")
    let single = format.precision == .float32
    let (each, lanes) = (Extent("threads", threads), Extent("lanes", format.lanes))
    entries = planner.reserve(
      "\(name) matrices", [Extent("logits", logits), Extent("entries", count)], singlePrecision: single,
      lifetime: .whole, owner: "Kernel")
    let vectors = inputForm == .factors ? qubits : amplitudes
    inputs = planner.reserve(
      "\(name) inputs",
      [each, Extent(inputForm == .factors ? "qubits" : "amplitudes", vectors), Extent("parts", 2), lanes],
      singlePrecision: single, lifetime: .run, owner: "Kernel")
    products = planner.reserve(
      "\(name) products", [each, Extent("products, amplitudes", count + amplitudes), lanes], singlePrecision: single,
      lifetime: .run, owner: "Kernel")
    inputBytes = 2 * vectors * format.vectorBytes
    productBytes = (count + amplitudes) * format.vectorBytes
  }

  /// Makes the matrices. Memory of later phases is not touched.
  /// - Parameter network: in the format `float64x1`.
  func bind(_ network: Network, _ arena: borrowing Arena) -> LogitMatrices {
    let matrices = LogitMatrices(
      ansatz: circuit, format: format, isReal: isReal, inputForm: inputForm, readout: network.readout,
      entries: arena.bytes(entries))
    matrices.prepare(network, basis: arena.pointer(basis), span.bind(use, arena))
    return matrices
  }

  func input(thread: Int, _ arena: borrowing Arena) -> UnsafeMutableRawPointer {
    arena.bytes(inputs) + thread * inputBytes
  }

  /// The first thread's, and the bytes to the next one's.
  func products(_ arena: borrowing Arena) -> (UnsafeMutableRawPointer, bytes: Int) {
    (arena.bytes(products), productBytes)
  }
}
