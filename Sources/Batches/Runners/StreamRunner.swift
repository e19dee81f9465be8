import Kernel

/// Runs batches whose samples are encoded into inputs, a group at a time, as they come.
package protocol StreamRunner: BatchRunner {
  var lanes: Int { get }
  /// Groups that run at the same time.
  var threads: Int { get }
  func input(thread: Int) -> UnsafeMutableRawPointer
  /// What writes samples into an input.
  func groupEncoder(_ encoder: Encoder) -> GroupEncoder
  /// Tells which row of its file is in a lane of the first thread's input.
  func note(row: Int, lane: Int)
  /// The logits of these groups, one a thread, whose inputs are encoded already.
  func forwardEncoded(_ groups: Range<Int>)
}

extension StreamRunner {
  /// What is computed does not depend on it.
  package func note(row: Int, lane: Int) {}

  package func groupCount(_ samples: Int) -> Int { (samples + lanes - 1) / lanes }

  package func padded(_ count: Int) -> Int { groupCount(count) * lanes }

  /// Lanes beyond the last sample hold zeros.
  package func pad(_ batch: BatchSource, _ count: Int) {
    let missing = padded(count) - count
    switch batch {
    case .threads, .states: break
    case .chain(let feed, let samples):
      (samples + count * feed.coefficients).update(repeating: 0, count: missing * feed.coefficients)
    case .stored(let set): (set.batch + count).update(repeating: -1, count: missing)
    }
  }
}
