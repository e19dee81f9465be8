import Budget
import Files
import Settings

/// The memory plan, as a table and as JSON. `plan` and the runs print the same from here.
public enum PlanReport {
  /// Buffers of the arena, what lies outside it, and the sums beside the budget.
  public static func text(_ plan: MemoryPlan, romBytes: Int, budgetBytes: Int, arenaBudgetBytes: Int? = nil) -> String {
    var table = TextTable([.left, .right, .right, .left])
    table.add(["buffer", "bytes", "offset", "lifetime, owner"])
    for buffer in plan.buffers {
      table.add([
        buffer.name, groupedText(buffer.bytes), groupedText(buffer.offset), "\(buffer.lifetime.name), \(buffer.owner)",
      ])
      table.add(line: "  " + buffer.formula)
    }
    func add(_ cells: [String]) {
      table.add(Array(cells.dropLast()) + [""])
      table.add(line: "  " + cells.last!)
    }
    add(total("arena", "offsets end here; in whole pages: \(groupedText(plan.arenaPageBytes))", plan.arenaBytes))
    for memory in plan.outside {
      table.add([memory.name, groupedText(memory.bytes), "", "outside, \(memory.owner)"])
      table.add(line: "  " + memory.formula)
    }
    add(total("RAM", "arena's pages and outside: \(ByteSize.short(plan.ramBytes))", plan.ramBytes))
    add(total("budget", "RAM: " + ByteSize.short(budgetBytes), budgetBytes))
    add(left("RAM", budgetBytes - plan.ramBytes))
    if let arenaBudgetBytes {
      add(total("arena budget", ByteSize.short(arenaBudgetBytes), arenaBudgetBytes))
      add(left("arena", arenaBudgetBytes - plan.arenaBytes))
    }
    add(total("ROM", "the program's read-only segments, shared: \(ByteSize.short(romBytes))", romBytes))
    return table.text
  }

  private static func total(_ name: String, _ remark: String, _ bytes: Int) -> [String] {
    [name, groupedText(bytes), "", remark]
  }

  private static func left(_ what: String, _ bytes: Int) -> [String] {
    total(bytes < 0 ? "missing" : "free", "\(what): \(ByteSize.short(abs(bytes)))", abs(bytes))
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
