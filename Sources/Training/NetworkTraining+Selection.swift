import Batches
import Kernel
import Settings

/// What one of several trainings is selected with.
package final class Validation {
  /// The samples that are learnt from, `[sample]`: those of the loop's order that are not held back.
  let learnt: UnsafePointer<Int32>
  /// `[sample held back][logit]`, and room for a loss's slopes, `[logit]`.
  fileprivate let outputs, slopes: UnsafeMutablePointer<Double>
  fileprivate let angles: RandomStream
  fileprivate let settings: Settings
  /// Of the whole circuit.
  fileprivate let qubits: Int

  package init(
    learnt: UnsafePointer<Int32>, outputs: UnsafeMutablePointer<Double>, slopes: UnsafeMutablePointer<Double>,
    angles: RandomStream, _ settings: Settings, qubits: Int
  ) {
    self.learnt = learnt
    self.outputs = outputs
    self.slopes = slopes
    self.angles = angles
    self.settings = settings
    self.qubits = qubits
  }
}

extension NetworkTraining {
  package func start(seed: UInt64) {
    let validation = validation!
    validation.angles.start(.initialAngles, seed: seed)
    start(validation.angles, validation.settings, qubits: validation.qubits)
  }

  package func validate(_ samples: UnsafePointer<Int32>, count: Int, _ look: (Double) -> Void) {
    let (validation, m) = (validation!, task.logits)
    withFittedReadout {
      runner.logits(of: set, members: samples, samples: count, batch: batch, into: validation.outputs)
      var (sum, i) = (0.0, 0)
      while i < count {
        let sample = Int(samples[i])
        sum += task.loss.evaluate(
          outputs: validation.outputs + i * m, count: m, label: Int(targets.setLabels[sample]),
          values: targets.setValues.map { UnsafePointer($0 + sample * m) },
          teacher: targets.setTeacher.map { UnsafePointer($0 + sample * m) }, derivative: validation.slopes)
        i += 1
      }
      look(sum / Double(count))
    }
  }

  /// Before a training: angles uniform in ± `training.angle-range`, drawn in the order in which they are stored, those
  /// of qubits that are left out among them. Allocates nothing.
  /// - Parameter qubits: of the whole circuit; the network may have fewer.
  package func start(_ stream: RandomStream, _ settings: Settings, qubits: Int) {
    let ansatz = model.network.tables.ansatz
    let range = settings.training.angleRange
    var index = 0
    var drawn = 0
    while drawn < 3 * qubits * ansatz.rotationLayers {
      let angle = stream.uniform(-range, range)
      if drawn / 3 % qubits < ansatz.qubits {
        model.angles[index] = angle
        index += 1
      }
      drawn += 1
    }
    let logits = model.network.readout.logits
    model.scales.update(repeating: settings.model.scale, count: logits)
    model.biases.update(repeating: settings.model.bias, count: logits)
    let hints = task.loss.hints
    (model.scales + logits - hints).update(repeating: 1, count: hints)
    (model.biases + logits - hints).update(repeating: 0, count: hints)
    prepare()
  }
}
