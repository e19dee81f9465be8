import Batches
import CSupport
import Kernel

/// Counts hits on samples that training does not see; allocates nothing.
package struct UnseenTest {
  package let batches: StreamedBatches
  package let batch: Int
  package let classes: Int
  /// `[sample][output]`: the classes' logits, then hints.
  package let logits: UnsafeMutablePointer<Double>
  package let outputs: Int
  /// What was answered.
  package let predicted: ClassCounts

  package enum Outcome {
    case tested(Proportion)
    case failed(StreamedBatches.Failure)
    /// The run is to stop.
    case stopped
  }

  /// Tests on so many samples, or on as many as the file has.
  package func run(samples limit: Int) -> Outcome {
    var (done, correct) = (0, 0)
    predicted.reset()
    while done < limit {
      if qkd_stop_requested() != 0 { return .stopped }
      let wanted = min(batch, limit - done)
      var count = 0
      switch batches.run(wanted) {
      case .samples(let read): count = read
      case .failed(let failure): return .failed(failure)
      }
      var i = 0
      while i < count {
        let answer = argmax(logits + i * outputs, count: classes)
        predicted.add(answer)
        if answer == Int(batches.labels[i]) { correct += 1 }
        i += 1
      }
      done += count
      if count < wanted { break }
    }
    return .tested(Proportion(successes: correct, trials: done))
  }

  /// - Throws: `SessionError` unless it was tested.
  package func result(_ outcome: Outcome, labelsPath: String) throws(SessionError) -> Proportion {
    switch outcome {
    case .tested(let proportion): return proportion
    case .stopped: throw .stopped(signal: qkd_stop_requested(), kept: nil)
    case .failed(let failure): throw batches.error(failure, labelsPath: labelsPath)
    }
  }
}
