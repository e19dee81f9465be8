import Batches
import Budget
import CSupport
import Kernel
import Settings

/// A network in training on labels, and on a teacher's logits where there are some.
package final class NetworkTraining: TrainedModel {
  package let model: BoundNetwork
  package let runner: any BatchRunner
  package let parameters: [ParameterGroup]
  private let set: SampleSet
  private var targets: BatchTargets
  private var task: GradientTask
  private let batch: Int
  /// nil: the readout is not solved.
  private let fit: ReadoutFit?
  private let fitsEachEpoch: Bool

  /// - Parameters:
  ///   - batch: its size.
  ///   - sums: `[block][GradientTask.sumsPerGroup]`.
  ///   - blocks: as in `GroupSums`.
  ///   - gradient: `[angle, then scale and bias]`.
  ///   - fit: what the readout is solved in; nil: it is not.
  package init(
    _ model: BoundNetwork, _ runner: any BatchRunner, _ set: SampleSet, _ targets: BatchTargets, _ loss: Loss,
    _ settings: Settings, batch: Int, sums: UnsafeMutablePointer<Double>, blocks: Int,
    gradient: UnsafeMutablePointer<Double>, fit: ReadoutFit?
  ) {
    self.model = model
    self.runner = runner
    self.set = set
    self.targets = targets
    self.batch = batch
    self.fit = fit
    fitsEachEpoch = settings.training.readoutFit == .eachEpoch
    task = GradientTask(
      model.network, loss, labels: targets.labels, values: targets.values, teacherLogits: targets.batchTeacher,
      weight: 1 / Double(batch),
      sums: sums, blocks: blocks)
    let training = settings.training
    parameters = [
      ParameterGroup(
        values: model.angles, gradient: gradient, count: task.momentCount, learningRate: training.learningRate),
      // Scales and biases follow one another, here and in their sums.
      ParameterGroup(
        values: model.scales, gradient: task.groupSums(0).scales, count: 2 * task.logits,
        learningRate: settings.model.readout == .affine ? training.readoutLearningRate : nil),
    ]
  }

  /// What it learns from here on.
  /// - Parameters:
  ///   - teacher: of the training set; nil: labels alone.
  ///   - values: a regression's targets, `[sample][output]`; nil of classes.
  package func learn(
    _ loss: Loss, from teacher: UnsafeMutablePointer<Double>?, values: UnsafeMutablePointer<Double>? = nil
  ) {
    targets.setTeacher = teacher
    targets.setValues = values
    task.loss = loss
    task.teacherLogits = targets.batchTeacher
  }

  package func differentiate(_ samples: UnsafePointer<Int32>, count: Int) -> Double {
    targets.gather(samples, count: count, padded: runner.padded(count))
    set.gather(samples, count: count)
    runner.gradient(set.batch, samples: count, task)
    let sums = task.groupSums(0)
    model.network.finishGradient(angles: model.angles, moments: sums.moments, gradient: parameters[0].gradient)
    return sums.totals[0]
  }

  /// Solves the readout for what is learnt, where that is asked for.
  /// - Returns: false where the run is to stop; nothing has changed then.
  package func fitReadout() -> Bool {
    guard let fit else { return true }
    let (readout, m) = (model.scales, task.logits)
    fit.before.update(from: readout, count: 2 * m)
    // Logits of scale 1 and bias 0 are the expectations.
    readout.update(repeating: 1, count: m)
    (readout + m).update(repeating: 0, count: m)
    runner.logits(of: set, samples: fit.samples, batch: batch, into: fit.expectations)
    if qkd_stop_requested() != 0 {
      readout.update(from: fit.before, count: 2 * m)
      return false
    }
    fit.solve(
      task.loss, labels: targets.setLabels, values: targets.setValues, teacher: targets.setTeacher, into: readout)
    return true
  }

  /// Looks at the network as it would be if training ended here; training goes on from where it was.
  package func withFittedReadout(_ look: () -> Void) {
    let isFitted = fitReadout()
    look()
    if let fit, isFitted { model.scales.update(from: fit.before, count: 2 * task.logits) }
  }

  package func endEpoch() -> Bool { !fitsEachEpoch || fitReadout() }

  package func prepare() { runner.prepare(angles: model.angles) }
}
