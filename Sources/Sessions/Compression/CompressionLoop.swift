import Budget
import CGSL
import Kernel

/// The sealed part of training an autoencoder: nothing in it allocates or throws. The loss is 1 − the mean fidelity.
struct CompressionLoop {
  let settings: CompressionSettings
  let runner: CompressionRunner
  let feed: ChainFeed
  let batch: Int
  let setSize: Int
  let parameters: UnsafeMutablePointer<Double>
  let losses: UnsafeMutablePointer<Double>
  private let shuffling: RandomStream
  private let set: UnsafePointer<Double>
  private let order: UnsafeMutablePointer<Int32>
  private let gradient, first, second: UnsafeMutablePointer<Double>
  private let fidelities, average: UnsafeMutablePointer<Double>
  private let label: UnsafeMutablePointer<Int32>

  /// - Parameter shuffling: the order of the training set comes from it.
  init(
    _ settings: Settings, runner: CompressionRunner, feed: ChainFeed, shuffling: RandomStream,
    memory: CompressionMemory, arena: borrowing Arena
  ) {
    self.settings = settings.compression
    self.runner = runner
    self.feed = feed
    self.shuffling = shuffling
    setSize = settings.training.states
    batch = min(settings.training.batch, setSize)
    parameters = arena.pointer(memory.parameters)
    losses = arena.pointer(memory.losses)
    set = UnsafePointer(arena.pointer(memory.set))
    order = arena.pointer(memory.order)
    gradient = arena.pointer(memory.gradient)
    first = arena.pointer(memory.first)
    second = arena.pointer(memory.second)
    fidelities = arena.pointer(memory.fidelities)
    average = arena.pointer(memory.average)
    label = arena.pointer(memory.label)
    // Buffers share memory with those of earlier phases: none is zero by itself.
    let count = runner.circuit.ansatz.parameterCount
    first.update(repeating: 0, count: count)
    second.update(repeating: 0, count: count)
    average.update(repeating: 0, count: feed.coefficients * feed.coefficients)
    for i in 0..<setSize { order[i] = Int32(i) }
  }

  /// All iterations.
  func train(progress: Progress) {
    let circuit = runner.circuit
    let schedule = StepSchedule(every: settings.scheduleEvery, factor: settings.scheduleFactor)
    let adam = Adam()
    let tick = max(1, settings.iterations / 200)
    // Each epoch goes through the shuffled set in whole batches; what does not fill one waits for the next shuffle.
    var position = setSize
    var step = 1
    while step <= settings.iterations {
      if position + batch > setSize {
        shuffling.shuffle(order, count: setSize)
        position = 0
      }
      var i = 0
      while i < batch {
        let size = feed.coefficients
        (runner.samples + i * size).update(from: set + Int(order[position + i]) * size, count: size)
        i += 1
      }
      position += batch
      let (fidelity, moments) = runner.differentiate(samples: batch)
      losses[step - 1] = 1 - fidelity / Double(batch)
      circuit.finishGradient(
        parameters: parameters, moments: moments, weight: -1 / Double(batch), gradient: gradient)
      adam.step(
        step, learningRate: settings.learningRate * schedule.multiplier(step: step), parameters: parameters,
        gradient: gradient, first: first, second: second, count: circuit.ansatz.parameterCount)
      circuit.prepare(parameters: parameters)
      if step % tick == 0 { progress.update("training", done: step, of: settings.iterations, value: losses[step - 1]) }
      step += 1
    }
  }

  /// Fidelities of freshly drawn states, and Σ c cᵀ of their coefficients.
  /// - Returns: nil, or a state that missed its tolerance.
  func test(samples: Int, _ stream: RandomStream) -> ChainFeed.FailedState? {
    let size = feed.coefficients
    var done = 0
    while done < samples {
      let count = min(batch, samples - done)
      var i = 0
      while i < count {
        let state = runner.samples + i * size
        if let failed = feed.draw(stream, into: state, label: label) { return failed }
        addToAverage(state)
        i += 1
      }
      runner.score(samples: count)
      (fidelities + done).update(from: runner.fidelities, count: count)
      done += count
    }
    return nil
  }

  private func addToAverage(_ state: UnsafePointer<Double>) {
    let size = feed.coefficients
    var row = 0
    while row < size {
      var column = 0
      while column <= row {
        average[row * size + column] += state[row] * state[column]
        column += 1
      }
      row += 1
    }
  }

  /// What the tested fidelities come to; sorts them where they stand (GSL's heapsort).
  func summary(samples: Int) -> FidelitySummary {
    gsl_sort(fidelities, 1, samples)
    return FidelitySummary(ascending: UnsafeBufferPointer(start: fidelities, count: samples))
  }

  /// The lower triangle of the average density matrix. After the loop only: allocates.
  func averageMatrix(samples: Int) -> [Double] {
    (0..<(feed.coefficients * feed.coefficients)).map { average[$0] / Double(samples) }
  }
}
