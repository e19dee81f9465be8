import Budget
import Kernel
import Models
import Settings

/// What every run says about itself.
public struct RunFacts: Sendable {
  public let plan: MemoryPlan
  public let lanes: Int
  public let precision: String
  public let threads: Int
  /// How the backward sweep gets ψ of each layer: `stored`, `uncomputed`; for evaluation `none`.
  public let history: String
  public let memory: MemoryFacts
  /// What happened between the seal and the end of the loop.
  public let afterSeal: SealRecord
  public let seed: UInt64
  public let version: String

  public init(
    plan: MemoryPlan, lanes: Int, precision: String, threads: Int, history: String, memory: MemoryFacts,
    afterSeal: SealRecord, seed: UInt64, version: String
  ) {
    self.plan = plan
    self.lanes = lanes
    self.precision = precision
    self.threads = threads
    self.history = history
    self.memory = memory
    self.afterSeal = afterSeal
    self.seed = seed
    self.version = version
  }

  /// Heap allocations between the seal and the end of the loop, or nil where they cannot be counted.
  public var allocationsAfterSeal: Int? { afterSeal.allocations }
}

extension RunFacts {
  /// Of a run that is about to hand over its results.
  /// - Throws: `SessionError.ramOverPlan`: nothing may be handed over then.
  package init(
    _ settings: Settings, _ plan: MemoryPlan, _ layout: Layout, _ record: SealRecord
  ) throws(SessionError) {
    self.init(
      plan: plan, lanes: layout.format.lanes, precision: settings.host.precision.name,
      threads: settings.host.threads, history: layout.text,
      memory: try MemoryFacts(planned: plan.ramBytes, held: record.ramPeakBytes, settings.host), afterSeal: record,
      seed: settings.seed, version: programVersion)
  }
}
