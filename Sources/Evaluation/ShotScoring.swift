import Batches
import Budget
import Kernel
import Measurement

/// Decisions from the results of measurements that are drawn, and how many each sample needs. Allocates nothing.
struct ShotScoring {
  /// The memory that it needs.
  struct Memory {
    let measurement: Measurement
    private let law: OutcomeLaw.Memory
    private let estimate: Reservation<Double>
    private let needed: Reservation<UInt64>
    private let counts: Reservation<Int>

    init(_ measurement: Measurement, classes: Int, in planner: inout Planner) {
      self.measurement = measurement
      RandomStream.declare(1, in: &planner)
      law = OutcomeLaw.Memory("", measurement, logits: classes, lifetime: .run, in: &planner)
      estimate = planner.reserve(
        "estimated logits", [Extent("logits", classes)], of: Double.self, lifetime: .run, owner: "Evaluation")
      needed = LogHistogram.reserve("histogram of shots", in: &planner)
      counts = planner.reserve(
        "decisions", [Extent("exact, hopeless", 2)], of: Int.self, lifetime: .run, owner: "Evaluation")
    }

    func bind(
      _ readout: Readout, shots: Int, seed: UInt64, _ arena: borrowing Arena
    ) throws(SessionError) -> ShotScoring {
      let scoring = ShotScoring(
        shots: shots, law: law.bind(readout, arena), stream: try RandomStream(.shots, seed: seed),
        estimate: arena.pointer(estimate), needed: LogHistogram(arena.pointer(needed)), counts: arena.pointer(counts))
      scoring.counts.update(repeating: 0, count: 2)
      return scoring
    }
  }

  let shots: Int
  private let law: OutcomeLaw
  private let stream: RandomStream
  private let estimate: UnsafeMutablePointer<Double>
  private let needed: LogHistogram
  /// Samples whose decision is right where values are exact; those that no number of shots decides rightly.
  private let counts: UnsafeMutablePointer<Int>

  /// - Parameters:
  ///   - outputs: a sample's logits, and the expectations of all strings.
  ///   - label: −1 for a sample without one.
  /// - Returns: the logits as the shots tell them.
  func add(_ outputs: UnsafePointer<Double>, label: Int32) -> UnsafePointer<Double> {
    law.take(outputs)
    law.draw(shots, stream, into: estimate)
    if label >= 0 {
      if argmax(outputs, count: law.logits) == Int(label) { counts[0] += 1 }
      if let shots = law.shotsToDecide(outputs, label: Int(label)), shots < 0x1p62 {
        needed.add(Int64(shots))
      } else {
        counts[1] += 1
      }
    }
    return UnsafePointer(estimate)
  }

  /// - Parameter labelled: how many samples had a label.
  func report(labelled: Int) -> ShotReport {
    func percentile(_ share: Double) -> Double? { needed.percentile(share, of: labelled) }
    return ShotReport(
      shots: shots,
      exact: labelled > 0 ? Proportion(successes: counts[0], trials: labelled) : nil,
      never: labelled > 0 ? Proportion(successes: counts[1], trials: labelled) : nil,
      p50: percentile(0.5), p90: percentile(0.9), p99: percentile(0.99))
  }
}

/// What an evaluation from shots says besides its accuracy, which is theirs.
public struct ShotReport: Sendable, Equatable {
  /// Of every setting, a sample.
  public let shots: Int
  /// With values that are exact; nil without labels.
  public let exact: Proportion?
  /// Samples whose decision no number of shots makes right with 95 %.
  public let never: Proportion?
  /// Shots until the decision is right with 95 %: percentiles over all samples with a label; nil: that many samples
  /// never are, or there are no labels.
  public let p50, p90, p99: Double?
}
