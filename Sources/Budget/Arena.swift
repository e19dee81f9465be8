import CSupport

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The one mapping that holds every buffer of a plan. Before the seal, tables are built in it; `seal()` consumes it
/// and hands back the same memory with the allocation count taken.
public struct Arena: ~Copyable {
  public let plan: MemoryPlan
  private let memory: Memory

  /// Maps the plan's arena. Pages are zero until first touched.
  /// - Throws: `BudgetError.mappingFailed`.
  public init(_ plan: MemoryPlan) throws(BudgetError) {
    self.plan = plan
    self.memory = try Memory(bytes: max(plan.arenaBytes, 1))
  }

  /// The memory of a reservation. It stays valid as long as this arena or the sealed one made from it.
  /// - Precondition: the reservation was made by the planner of this arena's plan.
  public func buffer<Element>(_ reservation: Reservation<Element>) -> UnsafeMutableBufferPointer<Element> {
    let planned = plan.buffers[reservation.index]
    precondition(planned.bytes == reservation.count * MemoryLayout<Element>.stride, "a reservation of another plan")
    let start = (memory.base + planned.offset).bindMemory(to: Element.self, capacity: reservation.count)
    return UnsafeMutableBufferPointer(start: start, count: reservation.count)
  }

  /// Ends the preparation: from here on nothing allocates.
  public consuming func seal() -> SealedArena { SealedArena(plan: plan, memory: memory) }
}

/// The arena after the seal. It offers no way to reserve, only to count what was allocated since.
public struct SealedArena: ~Copyable {
  public let plan: MemoryPlan
  private let memory: Memory
  private let allocationsAtSeal: Int64

  fileprivate init(plan: MemoryPlan, memory: Memory) {
    self.plan = plan
    self.memory = memory
    self.allocationsAtSeal = qkd_allocation_count()
  }

  /// Heap allocations of the whole process since the seal, or nil where they cannot be counted.
  public var allocationsSinceSeal: Int? {
    allocationsAtSeal < 0 ? nil : Int(qkd_allocation_count() - allocationsAtSeal)
  }
}

/// A private anonymous mapping, unmapped when the last arena that holds it goes.
private final class Memory: Sendable {
  nonisolated(unsafe) let base: UnsafeMutableRawPointer
  let bytes: Int

  init(bytes: Int) throws(BudgetError) {
    let mapping = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    guard let mapping, mapping != MAP_FAILED else { throw .mappingFailed(bytes: bytes, errno: errno) }
    self.base = mapping
    self.bytes = bytes
  }

  deinit { munmap(base, bytes) }
}
