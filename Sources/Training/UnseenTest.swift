import Batches
import CSupport
import Kernel
import Models

/// Counts hits, or sums up a regression's errors, on samples that training does not see; allocates nothing.
package struct UnseenTest {
  /// What outputs are held against.
  package enum Scoring {
    case classes
    /// Targets; and `[output][least, largest]` of those of the training set, for the bins of the outputs.
    case numbers(RegressionTally, UnsafeMutablePointer<Double>)
  }

  package let batches: StreamedBatches
  package let batch: Int
  package let classes: Int
  /// Of a row of `logits`: those of the classes, or numbers, then hints.
  package let outputs: Int
  package let logits: UnsafeMutablePointer<Double>
  private let scoring: Scoring
  /// What was answered: classes, or bins of outputs, `[output][bin]`.
  package let predicted: ClassCounts

  package init(
    batches: StreamedBatches, batch: Int, classes: Int, outputs: Int, logits: UnsafeMutablePointer<Double>,
    scoring: Scoring
  ) {
    self.batches = batches
    self.batch = batch
    self.classes = classes
    self.outputs = outputs
    self.logits = logits
    self.scoring = scoring
    if case .classes = scoring {
      predicted = ClassCounts(classes: classes)
    } else {
      predicted = ClassCounts(classes: outputs * OutputBins.count)
    }
  }

  package enum Outcome {
    /// Of a regression, how many samples there were; none is a hit.
    case tested(Proportion)
    case failed(StreamedBatches.Failure)
    /// The run is to stop.
    case stopped
  }

  /// Tests on so many samples, or on as many as the file has.
  package func run(samples limit: Int) -> Outcome {
    var (done, correct) = (0, 0)
    predicted.reset()
    if case .numbers(let tally, _) = scoring { tally.reset() }
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
        if add(i) { correct += 1 }
        i += 1
      }
      done += count
      if count < wanted { break }
    }
    return .tested(Proportion(successes: correct, trials: done))
  }

  /// - Returns: whether it is a hit.
  private func add(_ sample: Int) -> Bool {
    let values = logits + sample * outputs
    switch scoring {
    case .classes:
      let answer = argmax(values, count: classes)
      predicted.add(answer)
      return answer == Int(batches.labels[sample])
    case .numbers(let tally, let bounds):
      tally.add(values, targets: batches.values! + sample * outputs)
      var output = 0
      while output < outputs {
        let bin = OutputBins.bin(values[output], lower: bounds[2 * output], upper: bounds[2 * output + 1])
        predicted.add(output * OutputBins.count + bin)
        output += 1
      }
      return false
    }
  }

  /// - Throws: `SessionError` unless it was tested.
  package func result(_ outcome: Outcome, labelsPath: String) throws(SessionError) -> TestScore {
    switch outcome {
    case .tested(let proportion):
      guard case .numbers(let tally, _) = scoring else { return .accuracy(proportion) }
      guard let score = tally.score else { throw .samples(path: labelsPath, .empty) }
      return .numbers(score)
    case .stopped: throw .stopped(signal: qkd_stop_requested(), kept: nil)
    case .failed(let failure): throw batches.error(failure, labelsPath: labelsPath)
    }
  }
}
