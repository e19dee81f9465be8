import Files
import Sessions
import Settings

extension PlannedRun {
  /// The memory plan, how the job would run, and where each of its settings comes from.
  public func text(_ resolution: Resolution) -> String {
    var facts = TextTable([.left, .left])
    facts.add(["job", job.rawValue])
    let threads = counted(self.threads, "thread", "threads")
    facts.add(["runs with", "\(precision), \(counted(lanes, "lane", "lanes")), \(threads), history \(history)"])
    var settings = TextTable([.left, .left])
    settings.add(["setting", "value (where it comes from)"])
    for key in SettingKey.all where key.jobs.contains(job) {
      guard let value = key.read(resolution.settings) else { continue }
      let origin = resolution.origin(key.name)
      settings.add([key.name, "\(value.text) (\(origin.place ?? origin.kind))"])
    }
    let plan = PlanReport.text(
      plan, romBytes: romBytes, budgetBytes: memoryBudgetBytes, arenaBudgetBytes: arenaBudgetBytes)
    return plan + "\n" + facts.text + "\n" + settings.text
  }

  /// `settings` has every key, also those that the job does not read.
  public func json(_ resolution: Resolution) -> JSON {
    let settings = SettingKey.all.compactMap { key -> (String, JSON)? in
      guard let value = key.read(resolution.settings) else { return nil }
      let origin = resolution.origin(key.name)
      return (
        key.name, .object([("value", value), ("origin", .string(origin.kind)), ("place", .optional(origin.place))])
      )
    }
    let fits =
      plan.ramBytes <= memoryBudgetBytes && plan.arenaBytes <= arenaBudgetBytes ?? plan.arenaBytes
    return .object([
      ("job", .string(job.rawValue)), ("fits", .boolean(fits)), ("arena_bytes", .integer(plan.arenaBytes)),
      ("ram_planned_bytes", .integer(plan.ramBytes)), ("ram_budget_bytes", .integer(memoryBudgetBytes)),
      ("rom_bytes", .integer(romBytes)),
      ("arena_budget_bytes", .optional(arenaBudgetBytes)), ("precision", .string(precision)),
      ("lanes", .integer(lanes)), ("threads", .integer(threads)), ("history", .string(history)),
      ("plan", PlanReport.json(plan)), ("outside_arena", PlanReport.outsideJSON(plan)),
      ("settings", .object(settings)), ("version", .string(programVersion)),
    ])
  }
}
