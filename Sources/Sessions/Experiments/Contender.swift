import Kernel

/// A contestant in one slot: its model, its way to compute batches, and its parameters' memory of training. Allocates
/// nothing.
struct Contender {
  let learner: Learner
  let engine: BatchEngine
  /// Where the readout starts.
  let scale, bias: Double
  let angleRange: Double

  /// Before a training: angles uniform in ± `angleRange`, drawn in the order in which they are stored.
  func start(_ angles: RandomStream) {
    let model = learner.model
    let tables = model.network.tables
    var i = 0
    while i < tables.ansatz.parameterCount {
      model.angles[i] = angles.uniform(-angleRange, angleRange)
      i += 1
    }
    let logits = model.network.readout.logits
    model.scales.update(repeating: scale, count: logits)
    model.biases.update(repeating: bias, count: logits)
    tables.prepare(angles: model.angles)
    learner.reset()
  }
}
