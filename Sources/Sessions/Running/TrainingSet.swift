import Budget
import Kernel
import Settings

/// The memory of a training set of ground states: each is its coefficients.
struct ChainSetMemory {
  let chain: ChainMemory
  /// `[state][coefficient]`
  let states: Reservation<Double>
  /// The batch: the same, for whole groups.
  let batch: Reservation<Double>

  init(
    _ settings: Settings, qubits: Int, format: LaneFormat, padded: Extent, in planner: inout Planner
  ) throws(SessionError) {
    chain = try ChainMemory(
      settings.data, qubits: qubits, format: format, threads: settings.host.threads, in: &planner)
    let coefficients = Extent("coefficients", chain.coefficientLimit)
    let lifetime = Lifetime(.teach, through: .run)
    states = planner.reserve(
      "training set", [Extent("states", settings.training.states), coefficients], of: Double.self,
      lifetime: lifetime,
      owner: "Sessions")
    batch = planner.reserve(
      "batch states", [padded, coefficients], of: Double.self, lifetime: lifetime, owner: "Sessions"
    )
  }

  /// Draws the training set.
  /// - Parameter labels: `[state]`, filled.
  func fill(
    _ feed: ChainFeed, seed: UInt64, count: Int, labels: UnsafeMutablePointer<Int32>,
    _ arena: borrowing Arena
  ) throws(SessionError) -> TrainingSet {
    let stream = try RandomStream(.trainingData, seed: seed)
    let states = arena.pointer(states)
    for i in 0..<count {
      if let failed = feed.draw(stream, into: states + i * feed.coefficients, label: labels + i) {
        throw feed.error(failed)
      }
    }
    return .chain(feed, states: states, batch: arena.pointer(batch))
  }
}

/// Where the training set lies, and how a batch is taken from it. Allocates nothing.
enum TrainingSet {
  case chain(ChainFeed, states: UnsafeMutablePointer<Double>, batch: UnsafeMutablePointer<Double>)
  case stored(StoredSet)

  /// Where the groups of a batch that was taken come from.
  var source: GroupSource {
    switch self {
    case .chain(let feed, _, let batch): .chain(feed, batch)
    case .stored(let set): .stored(set)
    }
  }

  /// Makes a sample of the set the one at `index` of the batch.
  func take(_ sample: Int, as index: Int) {
    switch self {
    case .chain(let feed, let states, let batch):
      let size = feed.coefficients
      (batch + index * size).update(from: states + sample * size, count: size)
    case .stored(let set): set.batch[index] = Int32(sample)
    }
  }
}
