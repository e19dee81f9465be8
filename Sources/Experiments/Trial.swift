import Batches
import Budget
import CSupport
import Kernel
import Settings
import Training

/// Samples and their labels, or in a regression their targets, `[sample][output]`.
struct LabelledSet {
  let samples: SampleSet
  let labels: UnsafeMutablePointer<Int32>
  let values: UnsafeMutablePointer<Double>?
  let count: Int
}

/// One seed of an experiment, start to end, in the memory of one slot. Nothing in it allocates or throws once it is
/// made.
final class Trial {
  let training, test: LabelledSet
  /// `[row]`, the result.
  let values: UnsafeMutablePointer<Double>
  /// Whether all values are those of a whole trial: it was not told to stop.
  private(set) var isComplete = false
  private let plan: ExperimentPlan
  /// `[contestant]`
  private let models: [NetworkTraining]
  private let compressor: TrialCompressor?
  /// `[contestant]`; nil: it is tested where it is trained.
  private let judges: [Judge?]
  private let noisyTeacher: NoisyTeacher?
  private let loop: BoundLoop
  /// `[training sample][logit]`: the teacher's, the same in another order, and a student's own.
  private let tape: UnsafeMutablePointer<Double>
  private let shuffledTape: UnsafeMutablePointer<Double>?
  private let relations: RelationalHints?
  private let hiddenLabels: UnsafeMutablePointer<Int32>?
  /// Targets drawn to their mean.
  private let smoothedValues: UnsafeMutablePointer<Double>?
  private let ownLogits: UnsafeMutablePointer<Double>
  /// `[test sample][logit]`
  private let testLogits: UnsafeMutablePointer<Double>
  private let fit: TwoParameterFit?
  private let angles, shuffling, shots: RandomStream
  /// What a watched slot counts its steps into.
  private let watch: StepProgress?

  private var design: ExperimentDesign { plan.design }

  init(
    _ plan: ExperimentPlan, _ memory: TrialMemory, _ models: [NetworkTraining], _ compressor: TrialCompressor?,
    judges: [Judge?], noisyTeacher: NoisyTeacher?, training: LabelledSet, test: LabelledSet, watch: StepProgress?,
    _ arena: borrowing Arena
  ) throws(SessionError) {
    self.plan = plan
    self.models = models
    self.compressor = compressor
    self.judges = judges
    self.noisyTeacher = noisyTeacher
    self.training = training
    self.test = test
    self.watch = watch
    loop = memory.loop.bind(arena)
    tape = arena.pointer(memory.tape)
    shuffledTape = memory.shuffledTape.map { arena.pointer($0) }
    relations = memory.pulls.map {
      RelationalHints(
        weight: plan.settings.distillation.relationWeight, first: plan.logits, count: plan.hints.count,
        pulls: arena.pointer($0))
    }
    hiddenLabels = memory.hiddenLabels.map { arena.pointer($0) }
    smoothedValues = memory.smoothedValues.map { arena.pointer($0) }
    ownLogits = arena.pointer(memory.ownLogits)
    testLogits = arena.pointer(memory.testLogits)
    fit = memory.fit.map {
      TwoParameterFit(coefficients: arena.pointer($0.coefficients), workspace: arena.pointer($0.workspace))
    }
    values = arena.pointer(memory.values)
    angles = try RandomStream(.initialAngles, seed: 0)
    shuffling = try RandomStream(.shuffling, seed: 0)
    shots = try RandomStream(.shots, seed: 0)
  }

  /// Trains everybody and fills `values`. The slot's data have been drawn.
  func run(seed: UInt64) {
    isComplete = false
    if let compressor, let row = design.fidelityRow {
      angles.start(.compressorAngles, seed: seed)
      shuffling.start(.compressorShuffling, seed: seed)
      values[row] = compressor.run(plan, angles: angles, shuffling: shuffling, loop)
    }
    train(0, treatment: 0, seed)
    // Students learn from the teacher as it is in the end.
    _ = models[0].fitReadout()
    logits(models[0], of: training, into: tape)
    if let noisyTeacher {
      noisyTeacher.answer(training)
      for (treatment, row) in design.teacherRows {
        values[row] = noisyTeacher.accuracy(treatment, test, testLogits)
      }
    }
    if let shuffledTape {
      shuffling.start(.teacherShuffling, seed: seed)
      shuffleWithinClasses(into: shuffledTape)
    }
    if let smoothedValues, let values = training.values {
      training.smooth(
        values, outputs: plan.logits, share: plan.settings.training.labelSmoothing, into: smoothedValues)
    }
    var contestant = 1
    while contestant < models.count {
      var treatment = 0
      while treatment < design.contestants[contestant].treatments.count {
        train(contestant, treatment: treatment, seed)
        treatment += 1
      }
      contestant += 1
    }
    isComplete = qkd_stop_requested() == 0
  }

