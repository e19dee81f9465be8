import CSupport
import Kernel
import Settings

/// One seed of an experiment, start to end, in the memory of one slot. Nothing in it allocates or throws.
final class Trial {
  let design: ExperimentDesign
  let contenders: [Contender]
  let compressor: TrialCompressor?
  let targets: BatchTargets
  /// `[training sample][logit]`: the teacher's, and a student's own; a place for a permutation of the samples.
  let tape: UnsafeMutablePointer<Double>
  let shuffledTape: UnsafeMutablePointer<Double>?
  let ownLogits: UnsafeMutablePointer<Double>
  /// `[test sample][logit]`
  let testLogits: UnsafeMutablePointer<Double>
  let testLabels: UnsafePointer<Int32>
  let testCount: Int
  let order: UnsafeMutablePointer<Int32>
  let trainingCount: Int
  let batch: Int
  let loss: TrialLosses
  let fit: TwoParameterFit?
  /// `[row]`, the result.
  let values: UnsafeMutablePointer<Double>
  /// Whether all values are those of a whole trial: it was not told to stop.
  private(set) var isComplete = false
  private let angles, shuffling: RandomStream
  /// What a watched slot counts its steps into.
  let watch: TrialWatch?

  init(
    design: ExperimentDesign, contenders: [Contender], compressor: TrialCompressor?, targets: BatchTargets,
    tape: UnsafeMutablePointer<Double>, shuffledTape: UnsafeMutablePointer<Double>?,
    ownLogits: UnsafeMutablePointer<Double>, testLogits: UnsafeMutablePointer<Double>,
    testLabels: UnsafePointer<Int32>, testCount: Int, order: UnsafeMutablePointer<Int32>, trainingCount: Int,
    batch: Int, loss: TrialLosses, fit: TwoParameterFit?, values: UnsafeMutablePointer<Double>, watch: TrialWatch?
  ) throws(SessionError) {
    self.design = design
    self.contenders = contenders
    self.compressor = compressor
    self.targets = targets
    self.tape = tape
    self.shuffledTape = shuffledTape
    self.ownLogits = ownLogits
    self.testLogits = testLogits
    self.testLabels = testLabels
    self.testCount = testCount
    self.order = order
    self.trainingCount = trainingCount
    self.batch = batch
    self.loss = loss
    self.fit = fit
    self.values = values
    self.watch = watch
    angles = try RandomStream(.initialAngles, seed: 0)
    shuffling = try RandomStream(.shuffling, seed: 0)
  }

  /// Trains everybody and fills `values`. The slot's data have been drawn.
  func run(seed: UInt64) {
    isComplete = false
    if let compressor, let row = design.fidelityRow {
      angles.start(.compressorAngles, seed: seed)
      shuffling.start(.compressorShuffling, seed: seed)
      values[row] = compressor.run(angles: angles, shuffling: shuffling)
    }
    train(0, .none, seed)
    contenders[0].engine.trainingLogits(into: tape)
    if let shuffledTape {
      shuffling.start(.teacherShuffling, seed: seed)
      shuffleWithinClasses(into: shuffledTape)
    }
    var contestant = 1
    while contestant < contenders.count {
      var treatment = 0
      while treatment < design.contestants[contestant].treatments.count {
        train(contestant, design.contestants[contestant].treatments[treatment], seed, treatmentIndex: treatment)
        treatment += 1
      }
      contestant += 1
    }
    isComplete = qkd_stop_requested() == 0
  }

