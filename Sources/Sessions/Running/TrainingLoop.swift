import Budget
import Kernel
import Settings

/// The sealed part of training: nothing in it allocates or throws.
struct TrainingLoop {
  let learner: Learner
  let runner: BatchRunner
  let set: TrainingSet
  private let iterations, batch: Int
  private let order: UnsafeMutablePointer<Int32>
  private let samples: Int
  private let shuffling: RandomStream
  private let targets: BatchTargets
  private let task: GradientTask
  let losses: UnsafeMutablePointer<Double>

  init(
    _ settings: Settings, loss: Loss, student: BoundNetwork, runner: BatchRunner, set: TrainingSet,
    shuffling: RandomStream, memory: TrainingMemory, arena: borrowing Arena
  ) {
    let logits = student.network.readout.logits
    learner = Learner(
      model: student, settings: settings.training, trainsReadout: settings.model.readout == .affine,
      gradient: arena.pointer(memory.gradient), first: arena.pointer(memory.first),
      second: arena.pointer(memory.second))
    // Buffers share memory with those of earlier phases: none is zero by itself.
    learner.reset()
    self.runner = runner
    self.set = set
    iterations = settings.training.iterations
    batch = min(settings.training.batch, settings.training.states)
    order = arena.pointer(memory.order)
    samples = settings.training.states
    self.shuffling = shuffling
    targets = BatchTargets(
      setLabels: arena.pointer(memory.stateLabels), setTeacher: memory.teacherLogits.map { arena.pointer($0) },
      labels: arena.pointer(memory.batchLabels), teacher: memory.batchTeacher.map { arena.pointer($0) },
      logits: logits)
    losses = arena.pointer(memory.losses)
    task = GradientTask(
      loss: loss, labels: targets.labels, teacherLogits: targets.teacher.map { UnsafePointer($0) },
      weight: 1 / Double(batch), sums: arena.pointer(memory.sums),
      momentCount: student.network.tables.ansatz.parameterCount, logits: logits)
  }

  /// What the checkpoint keeps, in the order of its tensors.
  var state: [UnsafeMutableRawPointer] {
    [learner.model.angles, learner.model.scales, learner.first, learner.second, losses].map { .init($0) }
      + [shuffling.state.baseAddress!, .init(order)]
  }

  /// All iterations that the checkpoint does not have.
  /// - Returns: nil when they are done.
  func run(_ checkpoint: Checkpoint, progress: Progress) -> Checkpoint.End? {
    let tick = max(1, iterations / 200)
    var order = ShuffledOrder(
      order, count: samples, batch: batch, stream: shuffling, resumedAt: checkpoint.position)
    // The tables are those of the angles that a checkpoint brought.
    if checkpoint.isResumed { learner.model.network.tables.prepare(angles: learner.model.angles) }
    var step = checkpoint.done + 1
    while step <= iterations {
      if let end = checkpoint.look(done: step - 1, position: order.position) { return end }
      let samples = order.next()
      targets.gather(samples, count: batch, padded: runner.padded(batch))
      var i = 0
      while i < batch {
        set.take(Int(samples[i]), as: i)
        i += 1
      }
      runner.gradient(samples: batch, task)
      let sums = task.groupSums(0)
      losses[step - 1] = sums.totals[0]
      learner.step(step, sums)
      if step % tick == 0 { progress.update("training", done: step, of: iterations, value: losses[step - 1]) }
      step += 1
    }
    return checkpoint.look(done: iterations, position: order.position)
  }
}