  /// Treatments of one contestant start from the same angles and see the same batches.
  private func train(_ contestant: Int, treatment index: Int, _ seed: UInt64) {
    let (model, entrant) = (models[contestant], design.contestants[contestant])
    let treatment = entrant.treatments[index]
    angles.start(entrant.isTeacher ? .initialAngles : .studentAngles, seed: seed)
    shuffling.start(entrant.isTeacher ? .shuffling : .studentShuffling, seed: seed)
    let labelled = entrant.labelled ?? training.count
    let samples = treatment.needsTeacher ? training.count : labelled
    let batch = min(plan.batch, samples)
    model.learn(
      plan.settings.loss(
        of: treatment, hints: plan.hints.count, shots: entrant.shots == 0 ? nil : plan.moments?.with(entrant.shots)),
      from: lesson(treatment),
      labels: labels(first: labelled),
      values: treatment == .labelSmoothing ? smoothedValues : training.values, samples: samples, batch: batch,
      relations: treatment == .relations ? relations : nil)
    model.start(angles, plan.settings, qubits: entrant.ansatz.qubits)
    var row = design.firstRow[contestant][index]
    var fittedRow = row + entrant.checkpoints.count
    if fit != nil && !entrant.isTeacher && treatment == .none {
      values[fittedRow] = fittedAccuracy(model, labelled)
      fittedRow += 1
    }
    EpochLoop.run(
      model, plan.settings.training.schedule, batch: batch, samples: samples, shuffling: shuffling,
      memory: loop, watch: watch, stops: entrant.checkpoints
    ) {
      model.withFittedReadout {
        values[row] = score(contestant)
        row += 1
        if row == design.firstRow[contestant][index] + entrant.checkpoints.count && !entrant.isTeacher {
          testFromShots(contestant, treatment: index, seed)
        }
      }
    }
    if fit != nil && !entrant.isTeacher { values[fittedRow] = fittedAccuracy(model, labelled) }
  }

  /// What a treatment's students learn from.
  private func lesson(_ treatment: Treatment) -> UnsafeMutablePointer<Double>? {
    switch treatment {
    case .none, .labelSmoothing: nil
    case .shuffledTeacher: shuffledTape
    case .noisyTeacher: noisyTeacher?.tape
    case .extrapolatedTeacher: noisyTeacher?.extrapolated
    case .distilled, .hints, .relations: tape
    }
  }

  /// Tests what was just scored from shots.
  private func testFromShots(_ contestant: Int, treatment: Int, _ seed: UInt64) {
    guard let judge = judges[contestant] else { return }
    shots.start(.shots, seed: seed)
    var place = 0
    while place < design.testShots.count {
      values[design.firstShotRow[contestant][treatment] + place] = judge.accuracy(
        test, shots: design.testShots[place], shots)
      place += 1
    }
  }

  /// Labels of the training set, those beyond the first `count` hidden.
  private func labels(first count: Int) -> UnsafeMutablePointer<Int32> {
    guard let hiddenLabels, count < training.count else { return training.labels }
    hiddenLabels.update(from: training.labels, count: count)
    (hiddenLabels + count).update(repeating: GroupTargets.noLabel, count: training.count - count)
    return hiddenLabels
  }

  private func logits(_ model: NetworkTraining, of set: LabelledSet, into logits: UnsafeMutablePointer<Double>) {
    model.runner.logits(of: set.samples, samples: set.count, batch: plan.batch, into: logits)
  }

  /// The accuracy on the test set, or a regression's RMSE.
  private func score(_ contestant: Int) -> Double {
    let model = models[contestant]
    if let judge = judges[contestant] {
      judge.look(test, batch: plan.batch)
      return judge.accuracy(test)
    }
    logits(model, of: test, into: testLogits)
    let (m, classes) = (plan.outputs, plan.logits)
    if let targets = test.values { return test.rootMeanSquare(testLogits, targets, outputs: m) }
    var (correct, i) = (0, 0)
    while i < test.count {
      if argmax(testLogits + i * m, count: classes) == Int(test.labels[i]) { correct += 1 }
      i += 1
    }
    return Double(correct) / Double(test.count)
  }

  /// The accuracy of a logistic fit on the difference of the two logits, fitted on the labels of the training set that
  /// the model sees.
  private func fittedAccuracy(_ model: NetworkTraining, _ labelled: Int) -> Double {
    logits(model, of: training, into: ownLogits)
    logits(model, of: test, into: testLogits)
    return fit!.accuracy(
      training: ownLogits, labels: training.labels, count: labelled, test: testLogits, testLabels: test.labels,
      testCount: test.count)
  }

  /// The tape with the rows of each class in another order, cyclically by a random permutation of the class. All
  /// samples of a regression have label 0.
  private func shuffleWithinClasses(into result: UnsafeMutablePointer<Double>) {
    let (m, order) = (plan.outputs, loop.order)
    var label: Int32 = 0
    while label < plan.logits {
      var (members, i) = (0, 0)
      while i < training.count {
        if training.labels[i] == label {
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

extension Settings {
  /// The loss of a treatment. Smoothing of numbers is in the targets themselves.
  /// - Parameters:
  ///   - hints: outputs behind the logits, whether the treatment uses them or not.
  ///   - shots: what the loss is averaged over; nil: values are exact.
  fileprivate func loss(of treatment: Treatment, hints: Int, shots: ShotLaw?) -> Loss {
    switch treatment {
    case _ where model.task == .regression:
      Loss(
        distillationWeight: treatment.needsTeacher ? distillation.alpha : 0, kind: lossKind, hints: hints,
        hintWeight: treatment == .hints ? distillation.hintWeight : 0)
    case .none: Loss(distillationWeight: 0, hints: hints, shots: shots)
    case .distilled, .shuffledTeacher, .hints, .relations, .noisyTeacher, .extrapolatedTeacher:
      Loss(
        distillationWeight: distillation.alpha, temperature: distillation.temperature,
        direction: distillation.direction, standardizesLogits: distillation.standardizesLogits, hints: hints,
        hintWeight: treatment == .hints ? distillation.hintWeight : 0, shots: shots)
    case .labelSmoothing:
      Loss(distillationWeight: 0, labelSmoothing: training.labelSmoothing, hints: hints, shots: shots)
    }
  }
}
