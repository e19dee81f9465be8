/// Runs a file's samples forward, batch after batch; allocates nothing.
struct FileBatches {
  let runner: GroupRunner
  let feed: FileFeed
  let threads: Int
  /// `[sample of the batch]`
  let labels: UnsafeMutablePointer<Int32>

  enum Read {
    /// So many were read and run; fewer than wanted at the file's end.
    case samples(Int)
    case failed(FileFeed.Failure)
  }

  /// Fills one group a thread from the file, runs them, and so on until the batch is done.
  func run(_ wanted: Int) -> Read {
    let lanes = runner.lanes
    let encoder = runner.groupEncoder(feed.encoder)
    var (done, group) = (0, 0)
    while done < wanted {
      var filled = 0
      while filled < threads && done < wanted {
        let input = runner.input(thread: filled)
        var lane = 0
        filling: while lane < lanes && done < wanted {
          switch feed.next() {
          case .sample(let label):
            feed.encode(lane: lane, of: input, encoder)
            labels[done] = label
            lane += 1
            done += 1
          case .failed(let failure): return .failed(failure)
          case .end: break filling
          }
        }
        if lane == 0 { break }
        var empty = lane
        while empty < lanes {
          encoder.clearLane(empty, of: input)
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
}
