import Budget
import Files
import Settings

/// The memory plan, as a table and as JSON. `plan` and the runs print the same from here.
public enum PlanReport {
  /// Buffers of the arena, what lies outside it, and the sums beside the budget.
  public static func text(_ plan: MemoryPlan, romBytes: Int, budgetBytes: Int, arenaBudgetBytes: Int? = nil) -> String {
    var table = TextTable([.left, .right, .right])
    table.add(["buffer", "bytes", "offset"])
    table.add(line: "  lifetime, owner: shape")
    func add(_ name: String, _ bytes: Int, _ remark: String, offset: Int? = nil) {
      table.add([name, groupedText(bytes), offset.map(groupedText) ?? ""])
      table.add(line: "  " + remark)
    }
    func addLeft(_ what: String, _ bytes: Int) {
      add(bytes < 0 ? "missing" : "free", abs(bytes), "\(what): \(ByteSize.short(abs(bytes)))")
    }
    for buffer in plan.buffers {
      add(
        buffer.name, buffer.bytes, "\(buffer.lifetime.name), \(buffer.owner): \(buffer.formula)", offset: buffer.offset)
    }
    add("arena", plan.arenaBytes, "offsets end here; in whole pages: \(groupedText(plan.arenaPageBytes))")
    for memory in plan.outside { add(memory.name, memory.bytes, "outside, \(memory.owner): \(memory.formula)") }
    add("RAM", plan.ramBytes, "arena's pages and outside: \(ByteSize.short(plan.ramBytes))")
    add("budget", budgetBytes, "RAM: " + ByteSize.short(budgetBytes))
    addLeft("RAM", budgetBytes - plan.ramBytes)
    if let arenaBudgetBytes {
      add("arena budget", arenaBudgetBytes, ByteSize.short(arenaBudgetBytes))
      addLeft("arena", arenaBudgetBytes - plan.arenaBytes)
    }
    add("ROM", romBytes, "the program's read-only segments, shared: \(ByteSize.short(romBytes))")
    return table.text
  }

  /// An array of the buffers.
  public static func json(_ plan: MemoryPlan) -> JSON {
    .array(
      plan.buffers.map { buffer in
        .object([
          ("name", .string(buffer.name)), ("formula", .string(buffer.formula)),
          (
            "shape",
            .array(
              buffer.shape.map { .object([("label", .string($0.label)), ("count", .integer($0.count))]) })
          ), ("element", .string(buffer.element)), ("bytes", .integer(buffer.bytes)),
          ("offset", .integer(buffer.offset)),
          ("lifetime", .array([.string(buffer.lifetime.first.name), .string(buffer.lifetime.last.name)])),
          ("owner", .string(buffer.owner)),
        ])
      })
  }

  /// An array of what lies outside the arena.
  public static func outsideJSON(_ plan: MemoryPlan) -> JSON {
    .array(
      plan.outside.map {
        .object([
          ("name", .string($0.name)), ("formula", .string($0.formula)), ("bytes", .integer($0.bytes)),
          ("owner", .string($0.owner)),
        ])
      })
  }
}
