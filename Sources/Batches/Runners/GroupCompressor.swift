import Budget
import Kernel
import Models

/// The memory of an autoencoder and of states on their way through it.
package struct GroupCompressorMemory {
  package let ansatz: AutoencoderAnsatz
  package let format: LaneFormat
  package let threads: Int
  private let gates: Reservation<Double>
  private let inputs: ScalarReservation

  /// - Parameter name: for the plan's reader.
  package init(
    _ name: String, _ ansatz: AutoencoderAnsatz, format: LaneFormat, threads: Int, lifetime: Lifetime,
    in planner: inout Planner
  ) {
    self.ansatz = ansatz
    self.format = format
    self.threads = threads
    gates = planner.reserve(
      "\(name) gates",
      [Extent("layers", ansatz.layers), Extent("gate entries", AutoencoderCircuit.gateNumbersPerLayer(ansatz))],
      of: Double.self, lifetime: lifetime, owner: "Kernel")
    inputs = planner.reserve(
      "\(name) inputs",
      [
        Extent("threads", threads), Extent("amplitudes", ansatz.amplitudes), Extent("re/im", 2),
        Extent("lanes", format.lanes),
      ], singlePrecision: format.precision == .float32, lifetime: lifetime, owner: "Kernel")
  }

  /// An autoencoder whose gates are still to be prepared.
  package func bind(_ arena: borrowing Arena) -> GroupCompressor {
    GroupCompressor(
      circuit: AutoencoderCircuit(ansatz: ansatz, format: format, gates: arena.pointer(gates)),
      inputs: arena.bytes(inputs))
  }

  package func bind(_ compressor: SampleCompressor, _ arena: borrowing Arena) -> GroupCompressor {
    let bound = bind(arena)
    compressor.autoencoder.parameters.withUnsafeBufferPointer { bound.circuit.prepare(parameters: $0.baseAddress!) }
    return bound
  }
}

/// An autoencoder's circuit, and a state a thread to run through it. Samples that pass it before a network leave
/// branches of the latent qubits. Allocates nothing.
package struct GroupCompressor {
  package let circuit: AutoencoderCircuit
  /// `[thread]` states of all qubits.
  private let inputs: UnsafeMutableRawPointer

  fileprivate init(circuit: AutoencoderCircuit, inputs: UnsafeMutableRawPointer) {
    self.circuit = circuit
    self.inputs = inputs
  }

  package var branches: Int { 1 << circuit.ansatz.trash }

  /// Bytes of a group's state.
  package var stateBytes: Int { 2 * circuit.ansatz.amplitudes * circuit.format.vectorBytes }

  package func input(thread: Int) -> UnsafeMutableRawPointer { inputs + thread * stateBytes }
}
