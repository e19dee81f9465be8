import Budget
import Testing

/// Steele, Lea and Flood's SplitMix64: the same plans in every run.
private struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

@Suite struct RandomPlanTests {
  private func randomPlan(_ seed: UInt64) throws -> MemoryPlan {
    var random = SplitMix64(state: seed)
    var planner = Planner()
    for index in 0..<Int.random(in: 0...40, using: &random) {
      let first = Phase.allCases.randomElement(using: &random) ?? .load
      let last = Phase.allCases.filter { $0 >= first }.randomElement(using: &random) ?? .run
      // Sizes over five decades, with zeros and cache lines among them.
      let size = [0, 1, 63, 64, 65, 1000, 4096, 100_000].randomElement(using: &random) ?? 0
      let shape = [Extent("values", size), Extent("lanes", Int.random(in: 1...8, using: &random))]
      _ = planner.reserve(
        "b\(index)", shape, of: Float.self, lifetime: Lifetime(first, through: last), owner: "Tests")
    }
    return try planner.layout()
  }

  /// Phases in which both buffers' contents matter, counted one by one: not by the rule that the planner uses.
  private func meet(_ left: Lifetime, _ right: Lifetime) -> Bool {
    Phase.allCases.contains { phase in
      [left, right].allSatisfy { $0.first.rawValue <= phase.rawValue && phase.rawValue <= $0.last.rawValue }
    }
  }

  @Test func neverGivesAByteToTwoLivingBuffers() throws {
    var shared = 0
    var neighbours = 0
    for seed in 0..<UInt64(400) {
      let plan = try randomPlan(seed)
      #expect(plan.arenaBytes == plan.buffers.map { $0.offset + $0.bytes }.max() ?? 0, "seed \(seed)")
      for (index, left) in plan.buffers.enumerated() {
        #expect(left.offset >= 0 && left.offset.isMultiple(of: Planner.alignment), "seed \(seed): \(left)")
        for right in plan.buffers[..<index] {
          let sharesBytes = max(left.offset, right.offset) < min(left.offset + left.bytes, right.offset + right.bytes)
          let lives = meet(left.lifetime, right.lifetime)
          if sharesBytes && lives { Issue.record("seed \(seed): \(left) and \(right)") }
          if sharesBytes { shared += 1 }
          if lives { neighbours += 1 }
        }
      }
    }
    // The check above saw both kinds of pairs.
    #expect(shared > 1000)
    #expect(neighbours > 10_000)
  }

  @Test func laysTheSamePlanOutTheSame() throws {
    for seed in 0..<UInt64(20) { #expect(try randomPlan(seed) == randomPlan(seed)) }
  }

  @Test func needsNoMoreThanAllBuffersSideBySide() throws {
    for seed in 0..<UInt64(400) {
      let plan = try randomPlan(seed)
      let sideBySide = plan.buffers.reduce(0) { $0 + roundUp($1.bytes, to: Planner.alignment) }
      let mostAtOnce = Phase.allCases.map { phase in
        plan.buffers.filter { $0.lifetime.first <= phase && phase <= $0.lifetime.last }.reduce(0) { $0 + $1.bytes }
      }
      #expect(plan.arenaBytes <= sideBySide, "seed \(seed)")
      #expect(plan.arenaBytes >= mostAtOnce.max() ?? 0, "seed \(seed)")
    }
  }
}
