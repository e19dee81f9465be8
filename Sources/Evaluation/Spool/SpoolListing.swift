import Budget
import Files
import Glibc

/// The names in the inbox that are to be looked at next, in the order of their bytes: the first so many, however many
/// files there are. Its memory is taken once.
final class SpoolListing {
  /// So many names at a time.
  static let capacity = 512
  private static let slotBytes = 256

  /// Twice as many are gathered before the larger half is dropped.
  private let slots: UnsafeMutablePointer<UInt8>
  /// `[0..<count]`: the slots of names, `[count...]`: free ones.
  private let order: UnsafeMutableBufferPointer<Int32>
  private var count = 0
  /// The slot of the largest name that is kept for certain; nil: all are.
  private var limit: Int32?

  init() {
    slots = .allocate(capacity: 2 * Self.capacity * Self.slotBytes)
    order = .allocate(capacity: 2 * Self.capacity)
    for index in order.indices { order[index] = Int32(index) }
  }

  deinit {
    slots.deallocate()
    order.deallocate()
  }

  static func declare(in planner: inout Planner) {
    planner.declareOutside(
      OutsideMemory(
        name: "spool names", formula: "names 2 × \(capacity) × \(slotBytes + 4) B + folder streams 2 × 32 KiB",
        bytes: 2 * capacity * (slotBytes + 4) + 2 * (32 << 10), owner: "Evaluation"))
  }

  /// - Parameters:
  ///   - last: names up to this one are passed over; nil: none.
  ///   - asksAll: whether every name is asked for, or those alone that may be among the first.
  ///   - isWanted: asked for names that are not hidden, nor folders as far as is known. The name is valid during the
  ///     call; it ends with a NUL.
  /// - Throws: `FileError`.
  func names(
    in folder: borrowing Folder, after last: FileName?, asksAll: Bool = false,
    where isWanted: (UnsafePointer<CChar>, _ length: Int) -> Bool
  ) throws(FileError) -> [FileName] {
    count = 0
    limit = nil
    try folder.forEachName { name, isFolder in
      let length = strlen(name)
      if isFolder || name[0] == CChar(bitPattern: UInt8(ascii: ".")) || length >= Self.slotBytes { return }
      if let last, last.withCString({ compare(name, $0) }) <= 0 { return }
      let isFirst = limit.map { compare(name, slot($0)) < 0 } ?? true
      if (isFirst || asksAll) && isWanted(name, length) && isFirst { add(name, length) }
    }
    sort()
    count = min(count, Self.capacity)
    return order[..<count].map { index in
      let name = slot(index)
      return FileName(UnsafeRawBufferPointer(start: name, count: strlen(name)))
    }
  }

  private func slot(_ index: Int32) -> UnsafePointer<CChar> {
    UnsafeRawPointer(slots + Int(index) * Self.slotBytes).assumingMemoryBound(to: CChar.self)
  }

  /// By bytes, without signs: the shorter of two that begin alike first.
  private func compare(_ left: UnsafePointer<CChar>, _ right: UnsafePointer<CChar>) -> Int32 { strcmp(left, right) }

  private func sort() {
    var named = UnsafeMutableBufferPointer(rebasing: order[..<count])
    named.sort { compare(slot($0), slot($1)) < 0 }
  }

  private func add(_ name: UnsafePointer<CChar>, _ length: Int) {
    (slots + Int(order[count]) * Self.slotBytes).update(
      from: UnsafeRawPointer(name).assumingMemoryBound(to: UInt8.self), count: length + 1)
    count += 1
    if count < order.count { return }
    sort()
    count = Self.capacity
    limit = order[count - 1]
  }
}
