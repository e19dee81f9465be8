/// The one mapping that holds every buffer of a plan. Before the seal, tables are built in it; `seal()` consumes it
/// and hands back the same memory, watched.
public struct Arena: ~Copyable {
  public let plan: MemoryPlan
  private let mapping: Mapping

  /// Maps the plan's arena, a page that nobody may touch at either end. Pages are zero until first touched.
  /// - Throws: `BudgetError.mappingFailed`.
  public init(_ plan: MemoryPlan) throws(BudgetError) {
    self.mapping = try Mapping(bytes: plan.arenaBytes)
    self.plan = plan
  }

  /// The memory of a reservation. It stays valid as long as this arena or the sealed one made from it.
  /// - Precondition: the reservation was made by the planner of this arena's plan.
  public func buffer<Element>(_ reservation: Reservation<Element>) -> UnsafeMutableBufferPointer<Element> {
    let planned = plan.buffers[reservation.index]
    precondition(planned.bytes == reservation.count * MemoryLayout<Element>.stride, "a reservation of another plan")
    let start = (mapping.base + planned.offset).bindMemory(to: Element.self, capacity: reservation.count)
    return UnsafeMutableBufferPointer(start: start, count: reservation.count)
  }

  /// Ends the preparation: from here on nothing allocates.
  public consuming func seal(_ options: SealOptions = SealOptions()) -> SealedArena {
    SealedArena(plan, mapping, options)
  }
}
