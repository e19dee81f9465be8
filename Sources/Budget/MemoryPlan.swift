/// Everything that a run holds, laid out. The run maps exactly this; what is printed is this value.
public struct MemoryPlan: Sendable, Equatable {
  /// No plan holds more: half of what 47-bit user addresses reach, so that sums of sizes never overflow.
  public static let largestBytes = 1 << 46

  public let buffers: [PlannedBuffer]
  public let outside: [OutsideMemory]
  public let arenaBytes: Int

  /// The arena as the system gives it, in whole pages.
  public var arenaPageBytes: Int { roundUp(arenaBytes, to: ProcessMemory.pageBytes) }

  /// All that only this process will hold, arena and outside: the number that the budget is compared with.
  public var ramBytes: Int { outside.reduce(arenaPageBytes) { $0 + $1.bytes } }

  /// - Throws: `BudgetError.exceeded` when the plan needs more than `budgetBytes`.
  public func check(against budgetBytes: Int) throws(BudgetError) {
    if ramBytes > budgetBytes { throw .exceeded(needed: ramBytes, available: budgetBytes) }
  }

  /// The same for the arena alone: a host may give the arena a fixed region.
  public func checkArena(against arenaBudgetBytes: Int) throws(BudgetError) {
    if arenaBytes > arenaBudgetBytes { throw .arenaExceeded(needed: arenaBytes, available: arenaBudgetBytes) }
  }
}

/// Why a plan cannot be run.
public enum BudgetError: Error, Equatable, Sendable {
  /// The process would need more RAM than the budget.
  case exceeded(needed: Int, available: Int)
  /// The arena alone would need more than the profile gives it.
  case arenaExceeded(needed: Int, available: Int)
  /// A buffer's size is beyond any address space.
  case tooLarge(buffer: String)
  /// The system refused the memory.
  case mappingFailed(bytes: Int, errno: Int32)
  /// The system does not lock so much into memory.
  case lockRefused(bytes: Int, allowed: Int, errno: Int32)
}
