import Batches
import CSupport
import Kernel

/// A training: batch after batch of a shuffled set, epoch after epoch, each a step of Adam. Nothing in it allocates or
/// throws.
package struct EpochLoop {
  package let samples: Int
  package let shuffling: RandomStream
  /// What counts the iterations for whoever watches.
  package var watch: StepProgress?
  private let model: any TrainedModel
  private let parameters: [ParameterGroup]
  private let memory: BoundLoop
  private let losses: UnsafeMutablePointer<Double>?
  private let schedule: StepSchedule
  private var order: ShuffledOrder
  private var checkpoint: Checkpoint?
  private var done = 0

  /// A training from its beginning.
  /// - Parameters:
  ///   - batch, samples: sizes of a batch and of the training set.
  ///   - shuffling: the order of the training set comes from it.
  ///   - losses: `[iteration]`, filled; or nil.
  package init(
    _ model: any TrainedModel, _ schedule: StepSchedule, batch: Int, samples: Int, shuffling: RandomStream,
    losses: UnsafeMutablePointer<Double>? = nil, memory: BoundLoop
  ) {
    self.model = model
    self.samples = samples
    self.shuffling = shuffling
    self.losses = losses
    self.memory = memory
    self.schedule = schedule
    parameters = model.parameters
    order = ShuffledOrder(memory.order, count: samples, batch: batch, stream: shuffling)
    // Buffers share memory with those of earlier phases: none is zero by itself.
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
    (parameters.map(\.values) + [memory.first, memory.second, losses!]).map { .init($0) }
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
      // Before the next step: a run that is taken up between the two solves again what was solved.
      if done > 0 && done % (samples / order.batch) == 0 && !model.endEpoch() { return checkpoint?.stop() ?? .stopped }
      let loss = model.differentiate(order.next(), count: order.batch)
      losses?[done] = loss
      done += 1
      let multiplier = schedule.multiplier(step: done)
      var offset = 0
      for group in parameters {
        if let rate = group.learningRate {
          adam.step(
            done, learningRate: rate * multiplier, parameters: group.values, gradient: group.gradient,
            first: memory.first + offset, second: memory.second + offset, count: group.count)
        }
        offset += group.count
      }
      model.prepare()
      watch?.step(loss: loss)
    }
    return checkpoint?.look(done: done, position: order.position)
  }
}
