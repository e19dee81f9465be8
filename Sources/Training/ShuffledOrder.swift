import Batches

/// The order in which training sees its samples: each epoch goes through the shuffled set in whole batches; what does
/// not fill one waits for the next shuffle. Allocates nothing.
package struct ShuffledOrder {
  /// `[sample]`
  private let order: UnsafeMutablePointer<Int32>
  /// Samples that are learnt from; those held back stand behind them.
  package let count: Int
  package let batch: Int
  private let stream: RandomStream
  /// Of the next batch in `order`.
  package var position: Int

  /// - Parameters:
  ///   - samples: of the set.
  ///   - heldBack: those that are not learnt from, drawn from all by `seed`.
  ///   - stream: of the shuffling; started anew where samples are held back.
  /// - Precondition: `batch ≤ samples − heldBack`.
  package init(
    _ order: UnsafeMutablePointer<Int32>, samples: Int, heldBack: Int = 0, batch: Int, stream: RandomStream,
    seed: UInt64? = nil
  ) {
    self.order = order
    count = samples - heldBack
    self.batch = batch
    self.stream = stream
    position = count
    var i = 0
    while i < samples {
      order[i] = Int32(i)
      i += 1
    }
    guard let seed, heldBack > 0 else { return }
    stream.start(.validationSplit, seed: seed)
    stream.shuffle(order, count: samples)
    start(seed: seed)
  }

  /// Goes on as a training with this seed begins.
  package mutating func start(seed: UInt64) {
    stream.start(.shuffling, seed: seed)
    position = count
  }

  /// The samples of the next batch.
  package mutating func next() -> UnsafePointer<Int32> {
    if position + batch > count {
      stream.shuffle(order, count: count)
      position = 0
    }
    defer { position += batch }
    return UnsafePointer(order + position)
  }
}
