import Budget
import Kernel

/// The sealed part of training: nothing in it allocates or throws.
struct TrainingLoop {
  let learner: Learner
  let runner: BatchRunner
  let set: TrainingSet
  private let iterations, batch: Int
  private let order: ShuffledOrder
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
    order = ShuffledOrder(
      arena.pointer(memory.order), count: settings.training.states, batch: batch, stream: shuffling)
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

  /// All iterations.
  func run(progress: Progress) {
    let tick = max(1, iterations / 200)
    var order = order
    var step = 1
    while step <= iterations {
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
  }
}
