import Budget
import Kernel
import Spectra

/// Everything that training an autoencoder holds, reserved in one planner.
struct CompressionMemory {
  let ansatz: AutoencoderAnsatz
  let format: LaneFormat
  let threads: Int
  let chain: ChainMemory
  let gates: Reservation<Double>
  /// `[parameter]`: the parameters, the gradient, Adam's two moments.
  let parameters, gradient, first, second: Reservation<Double>
  /// `[thread]` states.
  let states, cotangents: ScalarReservation
  /// The training set `[state][coefficient]`, its order, and a batch of it for whole groups.
  let set: Reservation<Double>
  let order: Reservation<Int32>
  let batchStates: Reservation<Double>
  let batchFidelities: Reservation<Double>
  /// `[group][parameter sums, then the fidelity]`.
  let sums: Reservation<Double>
  let losses: Reservation<Double>
  /// `[unseen state]`.
  let fidelities: Reservation<Double>
  /// `[coefficient][coefficient]` and a drawn label, which nothing here needs.
  let average: Reservation<Double>
  let label: Reservation<Int32>

  init(
    _ ansatz: AutoencoderAnsatz, _ settings: Settings, format: LaneFormat, batch: Int, in planner: inout Planner
  ) throws(SessionError) {
    self.ansatz = ansatz
    self.format = format
    threads = settings.host.threads
    RuntimeFloor.declare(in: &planner)
    RandomStream.declare(RandomStream.Purpose.allCases.count, in: &planner)
    WorkerPool.declare(threads, in: &planner)
    chain = try ChainMemory(settings.data, qubits: ansatz.qubits, format: format, threads: threads, in: &planner)
    planner.declareOutside(
      OutsideMemory(
        name: "ensemble spectrum", formula: "3 × basis states \(chain.coefficientLimit)² × f64 8 B + GSL",
        bytes: EnsembleSpectrum.bytes(size: chain.coefficientLimit), owner: "Spectra"))
    func doubles(
      _ name: String, _ shape: [Extent], _ planner: inout Planner, owner: String = "Sessions"
    ) -> Reservation<Double> {
      planner.reserve(name, shape, of: Double.self, lifetime: .run, owner: owner)
    }
    gates = doubles(
      "autoencoder gates",
      [
        Extent("layers", ansatz.layers),
        Extent("gate entries", AutoencoderCircuit.gateNumbersPerLayer(ansatz)),
      ], &planner, owner: "Kernel")
    let count = Extent("parameters", ansatz.parameterCount)
    parameters = doubles("autoencoder parameters", [count], &planner, owner: "Students")
    gradient = doubles("gradient", [count], &planner)
    first = doubles("Adam first moments", [count], &planner)
    second = doubles("Adam second moments", [count], &planner)
    let state = [
      Extent("threads", threads), Extent("amplitudes", ansatz.amplitudes), Extent("re/im", 2),
      Extent("lanes", format.lanes),
    ]
    let single = format.precision == .float32
    states = planner.reserve(
      "autoencoder states", state, singlePrecision: single, lifetime: .run, owner: "Kernel")
    cotangents = planner.reserve(
      "autoencoder cotangents", state, singlePrecision: single, lifetime: .run, owner: "Kernel")
    let padded = Extent("batch, whole groups", roundUp(batch, to: format.lanes))
    let coefficients = Extent("coefficients", chain.coefficientLimit)
    let members = Extent("states", settings.training.states)
    set = planner.reserve(
      "training set", [members, coefficients], of: Double.self, lifetime: Lifetime(.teach, through: .run),
      owner: "Sessions")
    order = planner.reserve("shuffled order", [members], of: Int32.self, lifetime: .run, owner: "Sessions")
    batchStates = doubles("batch states", [padded, coefficients], &planner)
    batchFidelities = doubles("batch fidelities", [padded], &planner)
    sums = doubles(
      "gradient sums",
      [Extent("groups", padded.count / format.lanes), Extent("sums", Self.sumsPerGroup(ansatz))], &planner)
    losses = doubles("losses", [Extent("iterations", settings.compression.iterations)], &planner)
    fidelities = doubles("unseen fidelities", [Extent("samples", settings.unseenSamples)], &planner)
    average = doubles("ensemble average", [coefficients, coefficients], &planner)
    label = planner.reserve(
      "drawn label", [Extent("labels", 1)], of: Int32.self, lifetime: Lifetime(.teach, through: .run),
      owner: "Sessions")
  }

  static func sumsPerGroup(_ ansatz: AutoencoderAnsatz) -> Int { ansatz.parameterCount + 1 }
}

extension Settings {
  /// How many fresh states a compression is tested on.
  var unseenSamples: Int { evaluation.samples > 0 ? evaluation.samples : 1000 }
}
