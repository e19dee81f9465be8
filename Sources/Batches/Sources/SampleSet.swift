import Budget
import Kernel
import Settings
import Spectra

/// The memory of a training set of ground states: each is its coefficients.
package struct ChainSetMemory {
  package let chain: ChainMemory
  /// `[state][coefficient]`
  private let states: Reservation<Double>
  /// The batch: the same, for whole groups.
  private let batch: Reservation<Double>

  package init(
    _ settings: Settings, qubits: Int, target: ChainTarget? = nil, format: LaneFormat, padded: Extent,
    in planner: inout Planner
  ) throws(SessionError) {
    chain = try ChainMemory(
      settings.data, qubits: qubits, target: target, format: format, threads: settings.host.threads, in: &planner)
    let coefficients = Extent("coefficients", chain.coefficientLimit)
    let lifetime = Lifetime(.teach, through: .run)
    states = planner.reserve(
      "training set", [Extent("states", settings.training.states), coefficients], of: Double.self, lifetime: lifetime,
      owner: "Batches")
    batch = planner.reserve(
      "batch states", [padded, coefficients], of: Double.self, lifetime: lifetime, owner: "Batches")
  }

  /// Draws the training set.
  /// - Parameters: as for `ChainFeed.draw`.
  package func fill(
    _ feed: ChainFeed, _ settings: Settings, labels: UnsafeMutablePointer<Int32>?,
    values: UnsafeMutablePointer<Double>? = nil, _ arena: borrowing Arena
  ) throws(SessionError) -> CoefficientSet {
    let set = CoefficientSet(feed: feed, states: arena.pointer(states), batch: arena.pointer(batch))
    let stream = try RandomStream(.trainingData, seed: settings.seed)
    if let failed = feed.draw(stream, settings.training.states, into: set.states, labels: labels, values: values) {
      throw feed.error(failed)
    }
    return set
  }
}

/// Ground states as their coefficients, and a place for a batch of them.
package struct CoefficientSet {
  package let feed: ChainFeed
  /// `[state][coefficient]`
  package let states: UnsafeMutablePointer<Double>
  /// The same, for whole groups.
  package let batch: UnsafeMutablePointer<Double>

  package init(feed: ChainFeed, states: UnsafeMutablePointer<Double>, batch: UnsafeMutablePointer<Double>) {
    self.feed = feed
    self.states = states
    self.batch = batch
  }
}

/// Samples that lie in memory, and the batch that is taken of them. Allocates nothing.
package enum SampleSet {
  case chain(CoefficientSet)
  case stored(StoredSet)

  /// Where the groups of a batch that was taken come from.
  package var batch: BatchSource {
    switch self {
    case .chain(let set): .chain(set.feed, set.batch)
    case .stored(let set): .stored(set)
    }
  }

  /// Makes a sample of the set the one at `index` of the batch.
  package func take(_ sample: Int, as index: Int) {
    switch self {
    case .chain(let set):
      let size = set.feed.coefficients
      (set.batch + index * size).update(from: set.states + sample * size, count: size)
    case .stored(let set): set.batch[index] = Int32(sample)
    }
  }

  /// Makes samples of the set the batch.
  package func gather(_ samples: UnsafePointer<Int32>, count: Int) {
    var i = 0
    while i < count {
      take(Int(samples[i]), as: i)
      i += 1
    }
  }
}
