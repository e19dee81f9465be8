import Batches
import Budget
import Kernel
import Models
import Settings
import Training

/// The teacher as it answers on the device: at the noise as it is, and extrapolated from several strengths of it.
/// Allocates nothing.
final class NoisyTeacher {
  struct Memory {
    fileprivate let strengths: [Double]
    /// `[strength]`
    fileprivate let folds: [FoldMemory]
    fileprivate let unit: Reservation<Double>
    /// `[strength][training or test sample][output]`
    fileprivate let values: Reservation<Double>
    /// `[sample][output]`
    fileprivate let tape, extrapolated: Reservation<Double>?

    /// - Returns: nil where no treatment asks for it.
    init?(
      _ prefix: String, _ plan: ExperimentPlan, format: LaneFormat, chain: ChainMemory?, in planner: inout Planner
    ) throws(SessionError) {
      let treatments = plan.settings.experiment.treatments
      if !treatments.contains(where: \.needsDevice) { return nil }
      let factors = treatments.contains(.extrapolatedTeacher) ? plan.settings.distillation.noiseFactors : []
      strengths = treatments.contains(.noisyTeacher) ? [1] + factors.filter { $0 != 1 } : factors
      var folds: [FoldMemory] = []
      for strength in strengths {
        folds.append(
          try FoldMemory(
            "\(prefix)teacher at noise × \(strength)", plan.trained(plan.design.contestants[0], onDevice: true),
            format: format, gradient: false, chain: chain, groups: 1, lifetime: .run, in: &planner))
      }
      self.folds = folds
      func doubles(_ name: String, _ shape: [Extent], _ planner: inout Planner) -> Reservation<Double> {
        planner.reserve(prefix + name, shape, of: Double.self, lifetime: .run, owner: "Experiments")
      }
      let outputs = Extent("outputs", plan.outputs)
      unit = doubles("teacher's unit readout", [Extent("scale/bias", 2), outputs], &planner)
      let samples = Extent("samples", max(plan.trainingSamples, plan.testSamples))
      values = doubles("teacher's noisy values", [Extent("strengths", strengths.count), samples, outputs], &planner)
      let set = Extent("samples", plan.trainingSamples)
      tape = treatments.contains(.noisyTeacher) ? doubles("noisy teacher's logits", [set, outputs], &planner) : nil
      extrapolated =
        factors.isEmpty ? nil : doubles("extrapolated teacher's logits", [set, outputs], &planner)
    }

    func bind(
      _ plan: ExperimentPlan, _ model: BoundNetwork, _ chain: ChainFeed?, logits: UnsafeMutablePointer<Double>,
      _ arena: borrowing Arena
    ) -> NoisyTeacher {
      let scales = arena.pointer(unit)
      let bound = model.with(readout: scales, outputs: plan.outputs)
      let teacher = plan.design.contestants[0]
      let blank = plan.blank(teacher, plan.trained(teacher, onDevice: true))
      return NoisyTeacher(
        plan, model,
        zip(folds, strengths).map { $0.runner(bound, blank, chain, strength: $1, logits: logits, arena) },
        strengths: strengths, unit: scales, values: arena.pointer(values), tape: tape.map { arena.pointer($0) },
        extrapolated: extrapolated.map { arena.pointer($0) })
    }
  }

  /// `[training sample][output]`; nil where no treatment asks for it.
  let tape, extrapolated: UnsafeMutablePointer<Double>?
  private let plan: ExperimentPlan
  private let model: BoundNetwork
  private let runners: [any BatchRunner]
  private let factors: [Double]
  /// Where the strengths that are factors begin in the values.
  private let places: [Int]
  private let unit: UnsafeMutablePointer<Double>
  private let values: UnsafeMutablePointer<Double>

  private init(
    _ plan: ExperimentPlan, _ model: BoundNetwork, _ runners: [any BatchRunner], strengths: [Double],
    unit: UnsafeMutablePointer<Double>, values: UnsafeMutablePointer<Double>, tape: UnsafeMutablePointer<Double>?,
    extrapolated: UnsafeMutablePointer<Double>?
  ) {
    self.plan = plan
    self.model = model
    self.runners = runners
    self.unit = unit
    self.values = values
    self.tape = tape
    self.extrapolated = extrapolated
    factors = extrapolated == nil ? [] : plan.settings.distillation.noiseFactors
    places = factors.map { factor in strengths.firstIndex(of: factor)! }
  }

  /// Fills the tapes.
  func answer(_ training: LabelledSet) {
    compute(training)
    if let tape { write(training, into: tape, extrapolates: false) }
    if let extrapolated { write(training, into: extrapolated, extrapolates: true) }
  }

  /// The teacher's own accuracy.
  /// - Parameter logits: `[test sample][output]`, overwritten.
  func accuracy(_ treatment: Treatment, _ test: LabelledSet, _ logits: UnsafeMutablePointer<Double>) -> Double {
    compute(test)
    write(test, into: logits, extrapolates: treatment == .extrapolatedTeacher)
    var (correct, i) = (0, 0)
    while i < test.count {
      if argmax(logits + i * plan.outputs, count: plan.logits) == Int(test.labels[i]) { correct += 1 }
      i += 1
    }
    return Double(correct) / Double(test.count)
  }

  private func compute(_ set: LabelledSet) {
    let m = plan.outputs
    unit.update(repeating: 1, count: m)
    (unit + m).update(repeating: 0, count: m)
    var index = 0
    while index < runners.count {
      runners[index].prepare(angles: model.angles)
      runners[index].logits(
        of: set.samples, samples: set.count, batch: plan.batch, into: values + index * set.count * m)
      index += 1
    }
  }

  private func write(_ set: LabelledSet, into target: UnsafeMutablePointer<Double>, extrapolates: Bool) {
    let m = plan.outputs
    factors.withUnsafeBufferPointer { factors in
      var place = 0
      while place < set.count * m {
        let output = place % m
        let value =
          extrapolates
          ? plan.settings.distillation.extrapolation.toZero(factors) { values[places[$0] * set.count * m + place] }
          : values[place]
        target[place] = model.scales[output] * value + model.biases[output]
        place += 1
      }
    }
  }
}
