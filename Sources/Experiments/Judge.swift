import Batches
import Budget
import Kernel
import Measurement
import Training

/// Tests a contestant where it will be used: on the device, by exact values or from shots. Allocates nothing.
final class Judge {
  /// What all judges of a slot share: they test one after the other.
  struct SharedMemory {
    let outputs: Int
    fileprivate let rows, logits: Reservation<Double>
    fileprivate let estimate: Reservation<Double>
    fileprivate let law: OutcomeLaw.Memory?

    init(_ prefix: String, _ plan: ExperimentPlan, padded: Extent, in planner: inout Planner) {
      outputs = plan.logits + plan.measuredStrings.count
      func doubles(_ name: String, _ shape: [Extent], _ planner: inout Planner) -> Reservation<Double> {
        planner.reserve(prefix + name, shape, of: Double.self, lifetime: .run, owner: "Experiments")
      }
      let outputs = Extent("outputs", outputs)
      rows = doubles("judged outputs", [Extent("samples", plan.testSamples), outputs], &planner)
      logits = doubles("judged batch", [padded, outputs], &planner)
      estimate = doubles("estimated logits", [Extent("logits", plan.logits)], &planner)
      law = plan.measurement.map {
        OutcomeLaw.Memory(prefix, $0, logits: plan.logits, lifetime: .run, in: &planner)
      }
    }
  }

  struct Memory {
    fileprivate let fold: FoldMemory
    fileprivate let readout: Reservation<Double>

    init(
      _ prefix: String, _ plan: ExperimentPlan, _ contestant: ExperimentDesign.Contestant, format: LaneFormat,
      chain: ChainMemory?, in planner: inout Planner
    ) throws(SessionError) {
      let shape = plan.judged(contestant)
      fold = try FoldMemory(
        prefix + contestant.name + " judged", shape, format: format, gradient: false, chain: chain, groups: 1,
        lifetime: .run, in: &planner)
      readout = planner.reserve(
        prefix + contestant.name + " judged readout", [Extent("scale/bias", 2), Extent("outputs", shape.logits)],
        of: Double.self, lifetime: .run, owner: "Experiments")
    }

    func bind(
      _ shared: SharedMemory, _ plan: ExperimentPlan, _ contestant: ExperimentDesign.Contestant, _ model: BoundNetwork,
      _ chain: ChainFeed?, _ arena: borrowing Arena
    ) -> Judge {
      let (scales, m) = (arena.pointer(readout), shared.outputs)
      let bound = model.with(readout: scales, outputs: m)
      return Judge(
        fold.runner(
          bound, plan.blank(contestant, plan.judged(contestant)), chain, logits: arena.pointer(shared.logits), arena),
        model, readout: bound.network.readout, scales: scales, classes: plan.logits,
        law: shared.law?.bind(
          Readout(logits: plan.logits, scales: scales, biases: scales + m), arena),
        rows: arena.pointer(shared.rows), estimate: arena.pointer(shared.estimate))
    }
  }

  private let runner: any BatchRunner
  private let model: BoundNetwork
  private let readout: Readout
  private let scales: UnsafeMutablePointer<Double>
  private let classes: Int
  private let law: OutcomeLaw?
  /// `[test sample][output]`
  private let rows: UnsafeMutablePointer<Double>
  private let estimate: UnsafeMutablePointer<Double>

  fileprivate init(
    _ runner: any BatchRunner, _ model: BoundNetwork, readout: Readout, scales: UnsafeMutablePointer<Double>,
    classes: Int, law: OutcomeLaw?, rows: UnsafeMutablePointer<Double>, estimate: UnsafeMutablePointer<Double>
  ) {
    self.runner = runner
    self.model = model
    self.readout = readout
    self.scales = scales
    self.classes = classes
    self.law = law
    self.rows = rows
    self.estimate = estimate
  }

  /// Computes the test set's outputs with the model as it is.
  func look(_ test: LabelledSet, batch: Int) {
    let m = readout.logits
    scales.update(repeating: 1, count: m)
    (scales + m).update(repeating: 0, count: m)
    scales.update(from: model.scales, count: classes)
    (scales + m).update(from: model.biases, count: classes)
    runner.prepare(angles: model.angles)
    runner.logits(of: test.samples, samples: test.count, batch: batch, into: rows)
  }

  /// The accuracy of what was looked at.
  func accuracy(_ test: LabelledSet) -> Double { share(test) { rows + $0 * readout.logits } }

  /// The same from so many shots a sample.
  func accuracy(_ test: LabelledSet, shots: Int, _ stream: RandomStream) -> Double {
    share(test) { sample in
      law!.take(rows + sample * readout.logits)
      law!.draw(shots, stream, into: estimate)
      return estimate
    }
  }

  private func share(_ test: LabelledSet, _ logits: (Int) -> UnsafeMutablePointer<Double>) -> Double {
    var (correct, i) = (0, 0)
    while i < test.count {
      if argmax(logits(i), count: classes) == Int(test.labels[i]) { correct += 1 }
      i += 1
    }
    return Double(correct) / Double(test.count)
  }
}
