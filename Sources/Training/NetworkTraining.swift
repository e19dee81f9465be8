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
  let set: SampleSet
  private(set) var targets: BatchTargets
  private(set) var task: GradientTask
  let batch: Int
  /// nil: the readout is not solved.
  private var fit: ReadoutFit?
  private var relations: RelationalHints?
  private let fitsEachEpoch: Bool
  /// nil: nothing is selected by.
  let validation: Validation?

  /// - Parameters:
  ///   - batch: its size.
  ///   - sums: `[block][GradientTask.sumsPerGroup]`.
  ///   - blocks: as in `GroupSums`.
  ///   - gradient: `[angle, then scale and bias]`.
  ///   - fit: what the readout is solved in; nil: it is not.
  ///   - relations: what samples are compared with; nil: they are learnt one by one.
  ///   - validation: what one of several trainings is selected with; nil: there is but one.
  package init(
    _ model: BoundNetwork, _ runner: any BatchRunner, _ set: SampleSet, _ targets: BatchTargets, _ loss: Loss,
    _ settings: Settings, batch: Int, sums: UnsafeMutablePointer<Double>, blocks: Int,
    gradient: UnsafeMutablePointer<Double>, fit: ReadoutFit?,
    relations: RelationalHints? = nil, validation: Validation? = nil
  ) {
    self.model = model
    self.runner = runner
    self.set = set
    self.targets = targets
    self.batch = batch
    self.fit = fit
    self.relations = relations
    self.validation = validation
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
  ///   - labels: of the training set.
  ///   - values: a regression's targets, `[sample][output]`; nil of classes.
  ///   - samples: how many of the set, its first.
  ///   - batch: its size.
  ///   - relations: nil: samples are learnt one by one.
  package func learn(
    _ loss: Loss, from teacher: UnsafeMutablePointer<Double>?, labels: UnsafeMutablePointer<Int32>,
    values: UnsafeMutablePointer<Double>?, samples: Int, batch: Int, relations: RelationalHints?
  ) {
    targets.setTeacher = teacher
    targets.setLabels = labels
    targets.setValues = values
    task.loss = loss
    task.teacherLogits = targets.batchTeacher
    task.weight = 1 / Double(batch)
    fit?.samples = samples
    self.relations = relations
  }

  package func differentiate(_ samples: UnsafePointer<Int32>, count: Int) -> Double {
    targets.gather(samples, count: count, padded: runner.padded(count))
    set.gather(samples, count: count)
    let relation = relate(count)
    runner.gradient(set.batch, samples: count, task)
    let sums = task.groupSums(0)
    runner.finishGradient(angles: model.angles, moments: sums.moments, gradient: parameters[0].gradient)
    return sums.totals[0] + relation
  }

  /// What relations say of the batch: their loss, and the task's pulls.
  private func relate(_ count: Int) -> Double {
    task.pulls = nil
    guard let relations, let teacher = targets.batchTeacher else { return 0 }
    // It takes the outputs of the whole batch first.
    runner.forward(set.batch, samples: count)
    task.pulls = UnsafePointer(relations.pulls)
    return relations.pull(
      student: runner.logits, teacher: teacher, samples: count, padded: runner.padded(count))
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
    runner.logits(of: set, members: validation?.learnt, samples: fit.samples, batch: batch, into: fit.expectations)
    if qkd_stop_requested() != 0 {
      readout.update(from: fit.before, count: 2 * m)
      return false
    }
    fit.solve(
      task.loss, members: validation?.learnt, labels: targets.setLabels, values: targets.setValues,
      teacher: targets.setTeacher, into: readout)
    // Hints that are not learnt stay what they are.
    if targets.setTeacher == nil || task.loss.hintWeight == 0 {
      let (first, hints) = (m - task.loss.hints, task.loss.hints)
      (readout + first).update(from: fit.before + first, count: hints)
      (readout + m + first).update(from: fit.before + m + first, count: hints)
    }
    return true
  }

  /// Looks at the network as it would be if training ended here; training goes on from where it was.
  package func withFittedReadout(_ look: () -> Void) {
    let isFitted = fitReadout()
    look()
    if let fit, isFitted { model.scales.update(from: fit.before, count: 2 * task.logits) }
  }

  package func endEpoch() -> Bool { !fitsEachEpoch || fitReadout() }

  package func endTraining() -> Bool { fitReadout() }

  package func prepare() { runner.prepare(angles: model.angles) }
}
