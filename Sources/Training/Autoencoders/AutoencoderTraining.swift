import Batches
import Budget
import Kernel
import Settings

/// The memory of an autoencoder in training, and of a batch on its way through it.
package struct AutoencoderTrainingMemory {
  package let circuit: GroupCompressorMemory
  /// `[thread]` states.
  package let cotangents: ScalarReservation
  package let parameters: Reservation<Double>
  /// `[sample]`, for whole groups.
  package let fidelities: Reservation<Double>
  /// `[group][parameter sums, then the fidelity]`.
  package let sums: Reservation<Double>
  package let groups: Int

  /// - Parameter prefix: stands before the buffers' names in the plan.
  package init(
    _ prefix: String, _ ansatz: AutoencoderAnsatz, format: LaneFormat, batch: Int, threads: Int,
    in planner: inout Planner
  ) {
    circuit = GroupCompressorMemory(
      prefix + "autoencoder", ansatz, format: format, threads: threads, lifetime: .run, in: &planner)
    func doubles(_ name: String, _ shape: [Extent], _ planner: inout Planner) -> Reservation<Double> {
      planner.reserve(prefix + name, shape, of: Double.self, lifetime: .run, owner: "Training")
    }
    cotangents = planner.reserve(
      prefix + "autoencoder cotangents",
      [
        Extent("threads", threads), Extent("amplitudes", ansatz.amplitudes), Extent("re/im", 2),
        Extent("lanes", format.lanes),
      ], singlePrecision: format.precision == .float32, lifetime: .run, owner: "Kernel")
    parameters = doubles("autoencoder parameters", [Extent("parameters", ansatz.parameterCount)], &planner)
    groups = (batch + format.lanes - 1) / format.lanes
    fidelities = doubles(
      "batch fidelities", [Extent("groups", groups), Extent("lanes", format.lanes)], &planner)
    sums = doubles(
      "autoencoder gradient sums", [Extent("groups", groups), Extent("sums", ansatz.parameterCount + 1)], &planner)
  }
}

/// An autoencoder in training on ground states; the loss is 1 − the mean fidelity. The groups of a batch are dealt out
/// by their number and their sums added in that order, so that results do not depend on the number of threads.
package final class AutoencoderTraining: TrainedModel {
  package let set: CoefficientSet
  package let circuit: AutoencoderCircuit
  package let parameters: [ParameterGroup]
  /// `[sample]`, for whole groups.
  package let fidelities: UnsafeMutablePointer<Double>
  private let states: GroupCompressor
  private let cotangents: UnsafeMutableRawPointer
  private let sums: GroupSums
  private let firstScratch: Int
  private var differentiates = false
  private var pool: WorkerPool?

  /// - Parameters:
  ///   - gradient: `[parameter]`.
  ///   - firstScratch: thread t expands its states as the feed's thread `firstScratch` + t.
  package init(
    _ memory: AutoencoderTrainingMemory, _ set: CoefficientSet, _ settings: CompressionSettings,
    gradient: UnsafeMutablePointer<Double>, firstScratch: Int = 0, _ arena: borrowing Arena
  ) throws(SessionError) {
    self.set = set
    self.firstScratch = firstScratch
    states = memory.circuit.bind(arena)
    circuit = states.circuit
    cotangents = arena.bytes(memory.cotangents)
    fidelities = arena.pointer(memory.fidelities)
    let count = memory.circuit.ansatz.parameterCount
    sums = GroupSums(start: arena.pointer(memory.sums), size: count + 1, blocks: memory.groups)
    parameters = [
      ParameterGroup(
        values: arena.pointer(memory.parameters), gradient: gradient, count: count, learningRate: settings.learningRate)
    ]
    pool = try WorkerPool(threads: memory.circuit.threads) { [unowned self] in work(group: $0, thread: $1) }
  }

  deinit { pool = nil }

  /// Draws the parameters that training starts from: uniform in ± `range` radians.
  package func start(_ stream: RandomStream, range: Double) {
    var i = 0
    while i < parameters[0].count {
      parameters[0].values[i] = stream.uniform(-range, range)
      i += 1
    }
    prepare()
  }

  package func prepare() { circuit.prepare(parameters: parameters[0].values) }

  package func differentiate(_ samples: UnsafePointer<Int32>, count: Int) -> Double {
    SampleSet.chain(set).gather(samples, count: count)
    let groups = groupCount(count)
    sums.clear(groups: groups)
    run(count, differentiates: true)
    sums.reduce(groups: groups)
    let all = parameters[0]
    circuit.finishGradient(
      parameters: all.values, moments: sums.start, weight: -1 / Double(count), gradient: all.gradient)
    return max(0, 1 - sums.start[all.count] / Double(count))
  }

  /// Fidelities of the batch's first `count` samples.
  package func score(samples count: Int) { run(count, differentiates: false) }

  /// A group of the basis after U: valid until the next run. Allocates.
  package func encodedBasis(group: Int) -> UnsafeRawPointer {
    let state = states.input(thread: 0)
    set.feed.expandBasis(group: group, into: state)
    circuit.encode(state)
    return UnsafeRawPointer(state)
  }

  private func groupCount(_ samples: Int) -> Int { (samples + circuit.format.lanes - 1) / circuit.format.lanes }

  private func run(_ count: Int, differentiates: Bool) {
    self.differentiates = differentiates
    let (groups, size) = (groupCount(count), set.feed.coefficients)
    // Lanes beyond the last sample hold zeros.
    (set.batch + count * size).update(repeating: 0, count: (groups * circuit.format.lanes - count) * size)
    pool!.run(0..<groups)
  }

  private func work(group: Int, thread: Int) {
    let (state, lanes) = (states.input(thread: thread), circuit.format.lanes)
    set.feed.expand(
      set.batch + group * lanes * set.feed.coefficients, thread: firstScratch + thread, into: state)
    if differentiates {
      let own = sums.block(group)
      circuit.addGradient(
        state, cotangent: cotangents + thread * states.stateBytes, moments: own, fidelity: own + sums.size - 1)
    } else {
      circuit.fidelities(state, into: fidelities + group * lanes)
    }
  }
}
