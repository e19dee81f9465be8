import Budget
import Glibc
import Testing

@Suite struct ArenaTests {
  @Test func handsOutThePlannedMemory() throws {
    var planner = Planner()
    let bytes = planner.reserve("bytes", [Extent("bytes", 5)], of: UInt8.self, lifetime: .whole, owner: "Tests")
    let values = planner.reserve(
      "values", [Extent("rows", 3), Extent("columns", 7)], of: Double.self, lifetime: .whole, owner: "Tests")
    let none = planner.reserve("none", [Extent("values", 0)], of: Double.self, lifetime: .whole, owner: "Tests")
    let arena = try Arena(planner.layout())
    #expect(arena.buffer(bytes).count == 5)
    #expect(arena.buffer(values).count == 21)
    #expect(arena.buffer(none).count == 0)
    #expect(arena.buffer(values).allSatisfy { $0 == 0 })

    for index in 0..<21 { arena.buffer(values)[index] = Double(index) }
    for index in 0..<5 { arena.buffer(bytes)[index] = 255 }
    #expect(arena.buffer(values).elementsEqual((0..<21).map(Double.init)))
    for address in [
      UInt(bitPattern: arena.buffer(values).baseAddress), UInt(bitPattern: arena.buffer(bytes).baseAddress),
    ] {
      #expect(address.isMultiple(of: UInt(Planner.alignment)))
    }
  }

  @Test func keepsItsMemoryOverTheSeal() throws {
    var planner = Planner()
    let values = planner.reserve("values", [Extent("values", 9)], of: Int.self, lifetime: .whole, owner: "Tests")
    let arena = try Arena(planner.layout())
    let buffer = arena.buffer(values)
    buffer[8] = 42
    let sealed = arena.seal()
    #expect(buffer[8] == 42)
    #expect(sealed.plan.arenaBytes == 72)
  }

  @Test func mapsAnEmptyPlan() throws {
    let sealed = try Arena(Planner().layout()).seal()
    #expect(sealed.plan.arenaBytes == 0)
  }

  #if canImport(Glibc)
    @Test func saysHowMuchTheSystemRefused() async {
      await #expect(processExitsWith: .success) {
        var limit = rlimit(rlim_cur: 1 << 40, rlim_max: 1 << 40)
        setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
        var planner = Planner()
        _ = planner.reserve("all", [Extent("bytes", 1 << 41)], of: UInt8.self, lifetime: .run, owner: "Tests")
        let plan = try planner.layout()
        do throws(BudgetError) {
          _ = try Arena(plan)
        } catch {
          exit(error == .mappingFailed(bytes: 1 << 41, errno: ENOMEM) ? EXIT_SUCCESS : EXIT_FAILURE)
        }
        exit(EXIT_FAILURE)
      }
    }
  #endif

  @Test func stopsForAReservationOfAnotherPlan() async {
    await #expect(processExitsWith: .failure) {
      var planner = Planner()
      let large = planner.reserve("large", [Extent("values", 9)], of: Int.self, lifetime: .whole, owner: "Tests")
      var other = Planner()
      _ = other.reserve("small", [Extent("values", 8)], of: Int.self, lifetime: .whole, owner: "Tests")
      let arena = try Arena(other.layout())
      _ = arena.buffer(large)
    }
  }
}
