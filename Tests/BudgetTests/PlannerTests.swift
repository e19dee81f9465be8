import Budget
import Testing

@Suite struct PlannerTests {
  /// Why there is no layout; nil when there is one.
  private func layoutError(_ planner: consuming Planner) -> BudgetError? {
    do {
      _ = try planner.layout()
      return nil
    } catch { return error }
  }

  /// Offsets of buffers of so many bytes, all of which live all the time.
  private func offsets(_ bytes: [Int]) throws -> [Int] {
    var planner = Planner()
    for (index, count) in bytes.enumerated() {
      _ = planner.reserve(
        "b\(index)", [Extent("bytes", count)], of: UInt8.self, lifetime: .whole, owner: "Tests")
    }
    return try planner.layout().buffers.map(\.offset)
  }

  @Test func placesTheLargestFirstAtCacheLines() throws {
    #expect(try offsets([1, 200, 64]) == [256 + 64, 0, 256])
    #expect(try offsets([64, 64, 64]) == [0, 64, 128])
    #expect(try offsets([65, 64]) == [0, 128])
  }

  @Test func givesEmptyBuffersNoSpace() throws {
    #expect(try offsets([0, 64, 0]) == [0, 0, 0])
    let empty = try Planner().layout()
    #expect(empty.arenaBytes == 0 && empty.ramBytes == 0 && empty.buffers.isEmpty)
  }

  @Test func endsTheArenaWithTheLastByte() throws {
    var planner = Planner()
    _ = planner.reserve("odd", [Extent("values", 3)], of: Double.self, lifetime: .run, owner: "Tests")
    #expect(try planner.layout().arenaBytes == 24)
  }

  @Test func reusesSpaceOfBuffersThatAreOver() throws {
    var planner = Planner()
    let load = Lifetime(.load, through: .spectrum)
    _ = planner.reserve("first", [Extent("bytes", 1000)], of: UInt8.self, lifetime: load, owner: "Tests")
    _ = planner.reserve("second", [Extent("bytes", 900)], of: UInt8.self, lifetime: .run, owner: "Tests")
    let plan = try planner.layout()
    #expect(plan.buffers.map(\.offset) == [0, 0])
    #expect(plan.arenaBytes == 1000)
  }

  @Test func fillsTheGapBelowALaterBuffer() throws {
    var planner = Planner()
    let lifetimes = [
      Lifetime(.load, through: .load), Lifetime(.load, through: .run), Lifetime(.run, through: .run),
    ]
    for (lifetime, bytes) in zip(lifetimes, [512, 256, 128]) {
      _ = planner.reserve(lifetime.name, [Extent("bytes", bytes)], of: UInt8.self, lifetime: lifetime, owner: "Tests")
    }
    let plan = try planner.layout()
    #expect(plan.buffers.map(\.offset) == [0, 512, 0])
    #expect(plan.arenaBytes == 768)
  }

  @Test func writesTheFormula() throws {
    var planner = Planner()
    let shape = [Extent("amplitudes", 128), Extent("re/im", 2), Extent("lanes", 8)]
    let state = planner.reserve("state", shape, of: Double.self, lifetime: .run, owner: "Kernel")
    _ = planner.reserve("index", [], of: UInt32.self, lifetime: .whole, owner: "Kernel")
    let plan = try planner.layout()
    #expect(plan.buffers[0].formula == "amplitudes 128 × re/im 2 × lanes 8 × f64 8 B")
    #expect(plan.buffers[0].bytes == 16384)
    #expect(state.count == 2048)
    #expect(plan.buffers[0].owner == "Kernel" && plan.buffers[0].name == "state")
    #expect(plan.buffers[1].formula == "u32 4 B" && plan.buffers[1].bytes == 4)
    #expect(plan.buffers.map(\.lifetime.name) == ["run", "load–run"])
  }

  @Test(arguments: [
    [1 << 46, 2], [1 << 32, 1 << 32], [.max], [.max, .max], [.max, .max, 2], [1 << 62, 4], [(1 << 43) + 1],
  ])
  func refusesShapesBeyondAnyAddress(_ extents: [Int]) {
    var planner = Planner()
    _ = planner.reserve("fits", [Extent("values", 8)], of: Double.self, lifetime: .run, owner: "Tests")
    let shape = extents.map { Extent("values", $0) }
    _ = planner.reserve("state", shape, of: Double.self, lifetime: .run, owner: "Tests")
    _ = planner.reserve("later", shape, of: Double.self, lifetime: .run, owner: "Tests")
    #expect(layoutError(planner) == .tooLarge(buffer: "state"))
  }

  @Test func acceptsTheLargestSizeOnce() throws {
    var planner = Planner()
    _ = planner.reserve("all", [Extent("values", 1 << 43)], of: Double.self, lifetime: .run, owner: "Tests")
    #expect(try planner.layout().arenaBytes == MemoryPlan.largestBytes)

    planner = Planner()
    _ = planner.reserve("all", [Extent("values", 1 << 43)], of: Double.self, lifetime: .run, owner: "Tests")
    _ = planner.reserve("more", [Extent("values", 1)], of: UInt8.self, lifetime: .run, owner: "Tests")
    #expect(layoutError(planner) == .tooLarge(buffer: "more"))
  }

  @Test(arguments: [[0, .max, .max], [.max, 2, 0], [.max, 0, .max]])
  func takesAZeroExtentAsEmpty(_ extents: [Int]) throws {
    var planner = Planner()
    let shape = extents.map { Extent("values", $0) }
    let empty = planner.reserve("empty", shape, of: Double.self, lifetime: .run, owner: "Tests")
    #expect(try planner.layout().arenaBytes == 0)
    #expect(empty.count == 0)
  }

  @Test(arguments: [Int.max, (1 << 46) - 63]) func refusesASumBeyondAnyAddress(_ bytes: Int) {
    var planner = Planner()
    _ = planner.reserve("line", [Extent("bytes", 64)], of: UInt8.self, lifetime: .run, owner: "Tests")
    planner.declareOutside(OutsideMemory(name: "workspace", formula: "n", bytes: bytes, owner: "Tests"))
    #expect(layoutError(planner) == .tooLarge(buffer: "workspace"))
  }
}
