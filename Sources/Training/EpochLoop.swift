import Batches
import CSupport
import Kernel

/// A training: batch after batch of a shuffled set, epoch after epoch, each a step of Adam. Nothing in it allocates or
/// throws.
package struct EpochLoop {
  package let samples: Int
  package let shuffling: RandomStream
  // Whoever runs the loop holds both: to let go of an optional class takes metadata at times, which the runtime
  // allocates when it first needs them.
  /// What counts the iterations for whoever watches.
  package unowned(unsafe) var watch: StepProgress?
  private unowned(unsafe) var checkpoint: Checkpoint?
  private let model: any TrainedModel
  private let parameters: [ParameterGroup]
  private let memory: BoundLoop
  private let losses: UnsafeMutablePointer<Double>?
  private let schedule: StepSchedule
  /// Iterations of one training.
  private let length: Int
  private let selection: Selection?
  private var order: ShuffledOrder
  private var done = 0

  /// A training from its beginning.
  /// - Parameters:
  ///   - batch, samples: sizes of a batch and of the training set.
  ///   - shuffling: the order of the training set comes from it.
  ///   - losses: `[iteration]`, filled; or nil.
  ///   - selection: trainings follow one another, and the best is kept; nil: there is one.
  package init(
    _ model: any TrainedModel, _ schedule: StepSchedule, batch: Int, samples: Int, shuffling: RandomStream,
    losses: UnsafeMutablePointer<Double>? = nil, selection: Selection? = nil, memory: BoundLoop
  ) {
    self.model = model
    self.samples = samples
    self.shuffling = shuffling
    self.losses = losses
    self.memory = memory
    self.schedule = schedule
    parameters = model.parameters
    self.selection = selection
    length = selection?.sizes.iterations ?? .max
    order = ShuffledOrder(
      memory.order, samples: samples, heldBack: selection?.sizes.heldBack ?? 0, batch: batch, stream: shuffling,
      seed: selection?.sizes.seed)
    selection?.start(parameters: parameters.reduce(0) { $0 + $1.count })
    clearMoments()
  }

  /// Buffers share memory with those of earlier phases: none is zero by itself.
  private func clearMoments() {
    var offset = 0
    for group in parameters {
      (memory.first + offset).update(repeating: 0, count: group.count)
      (memory.second + offset).update(repeating: 0, count: group.count)
      offset += group.count
    }
  }

  /// A training from its beginning to its end, which nobody takes up again.
  /// - Parameters:
  ///   - stops: iterations, ascending; `visit` is called at each, and the training ends with the last.
  ///   - visit: looks at the model as it is then.
  package static func run(
    _ model: any TrainedModel, _ schedule: StepSchedule, batch: Int, samples: Int, shuffling: RandomStream,
    memory: BoundLoop, watch: StepProgress?, stops: [Int], visit: () -> Void
  ) {
    var loop = EpochLoop(model, schedule, batch: batch, samples: samples, shuffling: shuffling, memory: memory)
    loop.watch = watch
    for stop in stops {
      if loop.run(to: stop) != nil { return }
      visit()
    }
  }

  /// What a checkpoint keeps, in the order of its tensors.
  package var state: [UnsafeMutableRawPointer] {
    (parameters.map(\.values) + [memory.first, memory.second, losses!] + (selection?.state ?? [])).map { .init($0) }
      + [shuffling.state.baseAddress!, .init(memory.order)]
  }

  /// Keeps the state in a checkpoint from here on, and goes on where it stands, if it has one.
  package mutating func resume(_ checkpoint: Checkpoint) {
    self.checkpoint = checkpoint
    done = checkpoint.done
    guard let position = checkpoint.position else { return }
    order.position = position
    model.prepare()
  }

  /// Goes on until so many iterations are done.
  /// - Returns: nil when they are.
  package mutating func run(to last: Int) -> Checkpoint.End? {
    let adam = Adam()
    while done < last {
      if let checkpoint {
        if let end = checkpoint.look(done: done, position: order.position) { return end }
      } else if qkd_stop_requested() != 0 {
        return .stopped
      }
      switch prepareStep() {
      case .ready: break
      case .skipped: continue
      case .stopped: return checkpoint?.stop() ?? .stopped
      }
      let loss = model.differentiate(order.next(), count: order.batch)
      losses?[done] = loss
      done += 1
      let step = (done - 1) % length + 1
      let multiplier = schedule.multiplier(step: step)
      var offset = 0
      for group in parameters {
        if let rate = group.learningRate {
          adam.step(
            step, learningRate: rate * multiplier, parameters: group.values, gradient: group.gradient,
            first: memory.first + offset, second: memory.second + offset, count: group.count)
        }
        offset += group.count
      }
      model.prepare()
      watch?.step(loss: loss)
    }
    return checkpoint?.look(done: done, position: order.position)
  }

  private enum NextStep {
    case ready, stopped
    /// To another restart's first.
    case skipped
  }

  /// What stands between two steps: solving, looking, starting anew. A run that is taken up between them does again
  /// what was done, and comes to the same.
  private mutating func prepareStep() -> NextStep {
    let (restart, step) = (done / length, done % length)
    if step == 0 && restart > 0 {
      guard end(restart - 1, iteration: length) else { return .stopped }
      begin(restart)
      return .ready
    }
    let epoch = order.count / order.batch
    guard step > 0, step % epoch == 0 else { return .ready }
    if !model.endEpoch() { return .stopped }
    guard let selection, selection.sizes.patience > 0 else { return .ready }
    guard look(restart, iteration: step) else { return .stopped }
    if !selection.isExhausted(restart, iteration: step, epoch: epoch) { return .ready }
    selection.end(restart, iteration: step)
    let next = (restart + 1) * length
    if let losses { (losses + done).update(repeating: losses[done - 1], count: next - done) }
    watch?.skip(next - done)
    done = next
    return .skipped
  }

  private func look(_ restart: Int, iteration: Int) -> Bool {
    selection!.look(
      model, parameters, samples: UnsafePointer(memory.order + order.count), restart: restart, iteration: iteration)
  }

  private func end(_ restart: Int, iteration: Int) -> Bool {
    if selection!.isOver(restart) { return true }
    guard look(restart, iteration: iteration) else { return false }
    selection!.end(restart, iteration: iteration)
    return true
  }

  private mutating func begin(_ restart: Int) {
    let seed = selection!.sizes.seed &+ UInt64(restart)
    model.start(seed: seed)
    clearMoments()
    order.start(seed: seed)
  }

  /// After the last iteration: the model becomes what is kept.
  /// - Returns: false where the run is to stop.
  package func finish() -> Bool {
    guard let selection else { return model.endTraining() }
    guard end(selection.sizes.restarts - 1, iteration: length) else { return false }
    selection.restore(parameters)
    model.prepare()
    return true
  }
}