  /// Treatments of one contestant start from the same angles and see the same batches.
  private func train(_ contestant: Int, _ treatment: Treatment, _ seed: UInt64, treatmentIndex: Int = 0) {
    let contender = contenders[contestant]
    let entrant = design.contestants[contestant]
    angles.start(entrant.isTeacher ? .initialAngles : .studentAngles, seed: seed)
    shuffling.start(entrant.isTeacher ? .shuffling : .studentShuffling, seed: seed)
    contender.start(angles)
    var row = design.firstRow[contestant][treatmentIndex]
    var fittedRow = row + entrant.checkpoints.count
    if fit != nil && !entrant.isTeacher && treatment == .none {
      values[fittedRow] = fittedAccuracy(contender)
      fittedRow += 1
    }
    let loss = loss.of(treatment)
    let targets = BatchTargets(
      setLabels: targets.setLabels, setTeacher: treatment == .shuffledTeacher ? shuffledTape : tape,
      labels: targets.labels, teacher: targets.teacher, logits: targets.logits)
    var order = ShuffledOrder(self.order, count: trainingCount, batch: batch, stream: shuffling)
    var (step, checkpoint) = (1, 0)
    while checkpoint < entrant.checkpoints.count {
      while step <= entrant.checkpoints[checkpoint] {
        if qkd_stop_requested() != 0 { return }
        let samples = order.next()
        targets.gather(samples, count: batch, padded: contender.engine.padded(batch))
        let sums = contender.engine.gradient(
          samples, count: batch, loss: loss, targets: targets, distils: treatment.needsTeacher)
        contender.learner.step(step, sums)
        watch?.step()
        step += 1
      }
      values[row] = accuracy(contender)
      row += 1
      checkpoint += 1
    }
    if fit != nil && !entrant.isTeacher { values[fittedRow] = fittedAccuracy(contender) }
  }

  private func accuracy(_ contender: Contender) -> Double {
    contender.engine.testLogits(into: testLogits)
    let m = targets.logits
    var (correct, i) = (0, 0)
    while i < testCount {
      if argmax(testLogits + i * m, count: m) == Int(testLabels[i]) { correct += 1 }
      i += 1
    }
    return Double(correct) / Double(testCount)
  }

  /// The accuracy of a logistic fit on the difference of the two logits, fitted on the training set.
  private func fittedAccuracy(_ contender: Contender) -> Double {
    contender.engine.trainingLogits(into: ownLogits)
    contender.engine.testLogits(into: testLogits)
    return fit!.accuracy(
      training: ownLogits, labels: targets.setLabels, count: trainingCount, test: testLogits, testLabels: testLabels,
      testCount: testCount)
  }

  /// The tape with the rows of each class in another order, cyclically by a random permutation of the class.
  private func shuffleWithinClasses(into result: UnsafeMutablePointer<Double>) {
    let m = targets.logits
    var label: Int32 = 0
    while label < m {
      var (members, i) = (0, 0)
      while i < trainingCount {
        if targets.setLabels[i] == label {
          order[members] = Int32(i)
          members += 1
        }
        i += 1
      }
      shuffling.shuffle(order, count: members)
      // Each takes the row of the next in the shuffled order, so that none keeps its own.
      i = 0
      while i < members {
        let next = Int(order[i + 1 < members ? i + 1 : 0])
        (result + Int(order[i]) * m).update(from: tape + next * m, count: m)
        i += 1
      }
      label += 1
    }
  }
}

/// The losses of the treatments.
struct TrialLosses {
  let distilled: Loss
  let smoothed: Loss

  init(_ settings: Settings) {
    distilled = Loss(
      distillationWeight: settings.distillation.alpha, temperature: settings.distillation.temperature,
      direction: settings.distillation.direction, standardizesLogits: settings.distillation.standardizesLogits)
    smoothed = Loss(distillationWeight: 0, labelSmoothing: settings.training.labelSmoothing)
  }

  func of(_ treatment: Treatment) -> Loss {
    switch treatment {
    case .none: .crossEntropy
    case .distilled, .shuffledTeacher: distilled
    case .labelSmoothing: smoothed
    }
  }
}

/// Shows how far an experiment is, by the steps of one slot.
final class TrialWatch {
  private let progress: Progress
  private let total: Int
  private let tick: Int
  private var done: Int

  /// - Parameters:
  ///   - steps: of all trials of the slot.
  init(_ progress: Progress, steps: Int) {
    self.progress = progress
    total = steps
    tick = max(1, steps / 1000)
    done = 0
  }

  func step() {
    done += 1
    if done % tick == 0 { progress.update("experiment", done: done, of: total) }
  }
}
