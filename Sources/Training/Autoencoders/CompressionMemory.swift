import Batches
import Budget
import Kernel
import Settings
import Spectra

/// Everything that `compress` holds, reserved in one planner.
package struct CompressionMemory: TrainingJobMemory {
  package let run: RunMemory
  package let set: ChainSetMemory
  package let autoencoder: AutoencoderTrainingMemory
  /// `[unseen state]`.
  package let fidelities: Reservation<Double>
  /// `[coefficient][coefficient]`
  package let average: Reservation<Double>

  package init(
    _ ansatz: AutoencoderAnsatz, _ settings: Settings, format: LaneFormat, batch: Int, metadataBytes: Int,
    in planner: inout Planner
  ) throws(SessionError) {
    run = RunMemory(
      [("parameters", ansatz.parameterCount)], iterations: settings.compression.iterations, settings,
      metadataBytes: metadataBytes, in: &planner)
    let copies = NetworkShape.copiesMade
    planner.declareOutside(
      OutsideMemory(
        name: "model", formula: "parameters \(ansatz.parameterCount) × 8 B × \(copies)",
        bytes: 8 * ansatz.parameterCount * copies, owner: "Models"))
    set = try ChainSetMemory(
      settings, qubits: ansatz.qubits, format: format,
      padded: Extent("batch, whole groups", roundUp(batch, to: format.lanes)), in: &planner)
    let limit = set.chain.coefficientLimit
    planner.declareOutside(
      OutsideMemory(
        name: "ensemble spectrum", formula: "3 × basis states \(limit)² × f64 8 B + GSL",
        bytes: EnsembleSpectrum.bytes(size: limit), owner: "Spectra"))
    MixedFidelity.declare(ansatz, basis: limit, in: &planner)
    autoencoder = AutoencoderTrainingMemory(
      "", ansatz, format: format, batch: batch, threads: settings.host.threads, in: &planner)
    func doubles(_ name: String, _ shape: [Extent], _ planner: inout Planner) -> Reservation<Double> {
      planner.reserve(name, shape, of: Double.self, lifetime: .run, owner: "Training")
    }
    fidelities = doubles("unseen fidelities", [Extent("samples", settings.unseenSamples)], &planner)
    let coefficients = Extent("coefficients", limit)
    average = doubles("ensemble average", [coefficients, coefficients], &planner)
  }
}

extension Settings {
  /// How many fresh states a compression is tested on.
  package var unseenSamples: Int { evaluation.samples > 0 ? evaluation.samples : 1000 }
}
