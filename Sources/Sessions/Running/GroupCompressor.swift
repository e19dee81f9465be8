import Budget
import Kernel
import Students

/// The memory of an autoencoder that samples pass before the network.
struct GroupCompressorMemory {
  private let ansatz: AutoencoderAnsatz
  private let format: LaneFormat
  private let gates: Reservation<Double>
  private let inputs: ScalarReservation

  init(
    _ ansatz: AutoencoderAnsatz, format: LaneFormat, threads: Int, lifetime: Lifetime, in planner: inout Planner
  ) {
    self.ansatz = ansatz
    self.format = format
    gates = planner.reserve(
      "compressor gates",
      [Extent("layers", ansatz.layers), Extent("gate entries", AutoencoderCircuit.gateNumbersPerLayer(ansatz))],
      of: Double.self, lifetime: lifetime, owner: "Kernel")
    inputs = planner.reserve(
      "compressor inputs",
      [
        Extent("threads", threads), Extent("amplitudes", ansatz.amplitudes), Extent("re/im", 2),
        Extent("lanes", format.lanes),
      ], singlePrecision: format.precision == .float32, lifetime: lifetime, owner: "Kernel")
  }

  func bind(_ compressor: SampleCompressor, _ arena: borrowing Arena) -> GroupCompressor {
    let circuit = AutoencoderCircuit(ansatz: ansatz, format: format, gates: arena.pointer(gates))
    compressor.autoencoder.parameters.withUnsafeBufferPointer { circuit.prepare(parameters: $0.baseAddress!) }
    return GroupCompressor(circuit: circuit, inputs: arena.bytes(inputs))
  }
}

/// An autoencoder that a runner's samples pass before the network, which then sees what is left of each: branches of
/// the latent qubits. Allocates nothing.
struct GroupCompressor {
  let circuit: AutoencoderCircuit
  /// `[thread]` states of all qubits.
  private let inputs: UnsafeMutableRawPointer

  fileprivate init(circuit: AutoencoderCircuit, inputs: UnsafeMutableRawPointer) {
    self.circuit = circuit
    self.inputs = inputs
  }

  var branches: Int { 1 << circuit.ansatz.trash }

  func input(thread: Int) -> UnsafeMutableRawPointer {
    inputs + thread * 2 * circuit.ansatz.amplitudes * circuit.format.vectorBytes
  }
}
