/// Samples that nobody keeps, run forward batch after batch as they come. Allocates nothing.
package struct StreamedBatches {
  package enum Source {
    /// Ground states are drawn, into memory for a batch of them.
    case chain(ChainFeed, RandomStream, UnsafeMutablePointer<Double>, any BatchRunner)
    case file(FileFeed, any StreamRunner)
  }

  package enum Failure {
    case residual(ChainFeed.FailedState)
    case file(FileFeed.Failure)
  }

  package enum Read {
    /// So many were read and run; fewer than wanted at the file's end.
    case samples(Int)
    case failed(Failure)
  }

  package let source: Source
  /// `[sample of the batch]`
  package let labels: UnsafeMutablePointer<Int32>
  /// `[sample of the batch][output]`: targets of a regression, of samples whose label is not −1; nil: of classes.
  package let values: UnsafeMutablePointer<Double>?
  /// `[sample of the batch]`: its row in the file; nil: nobody asks, or there is no file.
  package let rows: UnsafeMutablePointer<Int>?

  package init(
    source: Source, labels: UnsafeMutablePointer<Int32>, values: UnsafeMutablePointer<Double>? = nil,
    rows: UnsafeMutablePointer<Int>? = nil
  ) {
    self.source = source
    self.values = values
    self.labels = labels
    self.rows = rows
  }

  /// Reads so many samples, or as many as there are, and runs them.
  package func run(_ wanted: Int) -> Read {
    switch source {
    case .chain(let feed, let stream, let states, let runner):
      if let failed = feed.draw(stream, wanted, into: states, labels: labels, values: values) {
        return .failed(.residual(failed))
      }
      runner.forward(.chain(feed, states), samples: wanted)
      return .samples(wanted)
    case .file(let feed, let runner): return run(wanted, feed, runner)
    }
  }

  /// Fills one group a thread from the file, runs them, and so on until the batch is done.
  private func run(_ wanted: Int, _ feed: FileFeed, _ runner: any StreamRunner) -> Read {
    let lanes = runner.lanes
    let encoder = runner.groupEncoder(feed.encoder)
    var (done, group) = (0, 0)
    while done < wanted {
      var filled = 0
      while filled < runner.threads && done < wanted {
        let input = runner.input(thread: filled)
        var lane = 0
        filling: while lane < lanes && done < wanted {
          switch feed.next() {
          case .sample(let label):
            feed.encode(lane: lane, of: input, encoder)
            runner.note(row: feed.lastRow, lane: lane)
            labels[done] = label
            rows?[done] = feed.lastRow
            if let values { feed.copyTarget(into: values, sample: done) }
            lane += 1
            done += 1
          case .failed(let failure): return .failed(.file(failure))
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
      runner.forwardEncoded(group..<group + filled)
      group += filled
      if done < group * lanes { return .samples(done) }
    }
    return .samples(done)
  }

  package func error(_ failure: Failure, labelsPath: String) -> SessionError {
    switch (failure, source) {
    case (.residual(let failed), .chain(let feed, _, _, _)): feed.error(failed)
    case (.file(let failure), .file(let feed, _)): feed.error(failure, labelsPath: labelsPath)
    case (.residual, .file), (.file, .chain): preconditionFailure("a failure of the other source")
    }
  }
}
