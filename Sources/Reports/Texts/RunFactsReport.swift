import Batches
import Budget
import Files

/// What the reports of all runs have in common.
package enum RunFactsReport {
  package static func rows(_ facts: RunFacts) -> [[String]] {
    let threads = counted(facts.threads, "thread", "threads")
    let history = facts.history == "none" ? "" : ", history \(facts.history)"
    let untouched = (facts.afterSeal.untouched ?? []).map {
      ["untouched", "\(groupedText($0.bytes)) bytes of \($0.buffer)"]
    }
    return [
      ["after seal", text(facts.afterSeal)]
    ] + facts.memory.rows + [
      ["ran with", "\(facts.precision), \(counted(facts.lanes, "lane", "lanes")), \(threads)\(history)"],
      ["seed", String(facts.seed)], ["version", facts.version],
    ] + untouched
  }

  package static func members(_ facts: RunFacts) -> [(String, JSON)] {
    [
      ("allocations_after_seal", .optional(facts.afterSeal.allocations)),
      ("frees_after_seal", .optional(facts.afterSeal.releases)),
      ("mappings_after_seal", .optional(facts.afterSeal.mappings)),
      ("growth_after_seal_bytes", .optional(facts.afterSeal.growthBytes)),
      ("major_faults_after_seal", .optional(facts.afterSeal.majorFaults)),
      ("minor_faults_after_seal", .optional(facts.afterSeal.minorFaults)),
      ("untouched", untouched(facts.afterSeal)),
      ("arena_bytes", .integer(facts.plan.arenaBytes)),
    ] + facts.memory.members + [
      ("precision", .string(facts.precision)),
      ("lanes", .integer(facts.lanes)), ("threads", .integer(facts.threads)), ("history", .string(facts.history)),
      ("seed", .unsigned(facts.seed)), ("version", .string(facts.version)), ("plan", PlanReport.json(facts.plan)),
      ("outside_arena", PlanReport.outsideJSON(facts.plan)),
    ]
  }

  /// `0 allocations, 0 frees, 0 mappings, page faults: 0 major, 31 minor`.
  private static func text(_ record: SealRecord) -> String {
    func count(_ number: Int?) -> String { number.map(groupedText) ?? "unknown" }
    return "\(count(record.allocations)) allocations, \(count(record.releases)) frees, "
      + "\(count(record.mappings)) mappings; \(count(record.majorFaults)) major and "
      + "\(count(record.minorFaults)) minor faults"
  }

  /// Of an audit, buffers with pages that nobody touched; else null.
  private static func untouched(_ record: SealRecord) -> JSON {
    guard let untouched = record.untouched else { return .null }
    return .array(untouched.map { .object([("name", .string($0.buffer)), ("bytes", .integer($0.bytes))]) })
  }

  /// `0.9940, 95 % interval 0.9869 to 0.9973 (994 of 1,000)`.
  package static func text(_ proportion: Proportion) -> String {
    let (lower, upper) = proportion.interval
    return "\(fixedText(proportion.value, digits: 4)), 95 % interval \(fixedText(lower, digits: 4)) to "
      + "\(fixedText(upper, digits: 4)) (\(groupedText(proportion.successes)) of \(groupedText(proportion.trials)))"
  }

  package static func interval(_ proportion: Proportion?) -> JSON {
    guard let (lower, upper) = proportion?.interval else { return .null }
    return .array([.number(lower), .number(upper)])
  }
}
