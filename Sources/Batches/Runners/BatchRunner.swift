import CSupport
import Kernel

/// Runs batches through a network, on all threads. Allocates nothing once it is made.
package protocol BatchRunner: AnyObject {
  var network: Network { get }
  /// `[sample][logit]`, for whole groups; written by forward runs.
  var logits: UnsafeMutablePointer<Double> { get }
  /// Places that a batch takes, those without a sample among them.
  func padded(_ count: Int) -> Int
  /// Makes ready to run with these angles.
  func prepare(angles: UnsafePointer<Double>)
  /// The logits of a batch's first `count` samples.
  func forward(_ batch: BatchSource, samples count: Int)
  /// The summed gradient of a batch's first `count` samples, in the first block of the task's sums.
  func gradient(_ batch: BatchSource, samples count: Int, _ task: GradientTask)
  /// Turns the sums' moments into the derivatives by the angles.
  func finishGradient(
    angles: UnsafePointer<Double>, moments: UnsafePointer<Double>, gradient: UnsafeMutablePointer<Double>)
}

extension BatchRunner {
  package func finishGradient(
    angles: UnsafePointer<Double>, moments: UnsafePointer<Double>, gradient: UnsafeMutablePointer<Double>
  ) {
    network.finishGradient(angles: angles, moments: moments, gradient: gradient)
  }

  /// The logits of a set, batch after batch.
  /// - Parameters:
  ///   - members: `[sample]`: which of the set; nil: the first.
  ///   - result: `[sample][logit]`; incomplete where the run is to stop.
  package func logits(
    of set: SampleSet, members: UnsafePointer<Int32>? = nil, samples: Int, batch: Int,
    into result: UnsafeMutablePointer<Double>
  ) {
    let m = network.readout.logits
    var done = 0
    while done < samples && qkd_stop_requested() == 0 {
      let count = min(batch, samples - done)
      var i = 0
      while i < count {
        set.take(members.map { Int($0[done + i]) } ?? done + i, as: i)
        i += 1
      }
      forward(set.batch, samples: count)
      (result + done * m).update(from: logits, count: count * m)
      done += count
    }
  }
}

/// Where the samples of a batch come from.
package enum BatchSource {
  /// Each group stands encoded in the input of the thread that runs it.
  case threads
  /// All groups are encoded already, one state after the other. No autoencoder takes them: it would overwrite them.
  case states(UnsafeMutableRawPointer, stateBytes: Int)
  /// They are expanded from ground states, `[sample][coefficient]`, with room for whole groups.
  case chain(ChainFeed, UnsafeMutablePointer<Double>)
  /// The samples of a stored set that its batch names.
  case stored(StoredSet)
}

extension Encoder {
  /// What is written of a sample: no more than a product state needs.
  package var inputForm: InputForm { isProduct ? .factors : .state }
}
