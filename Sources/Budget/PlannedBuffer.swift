/// One dimension of a buffer: what it counts, and how many there are.
public struct Extent: Sendable, Equatable {
  public let label: String
  public let count: Int

  public init(_ label: String, _ count: Int) {
    self.label = label
    self.count = count
  }
}

/// One line of the memory plan: a buffer of the arena.
public struct PlannedBuffer: Sendable, Equatable {
  public let name: String
  /// Outermost dimension first; the last one is contiguous.
  public let shape: [Extent]
  /// The element's type as a reader knows it: `f64`, `f32`, `u32`, …
  public let element: String
  public let elementBytes: Int
  /// The product of the shape and the element's size.
  public let bytes: Int
  public let lifetime: Lifetime
  /// The module that fills the buffer.
  public let owner: String
  /// Bytes from the start of the arena; a multiple of `Planner.alignment`.
  public internal(set) var offset: Int

  /// How the size comes about, e.g. `amplitudes 128 × re/im 2 × lanes 8 × f64 8 B`.
  public var formula: String {
    var text = ""
    for extent in shape { text += "\(extent.label) \(extent.count) × " }
    return text + "\(element) \(elementBytes) B"
  }
}

/// Memory of the process outside the arena: a library's workspace, the heap, stacks, variables.
public struct OutsideMemory: Sendable, Equatable {
  public let name: String
  public let formula: String
  public let bytes: Int
  public let owner: String

  public init(name: String, formula: String, bytes: Int, owner: String) {
    self.name = name
    self.formula = formula
    self.bytes = bytes
    self.owner = owner
  }
}

/// Where a reserved buffer lies; the arena turns it into memory.
public struct Reservation<Element: BitwiseCopyable>: Sendable {
  public let index: Int
  public let count: Int
}
