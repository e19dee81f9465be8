import Budget
import Kernel
import Settings
import Spectra

/// Everything that training an autoencoder holds, reserved in one planner.
struct CompressionMemory {
  let ansatz: AutoencoderAnsatz
  let chain: ChainMemory
  let compressor: CompressorMemory
  /// The training set `[state][coefficient]`.
  let set: Reservation<Double>
  let losses: Reservation<Double>
  /// `[unseen state]`.
  let fidelities: Reservation<Double>
  /// `[coefficient][coefficient]` and a drawn label, which nothing here needs.
  let average: Reservation<Double>
  let label: Reservation<Int32>
  let checkpoint: CheckpointMemory

  init(
    _ ansatz: AutoencoderAnsatz, _ settings: Settings, format: LaneFormat, batch: Int, metadataBytes: Int,
    in planner: inout Planner
  ) throws(SessionError) {
    self.ansatz = ansatz
    let threads = settings.host.threads
    RandomStream.declare(RandomStream.Purpose.countOfRun, in: &planner)
    ProcessMemory.declare(threads: threads, in: &planner)
    chain = try ChainMemory(settings.data, qubits: ansatz.qubits, format: format, threads: threads, in: &planner)
    planner.declareOutside(
      OutsideMemory(
        name: "ensemble spectrum", formula: "3 × basis states \(chain.coefficientLimit)² × f64 8 B + GSL",
        bytes: EnsembleSpectrum.bytes(size: chain.coefficientLimit), owner: "Spectra"))
    MixedFidelity.declare(ansatz, basis: chain.coefficientLimit, in: &planner)
    func doubles(
      _ name: String, _ shape: [Extent], _ planner: inout Planner, owner: String = "Sessions"
    ) -> Reservation<Double> {
      planner.reserve(name, shape, of: Double.self, lifetime: .run, owner: owner)
    }
    compressor = CompressorMemory(
      "", ansatz, format: format, batch: batch, states: settings.training.states, coefficients: chain.coefficientLimit,
      threads: threads, in: &planner)
    let coefficients = Extent("coefficients", chain.coefficientLimit)
    let members = Extent("states", settings.training.states)
    set = planner.reserve(
      "training set", [members, coefficients], of: Double.self, lifetime: Lifetime(.teach, through: .run),
      owner: "Sessions")
    checkpoint = CheckpointMemory(
      CheckpointMemory.tensors(
        [("parameters", ansatz.parameterCount)], iterations: settings.compression.iterations,
        samples: settings.training.states), metadataBytes: metadataBytes, in: &planner)
    losses = doubles("losses", [Extent("iterations", settings.compression.iterations)], &planner)
    fidelities = doubles("unseen fidelities", [Extent("samples", settings.unseenSamples)], &planner)
    average = doubles("ensemble average", [coefficients, coefficients], &planner)
    label = planner.reserve(
      "drawn label", [Extent("labels", 1)], of: Int32.self, lifetime: Lifetime(.teach, through: .run),
      owner: "Sessions")
  }
}

extension Settings {
  /// How many fresh states a compression is tested on.
  var unseenSamples: Int { evaluation.samples > 0 ? evaluation.samples : 1000 }
}
