import Budget
import Testing

@Suite struct MemoryPlanTests {
  /// 1000 bytes of arena, and 24 outside.
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
    #expect(plan.totalBytes == 1024)
    #expect(plan.outside.map(\.name) == ["runtime", "workspace"])
  }

  @Test func fitsExactly() throws {
    try plan().check(against: 1024)
    try plan().checkArena(against: 1000)
  }

  @Test func isRefusedForOneByte() throws {
    let plan = try plan()
    #expect(throws: BudgetError.exceeded(needed: 1024, available: 1023)) { try plan.check(against: 1023) }
    #expect(throws: BudgetError.arenaExceeded(needed: 1000, available: 999)) { try plan.checkArena(against: 999) }
    #expect(throws: BudgetError.exceeded(needed: 1024, available: 0)) { try plan.check(against: 0) }
    #expect(throws: BudgetError.exceeded(needed: 1024, available: .min)) { try plan.check(against: .min) }
  }

  /// The start is given back before the arena is mapped: the plan is the larger of the two, not their sum.
  @Test(arguments: [(0, 1024), (1024, 1024), (1025, 1025)])
  func holdsItsStart(_ start: Int, _ total: Int) throws {
    var planner = Planner()
    planner.declareStart(bytes: start)
    planner.declareOutside(OutsideMemory(name: "library", formula: "24", bytes: 24, owner: "test"))
    _ = planner.reserve("buffer", [Extent("bytes", 1000)], of: UInt8.self, lifetime: .whole, owner: "test")
    let plan = try planner.layout()
    #expect(plan.totalBytes == total)
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
