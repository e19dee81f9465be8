/// Collects what a run will ever hold. `layout()` consumes the planner, so that reserving after the layout is fixed
/// does not compile.
///
/// The layout is greedy:
/// - buffers are placed one after the other, largest first (ties: in the order of reservation);
/// - each goes to the lowest offset at which it meets no placed buffer whose lifetime overlaps its own;
/// - offsets are multiples of `alignment`.
///
/// It is valid for every input and deterministic. It is not optimal: the best packing of lifetimes is NP-hard, and the
/// plans here have a few dozen buffers of which two or three are large.
public struct Planner: ~Copyable {
  /// Every buffer starts at a multiple of this many bytes: a cache line, and the widest vector of any target.
  public static let alignment = 64

  private var buffers: [PlannedBuffer] = []
  private var outside: [OutsideMemory] = []
  private var overflowed: String?

  private struct Placed {
    let offset: Int
    let end: Int
    let lifetime: Lifetime
  }

  public init() {}

  /// Reserves a buffer of the given shape, outermost dimension first. A shape with a zero in it is an empty buffer,
  /// whatever its other extents; a size beyond any address space is reported by `layout()`.
  /// - Parameter elementName: as a reader of the plan knows the element; needed where it is no number.
  /// - Precondition: no extent is negative.
  public mutating func reserve<Element: BitwiseCopyable>(
    _ name: String, _ shape: [Extent], of element: Element.Type, elementName: String = "", lifetime: Lifetime,
    owner: String
  ) -> Reservation<Element> {
    var bytes = shape.contains { $0.count == 0 } ? 0 : MemoryLayout<Element>.stride
    for extent in shape {
      precondition(extent.count >= 0, "\(name): a negative extent")
      let (product, overflow) = bytes.multipliedReportingOverflow(by: extent.count)
      if overflow || product > MemoryPlan.largestBytes { overflowed = overflowed ?? name }
      bytes = overflow ? 0 : product
    }
    buffers.append(
      PlannedBuffer(
        name: name, shape: shape, element: elementName.isEmpty ? numberName(Element.self) : elementName,
        elementBytes: MemoryLayout<Element>.stride,
        bytes: bytes, lifetime: lifetime, owner: owner, offset: 0))
    return Reservation(index: buffers.count - 1, count: bytes / MemoryLayout<Element>.stride)
  }

  /// Declares memory that lies outside the arena but counts towards the budget.
  /// - Precondition: its size is not negative.
  public mutating func declareOutside(_ memory: OutsideMemory) {
    precondition(memory.bytes >= 0, "\(memory.name): a negative size")
    outside.append(memory)
  }

  /// Fixes every offset.
  /// - Throws: `BudgetError.tooLarge` when a size, or the sum of all, does not fit in the address space.
  public consuming func layout() throws(BudgetError) -> MemoryPlan {
    if let overflowed { throw .tooLarge(buffer: overflowed) }
    // In the order of their offsets; empty buffers meet nobody.
    var placed: [Placed] = []
    let order = buffers.indices.sorted { (buffers[$1].bytes, $0) < (buffers[$0].bytes, $1) }
    var end = 0
    for index in order {
      let buffer = buffers[index]
      var offset = 0
      for neighbour in placed where neighbour.lifetime.overlaps(buffer.lifetime) {
        if offset + buffer.bytes <= neighbour.offset { break }
        offset = max(offset, roundUp(neighbour.end, to: Self.alignment))
      }
      let (bufferEnd, overflow) = offset.addingReportingOverflow(buffer.bytes)
      if overflow || bufferEnd > MemoryPlan.largestBytes { throw .tooLarge(buffer: buffer.name) }
      buffers[index].offset = offset
      end = max(end, bufferEnd)
      if buffer.bytes > 0 {
        let place = placed.firstIndex { $0.offset > offset } ?? placed.count
        placed.insert(Placed(offset: offset, end: bufferEnd, lifetime: buffer.lifetime), at: place)
      }
    }
    var total = end
    for memory in outside {
      let (sum, overflow) = total.addingReportingOverflow(memory.bytes)
      if overflow || sum > MemoryPlan.largestBytes { throw .tooLarge(buffer: memory.name) }
      total = sum
    }
    return MemoryPlan(buffers: buffers, outside: outside, arenaBytes: end)
  }
}

private func numberName<Element>(_ type: Element.Type) -> String {
  switch type {
  case is Double.Type: "f64"
  case is Float.Type: "f32"
  case is UInt32.Type: "u32"
  case is Int32.Type: "i32"
  case is UInt16.Type: "u16"
  case is UInt.Type, is UInt64.Type: "u64"
  case is Int.Type, is Int64.Type: "i64"
  case is UInt8.Type: "byte"
  default: preconditionFailure("an element without a name")
  }
}

/// The least multiple of `step` that is at least `value`. - Precondition: `step > 0`.
public func roundUp(_ value: Int, to step: Int) -> Int { (value + step - 1) / step * step }
