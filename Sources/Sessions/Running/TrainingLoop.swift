import Budget
import Kernel

/// The sealed part of training: nothing in it allocates or throws.
struct TrainingLoop {
  let settings: TrainingSettings
  let trainsReadout: Bool
  let student: BoundNetwork
  let runner: GroupRunner
  let set: TrainingSet
  let shuffling: RandomStream
  let batch: Int
  private let parameters: Int
  private let logits: Int
  private let stateLabels: UnsafeMutablePointer<Int32>
  private let teacherLogits: UnsafeMutablePointer<Double>?
  private let order: UnsafeMutablePointer<Int32>
  private let batchLabels: UnsafeMutablePointer<Int32>
  private let batchTeacher: UnsafeMutablePointer<Double>?
  private let gradient, first, second: UnsafeMutablePointer<Double>
  private let task: GradientTask
  let losses: UnsafeMutablePointer<Double>

  init(
    _ settings: Settings, loss: Loss, student: BoundNetwork, runner: GroupRunner, set: TrainingSet,
    shuffling: RandomStream, memory: TrainingMemory, arena: borrowing Arena
  ) {
    self.settings = settings.training
    trainsReadout = settings.model.readout == .affine
    self.student = student
    self.runner = runner
    self.set = set
    self.shuffling = shuffling
    batch = min(settings.training.batch, settings.training.states)
    parameters = student.network.tables.ansatz.parameterCount
    logits = student.network.readout.logits
    stateLabels = arena.pointer(memory.stateLabels)
    teacherLogits = memory.teacherLogits.map { arena.pointer($0) }
    order = arena.pointer(memory.order)
    batchLabels = arena.pointer(memory.batchLabels)
    batchTeacher = memory.batchTeacher.map { arena.pointer($0) }
    gradient = arena.pointer(memory.gradient)
    first = arena.pointer(memory.first)
    second = arena.pointer(memory.second)
    losses = arena.pointer(memory.losses)
    task = GradientTask(
      loss: loss, labels: batchLabels, teacherLogits: batchTeacher.map { UnsafePointer($0) },
      weight: 1 / Double(batch), sums: arena.pointer(memory.sums), momentCount: parameters, logits: logits)
    // Buffers share memory with those of earlier phases: none is zero by itself.
    first.update(repeating: 0, count: parameters + 2 * logits)
    second.update(repeating: 0, count: parameters + 2 * logits)
    for i in 0..<settings.training.states { order[i] = Int32(i) }
  }

  /// All iterations.
  func run(progress: Progress) {
    let schedule = StepSchedule(every: settings.scheduleEvery, factor: settings.scheduleFactor)
    let adam = Adam()
    let tick = max(1, settings.iterations / 200)
    // Each epoch goes through the shuffled set in whole batches; what does not fill one waits for the next shuffle.
    var position = settings.states
    var step = 1
    while step <= settings.iterations {
      if position + batch > settings.states {
        shuffling.shuffle(order, count: settings.states)
        position = 0
      }
      gather(position)
      position += batch
      runner.gradient(samples: batch, task)
      let sums = task.groupSums(0)
      losses[step - 1] = sums.totals[0]
      student.network.finishGradient(angles: student.angles, moments: sums.moments, gradient: gradient)
      let multiplier = schedule.multiplier(step: step)
      adam.step(
        step, learningRate: settings.learningRate * multiplier, parameters: student.angles, gradient: gradient,
        first: first, second: second, count: parameters)
      if trainsReadout {
        // Scales and biases follow one another, here and in their sums.
        adam.step(
          step, learningRate: settings.readoutLearningRate * multiplier, parameters: student.scales,
          gradient: sums.scales, first: first + parameters, second: second + parameters, count: 2 * logits)
      }
      student.network.tables.prepare(angles: student.angles)
      if step % tick == 0 { progress.update("training", done: step, of: settings.iterations, value: losses[step - 1]) }
      step += 1
    }
  }

  /// Copies the samples of the order from `position` on into the batch.
  private func gather(_ position: Int) {
    var i = 0
    while i < batch {
      let sample = Int(order[position + i])
      set.take(sample, as: i)
      batchLabels[i] = stateLabels[sample]
      if let batchTeacher, let teacherLogits {
        (batchTeacher + i * logits).update(from: teacherLogits + sample * logits, count: logits)
      }
      i += 1
    }
    while i < runner.groupCount(batch) * runner.lanes {
      batchLabels[i] = -1
      i += 1
    }
  }
}
