import Batches
import Budget
import CSupport
import Kernel

/// The sealed part of an evaluation: nothing in it allocates or throws.
struct EvaluationLoop: ~Copyable {
  enum Failure {
    case samples(StreamedBatches.Failure)
    case write(errno: Int32)
    /// The run is to stop.
    case stopped
  }

  let batches: StreamedBatches
  private let batch: Int
  /// Of a row: logits, then what else is computed.
  private let outputs: Int
  private let logits: UnsafeMutablePointer<Double>
  /// Of nanoseconds.
  let histogram: LogHistogram
  var scorer: Scorer

  init(_ batches: StreamedBatches, memory: EvaluationMemory, arena: borrowing Arena, scorer: consuming Scorer) {
    self.batches = batches
    batch = memory.batch
    outputs = memory.network.logits
    logits = arena.pointer(memory.logits)
    histogram = LogHistogram(arena.pointer(memory.histogram))
    self.scorer = scorer
  }

  /// Streams batches until the limit, the end of the data, or a failure.
  mutating func run(limit: Int, progress: Progress) -> Failure? {
    while scorer.samples < limit {
      if qkd_stop_requested() != 0 { return .stopped }
      let wanted = min(batch, limit - scorer.samples)
      let start = qkd_monotonic_nanoseconds()
      var count = 0
      switch batches.run(wanted) {
      case .samples(let read): count = read
      case .failed(let failure): return .samples(failure)
      }
      if count == 0 { return nil }
      histogram.add(qkd_monotonic_nanoseconds() - start)
      var i = 0
      while i < count {
        let status = scorer.add(
          logits + i * outputs, place: i, label: batches.labels[i], targets: batches.values.map { $0 + i * outputs },
          row: batches.rows?[i])
        if case .failed(let errno) = status { return .write(errno: errno) }
        i += 1
      }
      if limit < .max { progress.update("evaluating", done: scorer.samples, of: limit) } else { Progress.live() }
      if count < wanted { return nil }
    }
    return nil
  }
}
