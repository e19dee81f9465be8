import Budget
import CSupport
import Kernel

/// The sealed part of an evaluation: nothing in it allocates or throws.
struct EvaluationLoop: ~Copyable {
  enum Failure {
    case residual(ChainFeed.FailedState)
    case file(FileFeed.Failure)
    case write(errno: Int32)
    /// The run is to stop.
    case stopped
  }

  private let runner: GroupRunner
  private let chain: ChainFeed?
  private let file: FileBatches?
  /// For the chain; nil with a file.
  private let stream: RandomStream?
  private let batch: Int
  private let classes: Int
  private let coefficients: UnsafeMutablePointer<Double>?
  private let labels: UnsafeMutablePointer<Int32>
  private let logits: UnsafeMutablePointer<Double>
  let histogram: LatencyHistogram
  var scorer: Scorer

  init(
    runner: GroupRunner, chain: ChainFeed?, file: FileFeed?, stream: RandomStream?, memory: EvaluationMemory,
    arena: borrowing Arena, scorer: consuming Scorer
  ) {
    self.runner = runner
    self.chain = chain
    self.stream = stream
    batch = memory.batch
    classes = memory.network.logits
    coefficients = memory.coefficients.map { arena.pointer($0) }
    let labels = arena.pointer(memory.labels)
    self.labels = labels
    logits = arena.pointer(memory.logits)
    self.file = file.map {
      FileBatches(runner: runner, feed: $0, threads: runner.threads, labels: labels)
    }
    histogram = LatencyHistogram(arena.pointer(memory.histogram))
    self.scorer = scorer
  }

  /// Streams batches until the limit, the end of the data, or a failure.
  mutating func run(limit: Int, progress: Progress) -> Failure? {
    while scorer.samples < limit {
      if qkd_stop_requested() != 0 { return .stopped }
      let wanted = min(batch, limit - scorer.samples)
      let start = qkd_monotonic_nanoseconds()
      var count = wanted
      if let chain {
        if let failed = draw(stream!, from: chain, count) { return .residual(failed) }
      } else if let file {
        switch file.run(wanted) {
        case .samples(let read): count = read
        case .failed(let failure): return .file(failure)
        }
        if count == 0 { return nil }
      }
      histogram.add(nanoseconds: qkd_monotonic_nanoseconds() - start)
      var i = 0
      while i < count {
        if case .failed(let errno) = scorer.add(logits + i * classes, label: labels[i]) { return .write(errno: errno) }
        i += 1
      }
      if limit < .max { progress.update("evaluating", done: scorer.samples, of: limit) }
      if count < wanted { return nil }
    }
    return nil
  }

  private func draw(_ stream: RandomStream, from chain: ChainFeed, _ count: Int) -> ChainFeed.FailedState? {
    let (size, buffer) = (chain.coefficients, coefficients!)
    var i = 0
    while i < count {
      if let failed = chain.draw(stream, into: buffer + i * size, label: labels + i) { return failed }
      i += 1
    }
    runner.forward(samples: count)
    return nil
  }
}
