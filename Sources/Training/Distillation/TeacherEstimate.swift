import Batches
import Budget
import Kernel
import Measurement
import Models
import Settings

/// A teacher's values as a laboratory has them: from so many shots, extrapolated to no noise. All of it is before the
/// seal.
package struct TeacherEstimate {
  /// `[sample][output]` and `[sample of a batch][output]` of what has to be computed: logits and hints, then the
  /// strings that are measured.
  package let outputs, logits: Reservation<Double>
  /// `[factor][sample][output]`: expectations, or their estimates.
  private let values: Reservation<Double>
  private let law: OutcomeLaw.Memory?
  private let readout: Reservation<Double>
  private let count, samples: Int

  /// - Parameters:
  ///   - count: of the teacher's logits and hints.
  ///   - shape: of the network with all that has to be computed.
  /// - Returns: nil where values are what the circuit's expectations are.
  init?(
    _ settings: Settings, outputs count: Int, _ shape: NetworkShape, padded: Extent, lifetime: Lifetime,
    in planner: inout Planner
  ) {
    let distillation = settings.distillation
    if distillation.teacherShots == 0 && distillation.noiseFactors.isEmpty { return nil }
    self.count = count
    samples = settings.training.states
    func doubles(_ name: String, _ shape: [Extent], _ planner: inout Planner) -> Reservation<Double> {
      planner.reserve("teacher " + name, shape, of: Double.self, lifetime: lifetime, owner: "Training")
    }
    let set = Extent("samples", settings.training.states)
    outputs = doubles("outputs", [set, Extent("outputs", shape.logits)], &planner)
    logits = doubles("batch outputs", [padded, Extent("outputs", shape.logits)], &planner)
    values = doubles(
      "estimates", [Extent("factors", max(1, distillation.noiseFactors.count)), set, Extent("outputs", count)],
      &planner)
    readout = doubles("unit readout", [Extent("scale/bias", 2), Extent("outputs", count)], &planner)
    if distillation.teacherShots > 0 {
      RandomStream.declare(1, in: &planner)
      law = OutcomeLaw.Memory(
        "teacher ", Measurement(Array(shape.observables.prefix(count))), logits: count, lifetime: lifetime,
        in: &planner)
    } else {
      law = nil
    }
  }

  /// The model with all that has to be computed of it.
  static func measured(_ model: Model, _ settings: Settings) -> Model {
    if settings.distillation.teacherShots == 0 { return model }
    return model.with(further: Measurement(model.observables).strings)
  }

  /// Computes the logits of the training set.
  /// - Parameters:
  ///   - target: `[sample][output]`.
  ///   - model: logits and hints.
  ///   - compute: fills `outputs` with a model's expectations at a strength of the noise.
  func fill(
    _ target: UnsafeMutablePointer<Double>, _ model: Model, _ settings: Settings, _ arena: borrowing Arena,
    compute: (Model, Double) throws(SessionError) -> Void
  ) throws(SessionError) {
    let distillation = settings.distillation
    let (factors, shots) = (distillation.noiseFactors, distillation.teacherShots)
    let measured = Self.measured(model, settings)
    let (all, rows) = (arena.pointer(values), arena.pointer(outputs))
    let stream = try RandomStream(.teacherShots, seed: settings.seed)
    let unit = arena.pointer(readout)
    unit.update(repeating: 1, count: count)
    (unit + count).update(repeating: 0, count: count)
    let law = law?.bind(Readout(logits: count, scales: unit, biases: unit + count), arena)
    for (index, factor) in (factors.isEmpty ? [1] : factors).enumerated() {
      try compute(measured, factor)
      for sample in 0..<samples {
        let (row, value) = (rows + sample * measured.logits, all + (index * samples + sample) * count)
        if let law {
          law.take(row)
          law.draw(shots, stream, into: value)
        } else {
          value.update(from: row, count: count)
        }
      }
    }
    factors.withUnsafeBufferPointer { factors in
      for sample in 0..<samples {
        for output in 0..<count {
          let place = sample * count + output
          let expectation =
            factors.isEmpty
            ? all[place]
            : distillation.extrapolation.toZero(factors) { all[$0 * samples * count + place] }
          target[place] = model.scales[output] * expectation + model.biases[output]
        }
      }
    }
  }
}
