import Budget
import Testing

#if canImport(Glibc)
  import Glibc

  /// The count is of the whole process, so each test has a process of its own.
  @Suite struct AllocationCountTests {
    @Test func isZeroWhereNothingAllocates() async {
      await #expect(processExitsWith: .success) {
        var planner = Planner()
        let values = planner.reserve("values", [Extent("values", 512)], of: Double.self, lifetime: .run, owner: "Tests")
        let arena = try Arena(planner.layout())
        let buffer = arena.buffer(values)
        let sealed = arena.seal()
        for round in 1...100 {
          for index in buffer.indices { buffer[index] += Double(round) }
        }
        let count = sealed.end().allocations
        guard count == 0, buffer[511] == 5050 else { exit(EXIT_FAILURE) }
      }
    }

    @Test func countsCallsOfTheCLibrary() async {
      await #expect(processExitsWith: .success) {
        var planner = Planner()
        // The addresses go where the optimiser cannot follow; it leaves out memory that nobody sees.
        let seen = planner.reserve("seen", [Extent("addresses", 5)], of: UInt.self, lifetime: .run, owner: "Tests")
        let arena = try Arena(planner.layout())
        let addresses = arena.buffer(seen)
        let sealed = arena.seal()
        addresses[0] = UInt(bitPattern: malloc(8))
        addresses[1] = UInt(bitPattern: calloc(2, 8))
        addresses[2] = UInt(bitPattern: aligned_alloc(64, 64))
        addresses[3] = UInt(bitPattern: realloc(UnsafeMutableRawPointer(bitPattern: addresses[0]), 1 << 20))
        var aligned: UnsafeMutableRawPointer?
        posix_memalign(&aligned, 64, 64)
        addresses[4] = UInt(bitPattern: aligned)
        guard sealed.end().allocations == 5, addresses.allSatisfy({ $0 != 0 }) else { exit(EXIT_FAILURE) }
      }
    }

    @Test func countsSwiftArrays() async {
      await #expect(processExitsWith: .success) {
        let sealed = try Arena(Planner().layout()).seal()
        let array = [Int](repeating: 1, count: Int(getpid()))
        guard let count = sealed.end().allocations, count > 0, array[0] == 1 else { exit(EXIT_FAILURE) }
      }
    }
  }
#endif
