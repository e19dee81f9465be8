import Batches

/// The order in which training sees its samples: each epoch goes through the shuffled set in whole batches; what does
/// not fill one waits for the next shuffle. Allocates nothing.
package struct ShuffledOrder {
  /// `[sample]`
  private let order: UnsafeMutablePointer<Int32>
  private let count: Int
  package let batch: Int
  private let stream: RandomStream
  /// Of the next batch in `order`.
  package var position: Int

  /// - Precondition: `batch ≤ count`.
  package init(_ order: UnsafeMutablePointer<Int32>, count: Int, batch: Int, stream: RandomStream) {
    self.order = order
    self.count = count
    self.batch = batch
    self.stream = stream
    position = count
    var i = 0
    while i < count {
      order[i] = Int32(i)
      i += 1
    }
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
