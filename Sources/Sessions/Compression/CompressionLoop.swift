import Budget
import CGSL
import CSupport
import Kernel

/// The sealed part of `compress`: nothing in it allocates or throws.
struct CompressionLoop {
  let training: CompressorTraining
  let runner: CompressionRunner
  let feed: ChainFeed
  let losses: UnsafeMutablePointer<Double>
  private let shuffling: RandomStream
  private let fidelities, average: UnsafeMutablePointer<Double>
  private let label: UnsafeMutablePointer<Int32>

  /// - Parameter shuffling: the order of the training set comes from it.
  init(
    _ training: CompressorTraining, feed: ChainFeed, shuffling: RandomStream, memory: CompressionMemory,
    arena: borrowing Arena
  ) {
    self.training = training
    runner = training.runner
    self.feed = feed
    self.shuffling = shuffling
    losses = arena.pointer(memory.losses)
    fidelities = arena.pointer(memory.fidelities)
    average = arena.pointer(memory.average)
    label = arena.pointer(memory.label)
    // Buffers share memory with those of earlier phases: none is zero by itself.
    average.update(repeating: 0, count: feed.coefficients * feed.coefficients)
  }

  /// What the checkpoint keeps, in the order of its tensors.
  var state: [UnsafeMutableRawPointer] {
    [training.parameters, training.first, training.second, losses].map { .init($0) }
      + [shuffling.state.baseAddress!, .init(training.order)]
  }

  /// All iterations that the checkpoint does not have.
  /// - Returns: nil when they are done.
  func train(_ checkpoint: Checkpoint, progress: Progress) -> Checkpoint.End? {
    training.run(shuffling: shuffling, losses: losses, checkpoint: checkpoint, progress: progress)
  }

  enum TestEnd {
    case done
    case residual(ChainFeed.FailedState)
    /// The run is to stop.
    case stopped
  }

  /// Fidelities of freshly drawn states, and Σ c cᵀ of their coefficients.
  func test(samples: Int, _ stream: RandomStream) -> TestEnd {
    let size = feed.coefficients
    var done = 0
    while done < samples {
      if qkd_stop_requested() != 0 { return .stopped }
      let count = min(training.batch, samples - done)
      var i = 0
      while i < count {
        let state = runner.samples + i * size
        if let failed = feed.draw(stream, into: state, label: label) { return .residual(failed) }
        addToAverage(state)
        i += 1
      }
      runner.score(samples: count)
      (fidelities + done).update(from: runner.fidelities, count: count)
      done += count
    }
    return .done
  }

  private func addToAverage(_ state: UnsafePointer<Double>) {
    let size = feed.coefficients
    var row = 0
    while row < size {
      var column = 0
      while column <= row {
        average[row * size + column] += state[row] * state[column]
        column += 1
      }
      row += 1
    }
  }

  /// What the tested fidelities come to; sorts them where they stand (GSL's heapsort).
  func summary(samples: Int) -> FidelitySummary {
    gsl_sort(fidelities, 1, samples)
    return FidelitySummary(ascending: UnsafeBufferPointer(start: fidelities, count: samples))
  }

  /// The lower triangle of the average density matrix. After the loop only: allocates.
  func averageMatrix(samples: Int) -> [Double] {
    (0..<(feed.coefficients * feed.coefficients)).map { average[$0] / Double(samples) }
  }
}
