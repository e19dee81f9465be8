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
  private var startBytes = 0
  private var overflowed: String?

  public init() {}

  /// Reserves a buffer of the given shape, outermost dimension first. A shape with a zero in it is an empty buffer,
  /// whatever its other extents; a size beyond any address space is reported by `layout()`.
  /// - Precondition: no extent is negative.
  public mutating func reserve<Element: BitwiseCopyable>(
    _ name: String, _ shape: [Extent], of element: Element.Type, lifetime: Lifetime, owner: String
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
        name: name, shape: shape, element: elementName(Element.self), elementBytes: MemoryLayout<Element>.stride,
        bytes: bytes, lifetime: lifetime, owner: owner, offset: 0))
    return Reservation(index: buffers.count - 1, count: bytes / MemoryLayout<Element>.stride)
  }

  /// Declares memory that lies outside the arena but counts towards the budget.
  /// - Precondition: its size is not negative.
  public mutating func declareOutside(_ memory: OutsideMemory) {
    precondition(memory.bytes >= 0, "\(memory.name): a negative size")
    outside.append(memory)
  }

  /// Declares what the process holds before the arena is mapped, and gives back by then.
  public mutating func declareStart(bytes: Int) { startBytes = max(startBytes, bytes) }

  /// Fixes every offset.
  /// - Throws: `BudgetError.tooLarge` when a size, or the sum of all, does not fit in the address space.
  public consuming func layout() throws(BudgetError) -> MemoryPlan {
    if let overflowed { throw .tooLarge(buffer: overflowed) }
    var placed: [Int] = []
    let order = buffers.indices.sorted { (buffers[$1].bytes, $0) < (buffers[$0].bytes, $1) }
    var end = 0
    for index in order {
      let buffer = buffers[index]
      let neighbours =
        placed.map { buffers[$0] }
        .filter { $0.lifetime.overlaps(buffer.lifetime) }
        .sorted { ($0.offset, $0.bytes) < ($1.offset, $1.bytes) }
      var offset = 0
      for neighbour in neighbours where neighbour.bytes > 0 {
        if offset + buffer.bytes <= neighbour.offset { break }
        offset = max(offset, roundUp(neighbour.offset + neighbour.bytes, to: Self.alignment))
      }
      let (bufferEnd, overflow) = offset.addingReportingOverflow(buffer.bytes)
      if overflow || bufferEnd > MemoryPlan.largestBytes { throw .tooLarge(buffer: buffer.name) }
      buffers[index].offset = offset
      end = max(end, bufferEnd)
      placed.append(index)
    }
    var total = end
    for memory in outside {
      let (sum, overflow) = total.addingReportingOverflow(memory.bytes)
      if overflow || sum > MemoryPlan.largestBytes { throw .tooLarge(buffer: memory.name) }
      total = sum
    }
    return MemoryPlan(buffers: buffers, outside: outside, arenaBytes: end, startBytes: startBytes)
  }
}

private func elementName<Element>(_ type: Element.Type) -> String {
  switch type {
  case is Double.Type: "f64"
  case is Float.Type: "f32"
  case is UInt32.Type: "u32"
  case is Int32.Type: "i32"
  case is UInt16.Type: "u16"
  case is UInt64.Type: "u64"
  case is Int.Type, is Int64.Type: "i64"
  case is UInt8.Type: "byte"
  default: String(describing: type)
  }
}

/// The least multiple of `step` that is at least `value`. - Precondition: `step > 0`.
public func roundUp(_ value: Int, to step: Int) -> Int { (value + step - 1) / step * step }
