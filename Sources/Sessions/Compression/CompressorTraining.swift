import Budget
import CSupport
import Kernel
import Settings

/// An autoencoder in training on a set of ground states. The loss is 1 − the mean fidelity. Allocates nothing.
struct CompressorTraining {
  let settings: CompressionSettings
  let runner: CompressionRunner
  let batch: Int
  let setSize: Int
  /// `[state][coefficient]`
  private let set: UnsafePointer<Double>
  private let coefficients: Int
  let parameters: UnsafeMutablePointer<Double>
  let order: UnsafeMutablePointer<Int32>
  let first, second: UnsafeMutablePointer<Double>
  private let gradient: UnsafeMutablePointer<Double>

  /// - Parameter set: `[state][coefficient]`, of `settings.training.states` states.
  init(
    _ settings: Settings, runner: CompressionRunner, set: UnsafePointer<Double>, coefficients: Int,
    memory: CompressorMemory, arena: borrowing Arena
  ) {
    self.settings = settings.compression
    self.runner = runner
    self.set = set
    self.coefficients = coefficients
    setSize = settings.training.states
    batch = min(settings.training.batch, setSize)
    parameters = arena.pointer(memory.parameters)
    order = arena.pointer(memory.order)
    gradient = arena.pointer(memory.gradient)
    first = arena.pointer(memory.first)
    second = arena.pointer(memory.second)
  }

  /// Draws the parameters that training starts from: uniform in ± `range` radians.
  func initialize(_ stream: RandomStream, range: Double) {
    var i = 0
    while i < runner.circuit.ansatz.parameterCount {
      parameters[i] = stream.uniform(-range, range)
      i += 1
    }
    runner.circuit.prepare(parameters: parameters)
  }

  /// All iterations, or all that the checkpoint does not have.
  /// - Parameter losses: `[iteration]`, filled; or nil.
  /// - Returns: nil when they are done.
  func run(
    shuffling: RandomStream, losses: UnsafeMutablePointer<Double>?, checkpoint: Checkpoint? = nil, progress: Progress
  ) -> Checkpoint.End? {
    let circuit = runner.circuit
    let schedule = StepSchedule(every: settings.scheduleEvery, factor: settings.scheduleFactor)
    let adam = Adam()
    let tick = max(1, settings.iterations / 200)
    var order = ShuffledOrder(
      self.order, count: setSize, batch: batch, stream: shuffling, resumedAt: checkpoint?.position)
    if checkpoint?.isResumed ?? false {
      circuit.prepare(parameters: parameters)
    } else {
      first.update(repeating: 0, count: circuit.ansatz.parameterCount)
      second.update(repeating: 0, count: circuit.ansatz.parameterCount)
    }
    var step = (checkpoint?.done ?? 0) + 1
    while step <= settings.iterations {
      if let checkpoint {
        if let end = checkpoint.look(done: step - 1, position: order.position) { return end }
      } else if qkd_stop_requested() != 0 {
        return .stopped
      }
      let samples = order.next()
      var i = 0
      while i < batch {
        (runner.samples + i * coefficients).update(from: set + Int(samples[i]) * coefficients, count: coefficients)
        i += 1
      }
      let (fidelity, moments) = runner.differentiate(samples: batch)
      let loss = 1 - fidelity / Double(batch)
      losses?[step - 1] = loss
      circuit.finishGradient(
        parameters: parameters, moments: moments, weight: -1 / Double(batch), gradient: gradient)
      adam.step(
        step, learningRate: settings.learningRate * schedule.multiplier(step: step), parameters: parameters,
        gradient: gradient, first: first, second: second, count: circuit.ansatz.parameterCount)
      circuit.prepare(parameters: parameters)
      if step % tick == 0 { progress.update("training", done: step, of: settings.iterations, value: loss) }
      step += 1
    }
    return checkpoint?.look(done: settings.iterations, position: order.position)
  }
}
