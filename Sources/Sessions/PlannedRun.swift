import Batches
import Budget
import Kernel
import Models
import Settings

/// What would run, without running it.
public struct PlannedRun: Sendable {
  public let job: Job
  public let plan: MemoryPlan
  public let lanes: Int
  public let precision: String
  public let threads: Int
  /// How the backward sweep gets ψ of each layer: `stored`, `uncomputed`; for evaluation `none`.
  public let history: String
  public let memoryBudgetBytes: Int
  public let arenaBudgetBytes: Int?
  /// Read-only segments of the program.
  public let romBytes = ProcessMemory.image.romBytes
  /// What is wrong where the plan, the smallest one, does not fit; nil where it does.
  public let refusal: BudgetRefusal?

  public init(
    job: Job, plan: MemoryPlan, lanes: Int, precision: String, threads: Int, history: String, memoryBudgetBytes: Int,
    arenaBudgetBytes: Int?, refusal: BudgetRefusal? = nil
  ) {
    self.job = job
    self.plan = plan
    self.lanes = lanes
    self.precision = precision
    self.threads = threads
    self.history = history
    self.memoryBudgetBytes = memoryBudgetBytes
    self.arenaBudgetBytes = arenaBudgetBytes
    self.refusal = refusal
  }
}

extension PlannedRun {
  init(
    _ job: Job, _ settings: Settings, _ layout: Layout, _ plan: MemoryPlan, _ refusal: BudgetRefusal?
  ) {
    self.init(
      job: job, plan: plan, lanes: layout.format.lanes, precision: settings.host.precision.name,
      threads: settings.host.threads, history: layout.text, memoryBudgetBytes: settings.host.memoryBytes,
      arenaBudgetBytes: settings.host.arenaBytes, refusal: refusal)
  }
}
