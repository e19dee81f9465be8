import Batches

/// Runs one trial a slot, side by side.
final class TrialPool {
  private let trials: [Trial]
  private var pool: WorkerPool?
  private var seeds: ArraySlice<UInt64> = []

  init(_ trials: [Trial]) throws(SessionError) {
    self.trials = trials
    // As many threads as slots: a slot's number is its thread's.
    pool = try WorkerPool(threads: trials.count) { [unowned self] slot, _ in
      trials[slot].run(seed: seeds[seeds.startIndex + slot])
    }
  }

  deinit { pool = nil }

  /// A seed in each of the first slots.
  func run(seeds: ArraySlice<UInt64>) {
    self.seeds = seeds
    pool!.run(0..<seeds.count)
  }
}
