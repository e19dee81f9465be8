import CSupport
import Kernel

/// Counts hits on samples that training does not see; allocates nothing.
struct UnseenTest {
  enum Source {
    /// Freshly drawn ground states, and memory for a batch of them.
    case chain(ChainFeed, UnsafeMutablePointer<Double>)
    case file(FileFeed)
  }

  let runner: BatchRunner
  let source: Source
  let threads: Int
  let batch: Int
  let classes: Int
  let labels: UnsafeMutablePointer<Int32>
  let logits: UnsafeMutablePointer<Double>

  enum Outcome {
    case tested(Proportion)
    case residual(ChainFeed.FailedState)
    case file(FileFeed.Failure)
    /// The run is to stop.
    case stopped
  }

  /// Tests on so many samples, or on as many as the file has.
  func run(samples limit: Int, _ stream: RandomStream) -> Outcome {
    var (done, correct) = (0, 0)
    while done < limit {
      if qkd_stop_requested() != 0 { return .stopped }
      let wanted = min(batch, limit - done)
      var count = wanted
      switch source {
      case .chain(let chain, let states):
        var i = 0
        while i < count {
          if let failed = chain.draw(
            stream, into: states + i * chain.coefficients, label: labels + i)
          {
            return .residual(failed)
          }
          i += 1
        }
        runner.forward(samples: count)
      case .file(let feed):
        guard case .samples(let runner) = runner else { preconditionFailure("a file's samples have no basis") }
        switch FileBatches(runner: runner, feed: feed, threads: threads, labels: labels).run(wanted)
        {
        case .samples(let read): count = read
        case .failed(let failure): return .file(failure)
        }
      }
      var i = 0
      while i < count {
        if argmax(logits + i * classes, count: classes) == Int(labels[i]) { correct += 1 }
        i += 1
      }
      done += count
      if count < wanted { break }
    }
    return .tested(Proportion(successes: correct, trials: done))
  }
}
