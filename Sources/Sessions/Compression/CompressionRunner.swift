import Budget
import Kernel

/// Runs the groups of a batch of ground states through an autoencoder on all threads, for fidelities or for a gradient.
/// Groups are dealt out by their number and their sums added in that order, so that results do not depend on the number
/// of threads.
final class CompressionRunner {
  let circuit: AutoencoderCircuit
  let lanes: Int
  private let threads: Int
  private let feed: ChainFeed
  private let firstScratch: Int
  private let stateBytes: Int
  private let states, cotangents: UnsafeMutableRawPointer
  /// `[sample][coefficient]`, for whole groups.
  let samples: UnsafeMutablePointer<Double>
  /// `[sample]`, for whole groups.
  let fidelities: UnsafeMutablePointer<Double>
  private let sums: UnsafeMutablePointer<Double>
  private let sumsPerGroup: Int
  private var groups = 0
  private var differentiates = false
  private var pool: WorkerPool?

  /// - Parameter firstScratch: thread t of this runner expands its states as the feed's thread `firstScratch` + t.
  init(
    _ circuit: AutoencoderCircuit, feed: ChainFeed, firstScratch: Int = 0, memory: CompressorMemory,
    arena: borrowing Arena
  ) throws(SessionError) {
    self.circuit = circuit
    self.feed = feed
    self.firstScratch = firstScratch
    lanes = circuit.format.lanes
    threads = memory.threads
    stateBytes = 2 * circuit.ansatz.amplitudes * circuit.format.vectorBytes
    states = arena.bytes(memory.states)
    cotangents = arena.bytes(memory.cotangents)
    samples = arena.pointer(memory.batchStates)
    fidelities = arena.pointer(memory.batchFidelities)
    sums = arena.pointer(memory.sums)
    sumsPerGroup = CompressorMemory.sumsPerGroup(circuit.ansatz)
    pool = try WorkerPool(threads: threads) { [unowned self] in work($0) }
  }

  deinit { pool = nil }

  /// One group of states, `[lane][coefficient]`, after U: valid until the next run.
  func encode(_ samples: [Double]) -> UnsafeRawPointer {
    feed.expand(samples, thread: firstScratch, into: states)
    circuit.encode(states)
    return UnsafeRawPointer(states)
  }

  /// Fidelities of the first `count` samples.
  func score(samples count: Int) { start(count, differentiates: false) }

  /// Σ F of the first `count` samples, and its cross moments, `[parameter]`.
  func differentiate(samples count: Int) -> (fidelity: Double, moments: UnsafeMutablePointer<Double>) {
    let groups = (count + lanes - 1) / lanes
    sums.update(repeating: 0, count: groups * sumsPerGroup)
    start(count, differentiates: true)
    var group = 1
    while group < groups {
      var i = 0
      while i < sumsPerGroup {
        sums[i] += sums[group * sumsPerGroup + i]
        i += 1
      }
      group += 1
    }
    return (sums[sumsPerGroup - 1], sums)
  }

  private func start(_ count: Int, differentiates: Bool) {
    groups = (count + lanes - 1) / lanes
    self.differentiates = differentiates
    // Lanes beyond the last sample hold zeros.
    let size = feed.coefficients
    (samples + count * size).update(repeating: 0, count: (groups * lanes - count) * size)
    pool!.run()
  }

  private func work(_ thread: Int) {
    let state = states + thread * stateBytes
    var group = thread
    while group < groups {
      feed.expand(samples + group * lanes * feed.coefficients, thread: firstScratch + thread, into: state)
      if differentiates {
        let own = sums + group * sumsPerGroup
        circuit.addGradient(
          state, cotangent: cotangents + thread * stateBytes, moments: own, fidelity: own + sumsPerGroup - 1)
      } else {
        circuit.fidelities(state, into: fidelities + group * lanes)
      }
      group += threads
    }
  }
}
