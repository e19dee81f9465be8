import Kernel

/// A contestant in one slot: its model, its way to compute batches, and its parameters' memory of training. Allocates
/// nothing.
struct Contender {
  let learner: Learner
  let engine: BatchEngine
  /// Where the readout starts.
  let scale, bias: Double
  let angleRange: Double
  /// Of the whole circuit; the network may have fewer.
  let qubits: Int

  /// Before a training: angles uniform in ± `angleRange`, drawn in the order in which they are stored, those of qubits
  /// that are left out among them.
  func start(_ angles: RandomStream) {
    let model = learner.model
    let tables = model.network.tables
    let ansatz = tables.ansatz
    var index = 0
    var drawn = 0
    while drawn < 3 * qubits * ansatz.rotationLayers {
      let angle = angles.uniform(-angleRange, angleRange)
      if drawn / 3 % qubits < ansatz.qubits {
        model.angles[index] = angle
        index += 1
      }
      drawn += 1
    }
    let logits = model.network.readout.logits
    model.scales.update(repeating: scale, count: logits)
    model.biases.update(repeating: bias, count: logits)
    tables.prepare(angles: model.angles)
    learner.reset()
  }
}
