import Kernel
import Settings

/// A model in training: its parameters, and Adam's memory of them. Allocates nothing.
struct Learner {
  let model: BoundNetwork
  let settings: TrainingSettings
  let trainsReadout: Bool
  /// `[angles, then scales and biases]`
  let gradient, first, second: UnsafeMutablePointer<Double>

  private var angleCount: Int { model.network.tables.ansatz.parameterCount }
  private var readoutCount: Int { 2 * model.network.readout.logits }

  /// Before the first step.
  func reset() {
    first.update(repeating: 0, count: angleCount + readoutCount)
    second.update(repeating: 0, count: angleCount + readoutCount)
  }

  /// One step of Adam along a batch's gradient.
  /// - Parameter step: counted from 1.
  func step(_ step: Int, _ sums: GradientSums) {
    let multiplier = StepSchedule(every: settings.scheduleEvery, factor: settings.scheduleFactor).multiplier(step: step)
    let adam = Adam()
    model.network.finishGradient(angles: model.angles, moments: sums.moments, gradient: gradient)
    adam.step(
      step, learningRate: settings.learningRate * multiplier, parameters: model.angles, gradient: gradient,
      first: first, second: second, count: angleCount)
    if trainsReadout {
      // Scales and biases follow one another, here and in their sums.
      adam.step(
        step, learningRate: settings.readoutLearningRate * multiplier, parameters: model.scales,
        gradient: sums.scales, first: first + angleCount, second: second + angleCount, count: readoutCount)
    }
    model.network.tables.prepare(angles: model.angles)
  }
}
