import Batches
import Budget
import Kernel
import Models
import Settings
import Training

/// The teacher as it answers on the device: at the noise as it is, and extrapolated from several strengths of it. Where
/// readouts are solved (`training.readout-fit`), its own is solved there too, on the labels of the training set, as a
/// laboratory would calibrate it; else it is the one that was trained without noise. Allocates nothing.
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
    /// `[as it is, extrapolated][scale, bias][output]`
    fileprivate let readouts: Reservation<Double>
    fileprivate let fit: ReadoutFitMemory?

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
      readouts = doubles(
        "noisy teacher's readouts", [Extent("kinds", 2), Extent("scale/bias", 2), outputs], &planner)
      fit =
        plan.settings.training.readoutFit == .none
        ? nil : ReadoutFitMemory(prefix + "noisy ", samples: plan.trainingSamples, logits: plan.outputs, in: &planner)
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
        strengths: strengths, unit: scales, readouts: arena.pointer(readouts), fit: fit?.bind(arena),
        values: arena.pointer(values), tape: tape.map { arena.pointer($0) },
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
  private let unit, readouts: UnsafeMutablePointer<Double>
  private let fit: ReadoutFit?
  private let values: UnsafeMutablePointer<Double>

  private init(
    _ plan: ExperimentPlan, _ model: BoundNetwork, _ runners: [any BatchRunner], strengths: [Double],
    unit: UnsafeMutablePointer<Double>, readouts: UnsafeMutablePointer<Double>, fit: ReadoutFit?,
    values: UnsafeMutablePointer<Double>, tape: UnsafeMutablePointer<Double>?,
    extrapolated: UnsafeMutablePointer<Double>?
  ) {
    self.plan = plan
    self.model = model
    self.runners = runners
    self.unit = unit
    self.readouts = readouts
    self.fit = fit
    self.values = values
    self.tape = tape
    self.extrapolated = extrapolated
    factors = extrapolated == nil ? [] : plan.settings.distillation.noiseFactors
    places = factors.map { factor in strengths.firstIndex(of: factor)! }
  }

  /// Fills the tapes.
  func answer(_ training: LabelledSet) {
    compute(training)
    if let tape { write(training, kind: 0, into: tape) }
    if let extrapolated { write(training, kind: 1, into: extrapolated) }
  }

  private func write(_ training: LabelledSet, kind: Int, into tape: UnsafeMutablePointer<Double>) {
    estimate(training, into: tape, extrapolates: kind == 1)
    let (readout, m) = (readouts + 2 * kind * plan.outputs, plan.outputs)
    if let fit {
      fit.expectations.update(from: tape, count: training.count * m)
      fit.solve(
        Loss(distillationWeight: 0, hints: plan.hints.count), labels: training.labels, teacher: nil, into: readout)
    } else {
      readout.update(from: model.scales, count: m)
      (readout + m).update(from: model.biases, count: m)
    }
    apply(readout, to: tape, samples: training.count)
  }

  /// The teacher's own accuracy.
  /// - Parameter logits: `[test sample][output]`, overwritten.
  func accuracy(_ treatment: Treatment, _ test: LabelledSet, _ logits: UnsafeMutablePointer<Double>) -> Double {
    compute(test)
    let kind = treatment == .extrapolatedTeacher ? 1 : 0
    estimate(test, into: logits, extrapolates: kind == 1)
    apply(readouts + 2 * kind * plan.outputs, to: logits, samples: test.count)
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

  /// Expectations at the noise as it is, or extrapolated to none.
  private func estimate(_ set: LabelledSet, into target: UnsafeMutablePointer<Double>, extrapolates: Bool) {
    let count = set.count * plan.outputs
    if !extrapolates {
      target.update(from: values, count: count)
      return
    }
    factors.withUnsafeBufferPointer { factors in
      var place = 0
      while place < count {
        target[place] = plan.settings.distillation.extrapolation.toZero(factors) { values[places[$0] * count + place] }
        place += 1
      }
    }
  }

  private func apply(
    _ readout: UnsafeMutablePointer<Double>, to values: UnsafeMutablePointer<Double>, samples: Int
  ) {
    let m = plan.outputs
    let readout = Readout(logits: m, scales: readout, biases: readout + m)
    var sample = 0
    while sample < samples {
      readout.apply(values + sample * m)
      sample += 1
    }
  }
}
