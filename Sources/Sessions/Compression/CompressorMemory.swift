import Budget
import Kernel

/// The memory of an autoencoder in training: circuit, parameters, and a batch on its way through it.
struct CompressorMemory {
  let ansatz: AutoencoderAnsatz
  let format: LaneFormat
  let threads: Int
  let gates: Reservation<Double>
  /// `[parameter]`: the parameters, the gradient, Adam's two moments.
  let parameters, gradient, first, second: Reservation<Double>
  /// `[thread]` states.
  let states, cotangents: ScalarReservation
  /// The order of the training set.
  let order: Reservation<Int32>
  /// A batch `[sample][coefficient]`, and `[sample]`, for whole groups.
  let batchStates, batchFidelities: Reservation<Double>
  /// `[group][parameter sums, then the fidelity]`.
  let sums: Reservation<Double>

  /// - Parameters:
  ///   - prefix: stands before the buffers' names in the plan.
  ///   - states: the size of the training set.
  ///   - coefficients: the most that a state can have.
  init(
    _ prefix: String, _ ansatz: AutoencoderAnsatz, format: LaneFormat, batch: Int, states setSize: Int,
    coefficients: Int, threads: Int, in planner: inout Planner
  ) {
    self.ansatz = ansatz
    self.format = format
    self.threads = threads
    func doubles(
      _ name: String, _ shape: [Extent], _ planner: inout Planner, owner: String = "Sessions"
    ) -> Reservation<Double> {
      planner.reserve(prefix + name, shape, of: Double.self, lifetime: .run, owner: owner)
    }
    gates = doubles(
      "autoencoder gates",
      [
        Extent("layers", ansatz.layers), Extent("gate entries", AutoencoderCircuit.gateNumbersPerLayer(ansatz)),
      ], &planner, owner: "Kernel")
    let count = Extent("parameters", ansatz.parameterCount)
    parameters = doubles("autoencoder parameters", [count], &planner, owner: "Students")
    gradient = doubles("autoencoder gradient", [count], &planner)
    first = doubles("autoencoder first moments", [count], &planner)
    second = doubles("autoencoder second moments", [count], &planner)
    let state = [
      Extent("threads", threads), Extent("amplitudes", ansatz.amplitudes), Extent("re/im", 2),
      Extent("lanes", format.lanes),
    ]
    let single = format.precision == .float32
    states = planner.reserve(
      prefix + "autoencoder states", state, singlePrecision: single, lifetime: .run, owner: "Kernel")
    cotangents = planner.reserve(
      prefix + "autoencoder cotangents", state, singlePrecision: single, lifetime: .run, owner: "Kernel")
    let padded = Extent("batch, whole groups", roundUp(batch, to: format.lanes))
    order = planner.reserve(
      prefix + "autoencoder order", [Extent("states", setSize)], of: Int32.self, lifetime: .run, owner: "Sessions")
    batchStates = doubles("autoencoder batch", [padded, Extent("coefficients", coefficients)], &planner)
    batchFidelities = doubles("batch fidelities", [padded], &planner)
    sums = doubles(
      "autoencoder gradient sums",
      [Extent("groups", padded.count / format.lanes), Extent("sums", Self.sumsPerGroup(ansatz))], &planner)
  }

  static func sumsPerGroup(_ ansatz: AutoencoderAnsatz) -> Int { ansatz.parameterCount + 1 }
}
