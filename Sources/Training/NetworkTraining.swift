import Batches
import Budget
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

  /// - Parameters:
  ///   - batch: its size.
  ///   - sums: `[block][GradientTask.sumsPerGroup]`.
  ///   - blocks: as in `GroupSums`.
  ///   - gradient: `[angle, then scale and bias]`.
  package init(
    _ model: BoundNetwork, _ runner: any BatchRunner, _ set: SampleSet, _ targets: BatchTargets, _ loss: Loss,
    _ settings: Settings, batch: Int, sums: UnsafeMutablePointer<Double>, blocks: Int,
    gradient: UnsafeMutablePointer<Double>
  ) {
    self.model = model
    self.runner = runner
    self.set = set
    self.targets = targets
    task = GradientTask(
      model.network, loss, labels: targets.labels, teacherLogits: targets.batchTeacher, weight: 1 / Double(batch),
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
  /// - Parameter teacher: of the training set; nil: labels alone.
  package func learn(_ loss: Loss, from teacher: UnsafeMutablePointer<Double>?) {
    targets.setTeacher = teacher
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

  package func prepare() { runner.prepare(angles: model.angles) }
}
