import Budget
import Testing

@Suite struct MemoryPlanTests {
  private static let page = ProcessMemory.pageBytes

  /// 1000 bytes of arena, hence a page, and 24 outside.
  private func plan() throws -> MemoryPlan {
    var planner = Planner()
    _ = planner.reserve("state", [Extent("values", 125)], of: Double.self, lifetime: .run, owner: "Tests")
    planner.declareOutside(OutsideMemory(name: "runtime", formula: "8 B + 8 B", bytes: 16, owner: "Tests"))
    planner.declareOutside(OutsideMemory(name: "workspace", formula: "8 B", bytes: 8, owner: "Tests"))
    return try planner.layout()
  }

  @Test func countsWhatLiesOutside() throws {
    let plan = try plan()
    #expect(plan.arenaBytes == 1000)
    #expect(plan.arenaPageBytes == Self.page && plan.ramBytes == Self.page + 24)
    #expect(plan.outside.map(\.name) == ["runtime", "workspace"])
  }

  @Test func fitsExactly() throws {
    try plan().check(against: Self.page + 24)
    try plan().checkArena(against: 1000)
  }

  @Test func isRefusedForOneByte() throws {
    let plan = try plan()
    let needed = Self.page + 24
    #expect(throws: BudgetError.exceeded(needed: needed, available: needed - 1)) {
      try plan.check(against: needed - 1)
    }
    #expect(throws: BudgetError.arenaExceeded(needed: 1000, available: 999)) { try plan.checkArena(against: 999) }
    #expect(throws: BudgetError.exceeded(needed: needed, available: 0)) { try plan.check(against: 0) }
    #expect(throws: BudgetError.exceeded(needed: needed, available: .min)) { try plan.check(against: .min) }
  }

  @Test(arguments: [(0, 64, 0), (1, 64, 64), (64, 64, 64), (65, 64, 128), (7, 1, 7)])
  func roundsUp(_ value: Int, _ step: Int, _ expected: Int) { #expect(roundUp(value, to: step) == expected) }

  @Test func ordersPhases() {
    #expect(Phase.allCases.map(\.name) == ["load", "spectrum", "reduction", "teach", "run"])
    #expect(Phase.allCases.sorted() == Phase.allCases)
    #expect(Lifetime(.load, through: .spectrum).overlaps(Lifetime(.spectrum, through: .run)))
    #expect(!Lifetime(.load, through: .spectrum).overlaps(Lifetime(.reduction, through: .run)))
    #expect(!Lifetime.run.overlaps(Lifetime(.load, through: .reduction)))
    #expect(Lifetime.whole.overlaps(.run))
  }
}
