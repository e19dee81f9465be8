import Sessions

/// What the reports of all runs have in common.
enum RunFactsReport {
  static func rows(_ facts: RunFacts) -> [[String]] {
    let allocations = facts.allocationsAfterSeal.map { "\($0) on the heap after the seal" } ?? "not counted here"
    let peak = facts.peakMemoryBytes.map(ByteSize.text) ?? "unknown"
    let threads = counted(facts.threads, "thread", "threads")
    let history = facts.history == "none" ? "" : ", history \(facts.history)"
    return [
      ["allocations", allocations], ["peak memory", "\(peak) of \(ByteSize.text(facts.memoryBudgetBytes))"],
      ["ran with", "\(facts.precision), \(counted(facts.lanes, "lane", "lanes")), \(threads)\(history)"],
      ["seed", String(facts.seed)], ["version", facts.version],
    ]
  }

  static func members(_ facts: RunFacts) -> [(String, JSON)] {
    [
      ("allocations_after_seal", .optional(facts.allocationsAfterSeal)),
      ("arena_bytes", .integer(facts.plan.arenaBytes)), ("planned_bytes", .integer(facts.plan.totalBytes)),
      ("peak_memory_bytes", .optional(facts.peakMemoryBytes)),
      ("memory_budget_bytes", .integer(facts.memoryBudgetBytes)), ("precision", .string(facts.precision)),
      ("lanes", .integer(facts.lanes)), ("threads", .integer(facts.threads)), ("history", .string(facts.history)),
      ("seed", .unsigned(facts.seed)), ("version", .string(facts.version)), ("plan", PlanReport.json(facts.plan)),
      ("outside_arena", PlanReport.outsideJSON(facts.plan)),
    ]
  }

  /// `0.9940, 95 % interval 0.9869 to 0.9973 (994 of 1,000)`.
  static func text(_ proportion: Proportion) -> String {
    let (lower, upper) = proportion.interval
    return "\(fixedText(proportion.value, digits: 4)), 95 % interval \(fixedText(lower, digits: 4)) to "
      + "\(fixedText(upper, digits: 4)) (\(groupedText(proportion.successes)) of \(groupedText(proportion.trials)))"
  }

  static func interval(_ proportion: Proportion?) -> JSON {
    guard let (lower, upper) = proportion?.interval else { return .null }
    return .array([.number(lower), .number(upper)])
  }
}
