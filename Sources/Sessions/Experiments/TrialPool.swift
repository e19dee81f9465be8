/// Runs one trial a slot, side by side.
final class TrialPool {
  private let trials: [Trial]
  private var pool: WorkerPool?
  private var seeds: [UInt64] = []
  private var first = 0
  private var count = 0

  init(_ trials: [Trial]) throws(SessionError) {
    self.trials = trials
    pool = try WorkerPool(threads: trials.count) { [unowned self] in work($0) }
  }

  deinit { pool = nil }

  /// Seed `first + slot` in each of the first `count` slots.
  func run(seeds: [UInt64], first: Int, count: Int) {
    self.seeds = seeds
    self.first = first
    self.count = count
    pool!.run()
  }

  private func work(_ slot: Int) {
    if slot < count { trials[slot].run(seed: seeds[first + slot]) }
  }
}
