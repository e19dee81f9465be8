import Budget
import Testing

#if canImport(Glibc)
  import Glibc

  /// What a seal does concerns the whole process, so each test has a process of its own.
  @Suite struct SealedArenaTests {
    private static func audit() -> SealOptions {
      var options = SealOptions()
      options.audits = true
      return options
    }

    private static func limits() -> SealOptions {
      var options = SealOptions()
      options.limits = true
      return options
    }

    private func audited(_ result: ExitTest.Result?, _ call: String) throws {
      let message = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
      #expect(message.contains("qkd-run: \(call) was called after the seal, which host.audit forbids"), "\(message)")
      // The call, the test, and what called that.
      #expect(message.split(separator: " ").count { $0.hasPrefix("0x") } >= 3, "\(message)")
    }

    @Test func anAuditEndsAtTheFirstAllocation() async throws {
      let result = await #expect(processExitsWith: .exitCode(70), observing: [\.standardErrorContent]) {
        let sealed = try Arena(Planner().layout()).seal(Self.audit())
        let array = [Int](repeating: 1, count: Int(getpid()))
        exit(sealed.end().allocations == 0 && array[0] == 0 ? 1 : 0)
      }
      try audited(result, "malloc")
    }

    @Test func anAuditEndsAtTheFirstRelease() async throws {
      let result = await #expect(processExitsWith: .exitCode(70), observing: [\.standardErrorContent]) {
        // A path: calls of malloc and free that nobody sees are left out by the optimiser.
        let memory = realpath("/", nil)
        let sealed = try Arena(Planner().layout()).seal(Self.audit())
        free(memory)
        exit(sealed.end().releases == 0 ? 1 : 0)
      }
      try audited(result, "free")
    }

    @Test func anAuditEndsAtTheFirstMapping() async throws {
      let result = await #expect(processExitsWith: .exitCode(70), observing: [\.standardErrorContent]) {
        let sealed = try Arena(Planner().layout()).seal(Self.audit())
        let memory = mmap(nil, 1 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        exit(sealed.end().mappings == 0 && memory == nil ? 1 : 0)
      }
      try audited(result, "mmap")
    }

    @Test func anAuditIsOverAtTheEnd() async {
      await #expect(processExitsWith: .success) {
        let sealed = try Arena(Planner().layout()).seal(Self.audit())
        let record = sealed.end()
        guard record.allocations == 0, record.releases == 0, record.mappings == 0, record.growthBytes == 0,
          record.majorFaults == 0, record.minorFaults == 0, record.untouched == []
        else { exit(EXIT_FAILURE) }
        free(malloc(1000))
      }
    }

    @Test func countsReleasesMappingsAndFaults() async {
      await #expect(processExitsWith: .success) {
        let memory = realpath("/", nil)
        let sealed = try Arena(Planner().layout()).seal()
        free(memory)
        free(nil)
        let mapped = mmap(nil, 3 << 12, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)!
        for page in 0..<3 { mapped.storeBytes(of: 1, toByteOffset: page << 12, as: UInt8.self) }
        let record = sealed.end()
        guard record.releases == 1, record.mappings == 1, record.growthBytes == 3 << 12, record.minorFaults! >= 3,
          record.untouched == nil
        else { exit(EXIT_FAILURE) }
      }
    }

    /// The arena's pages and the stack's are there at the seal: using them faults no more.
    @Test func touchesTheArenaBeforehand() async {
      await #expect(processExitsWith: .success) {
        var planner = Planner()
        let shape = [Extent("values", 1 << 17)]
        let values = planner.reserve("values", shape, of: Int.self, lifetime: .run, owner: "Tests")
        let arena = try Arena(planner.layout())
        let buffer = arena.buffer(values)
        let sealed = arena.seal()
        for index in 0..<buffer.count { buffer[index] = index }
        let record = sealed.end()
        guard record.minorFaults! < 8, buffer[12345] == 12345 else { exit(EXIT_FAILURE) }
      }
    }

    @Test func anAuditNamesWhatWasNeverTouched() async {
      await #expect(processExitsWith: .success) {
        var planner = Planner()
        let page = sysconf(Int32(_SC_PAGESIZE))
        let used = planner.reserve("used", [Extent("bytes", 4 * page)], of: UInt8.self, lifetime: .run, owner: "Tests")
        _ = planner.reserve("idle", [Extent("bytes", 3 * page)], of: UInt8.self, lifetime: .run, owner: "Tests")
        let arena = try Arena(planner.layout())
        let buffer = arena.buffer(used)
        let sealed = arena.seal(Self.audit())
        for index in buffer.indices where index.isMultiple(of: page) { buffer[index] = 1 }
        guard sealed.end().untouched == [SealRecord.Untouched(buffer: "idle", bytes: 3 * page)] else {
          exit(EXIT_FAILURE)
        }
      }
    }

    @Test(arguments: [-1, 0]) func stopsBesideTheArena(_ side: Int) async {
      await #expect(processExitsWith: .failure) { [side = side as Int] in
        var planner = Planner()
        let page = sysconf(Int32(_SC_PAGESIZE))
        let bytes = planner.reserve("bytes", [Extent("bytes", page)], of: UInt8.self, lifetime: .run, owner: "Tests")
        let arena = try Arena(planner.layout())
        let buffer = arena.buffer(bytes)
        (buffer.baseAddress! + (side < 0 ? side : page)).pointee = 1
      }
    }

    /// A page that is not full leaves up to 63 bytes behind the arena: a write there shows at the end.
    @Test(arguments: [1000, 999]) func anArenaThatIsOneByteSmallerFails(_ bytes: Int) async {
      await #expect(processExitsWith: bytes == 1000 ? .success : .failure) { [bytes = bytes as Int] in
        var planner = Planner()
        let plan = planner.reserve("bytes", [Extent("bytes", bytes)], of: UInt8.self, lifetime: .run, owner: "Tests")
        let arena = try Arena(planner.layout())
        let start = arena.buffer(plan).baseAddress!
        let sealed = arena.seal()
        for index in 0..<1000 { start[index] = 1 }
        _ = sealed.end()
      }
    }

    @Test func nothingMoreCanBeMappedUntilTheEnd() async {
      await #expect(processExitsWith: .success) {
        func map() -> Bool {
          mmap(nil, 1 << 16, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED
        }
        let sealed = try Arena(Planner().layout()).seal(Self.limits())
        var data = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &data)
        let during = map()
        let error = errno
        let planned = sealed.plan.ramBytes
        _ = sealed.end()
        guard !during, error == ENOMEM, data.rlim_cur == rlim_t(planned), map() else { exit(EXIT_FAILURE) }
      }
    }

    @Test func memoryThatIsRefusedEndsTheProcess() async throws {
      let result = await #expect(processExitsWith: .exitCode(71), observing: [\.standardErrorContent]) {
        let sealed = try Arena(Planner().layout()).seal(Self.limits())
        let array = [UInt8](repeating: 1, count: 1 << 30 + Int(getpid()))
        exit(sealed.end().allocations == 0 && array[0] == 0 ? 1 : 0)
      }
      let message = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
      #expect(message.contains("bytes of memory; no unfinished file is left"), "\(message)")
    }

    @Test func lockingSaysWhatIsAllowed() async {
      await #expect(processExitsWith: .success) {
        var none = rlimit(rlim_cur: 4096, rlim_max: 4096)
        setrlimit(__rlimit_resource_t(__RLIMIT_MEMLOCK.rawValue), &none)
        // A privileged user may lock all.
        if getuid() == 0 {
          do { try lockMemory() } catch { exit(EXIT_FAILURE) }
          munlockall()
          setuid(65534)
        }
        do throws(BudgetError) { try lockMemory() } catch {
          guard case .lockRefused(let bytes, allowed: 4096, _) = error, bytes > 1 << 20 else { exit(EXIT_FAILURE) }
          exit(EXIT_SUCCESS)
        }
        exit(EXIT_FAILURE)
      }
    }
  }
#endif
