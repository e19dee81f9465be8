import Budget
import CSupport
import Kernel

/// The sealed part of an evaluation: nothing in it allocates or throws.
struct EvaluationLoop: ~Copyable {
  enum Failure {
    case residual(ChainFeed.FailedState)
    case row(RowProblem)
    case unlabelled(row: Int)
    case write(errno: Int32)
  }

  private let runner: GroupRunner
  private let chain: ChainFeed?
  private let file: FileFeed?
  private let stream: RandomStream
  private let batch: Int
  private let lanes: Int
  private let threads: Int
  private let classes: Int
  private let coefficients: UnsafeMutablePointer<Double>?
  private let labels: UnsafeMutablePointer<Int32>
  private let logits: UnsafeMutablePointer<Double>
  private let fileLabels: UnsafeMutableBufferPointer<Int32>?
  let histogram: LatencyHistogram
  var scorer: Scorer

  init(
    runner: GroupRunner, chain: ChainFeed?, file: FileFeed?, stream: RandomStream, memory: EvaluationMemory,
    fileLabels: UnsafeMutableBufferPointer<Int32>?, arena: borrowing Arena, scorer: consuming Scorer
  ) {
    self.runner = runner
    self.chain = chain
    self.file = file
    self.stream = stream
    batch = memory.batch
    lanes = memory.workspace.format.lanes
    threads = memory.workspace.threads
    classes = memory.network.logits
    coefficients = memory.coefficients.map { arena.pointer($0) }
    labels = arena.pointer(memory.labels)
    logits = arena.pointer(memory.logits)
    self.fileLabels = fileLabels
    histogram = LatencyHistogram(arena.pointer(memory.histogram))
    self.scorer = scorer
  }

  /// Streams batches until the limit, the end of the data, or a failure.
  mutating func run(limit: Int, progress: Progress) -> Failure? {
    while scorer.samples < limit {
      let wanted = min(batch, limit - scorer.samples)
      let start = qkd_monotonic_nanoseconds()
      var count = wanted
      if let chain {
        if let failed = drawChain(chain, count) { return .residual(failed) }
      } else if let file {
        switch runFile(file, wanted) {
        case .samples(let read): count = read
        case .refused(let problem): return .row(problem)
        }
        if count == 0 { return nil }
        if let failure = takeLabels(count) { return failure }
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

  private func drawChain(_ chain: ChainFeed, _ count: Int) -> ChainFeed.FailedState? {
    let (size, buffer) = (chain.coefficients, coefficients!)
    var i = 0
    while i < count {
      if let failed = chain.draw(stream, into: buffer + i * size, label: labels + i) { return failed }
      i += 1
    }
    runner.forward(samples: count)
    return nil
  }

  private enum Read {
    case samples(Int)
    case refused(RowProblem)
  }

  /// Fills one group a thread from the file, runs them, and so on until the batch is done.
  private func runFile(_ file: FileFeed, _ wanted: Int) -> Read {
    var (done, group) = (0, 0)
    while done < wanted {
      var filled = 0
      while filled < threads && done < wanted {
        let input = runner.input(thread: filled)
        var lane = 0
        while lane < lanes && done < wanted {
          switch file.next(lane: lane, of: input) {
          case .sample:
            lane += 1
            done += 1
            continue
          case .refused(let problem): return .refused(problem)
          case .end: break
          }
          break
        }
        if lane == 0 { break }
        var empty = lane
        while empty < lanes {
          file.clear(lane: empty, of: input)
          empty += 1
        }
        filled += 1
        if lane < lanes { break }
      }
      if filled == 0 { return .samples(done) }
      runner.forwardEncoded(first: group, count: filled)
      group += filled
      if done < group * lanes { return .samples(done) }
    }
    return .samples(done)
  }

  private func takeLabels(_ count: Int) -> Failure? {
    var i = 0
    while i < count {
      if let fileLabels {
        let row = scorer.samples + i
        if row >= fileLabels.count { return .unlabelled(row: row) }
        labels[i] = fileLabels[row]
      } else {
        labels[i] = -1
      }
      i += 1
    }
    return nil
  }
}
