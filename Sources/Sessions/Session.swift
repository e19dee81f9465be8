import Budget

/// What would run, without running it.
public struct PlannedRun: Sendable {
  public let job: Job
  public let plan: MemoryPlan
  public let lanes: Int
  public let precision: String
  public let threads: Int
  /// How the backward sweep gets ψ of each layer: `stored`, `uncomputed`, or `none` for inference.
  public let history: String
  public let memoryBudgetBytes: Int
  public let arenaBudgetBytes: Int?
}

/// The jobs. Each plans, refuses what does not fit, seals, runs and reports.
public enum Session {
  /// The program's version, which stands in every result.
  public static let version = "0.1.0"
}
