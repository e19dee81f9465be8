import Glibc

/// A private anonymous mapping between two pages that nobody may touch, unmapped when the last arena that holds it
/// goes. Its last byte lies before the upper one, but for what alignment leaves: those bytes hold a pattern.
final class Mapping: Sendable {
  nonisolated(unsafe) let base: UnsafeMutableRawPointer
  let bytes: Int
  private nonisolated(unsafe) let whole: UnsafeMutableRawPointer
  private let pages: Int
  static let pageBytes = sysconf(Int32(_SC_PAGESIZE))
  private static let pattern: UInt8 = 0xA5
  /// From here on huge pages (2 MiB) are asked for. What an audit calls untouched is then whole huge pages.
  private static let hugeBytes = 4 << 20

  /// - Throws: `BudgetError.mappingFailed`.
  init(bytes: Int) throws(BudgetError) {
    let page = Self.pageBytes
    let aligned = roundUp(bytes, to: Planner.alignment)
    pages = max(1, roundUp(aligned, to: page) / page)
    let mapping = mmap(nil, (pages + 2) * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    guard let mapping, mapping != MAP_FAILED else { throw .mappingFailed(bytes: bytes, errno: errno) }
    guard mprotect(mapping + page, pages * page, PROT_READ | PROT_WRITE) == 0 else {
      let error = errno
      munmap(mapping, (pages + 2) * page)
      throw .mappingFailed(bytes: bytes, errno: error)
    }
    // Two thousand pages of a large arena cost the processor's page tables more time than the caches can give back: up
    // to 6 % with 15 qubits. Memory stays the same, since the arena is touched whole; a system without them says no.
    if pages * page >= Self.hugeBytes { madvise(mapping + page, pages * page, MADV_HUGEPAGE) }
    whole = mapping
    base = mapping + (pages + 1) * page - aligned
    self.bytes = bytes
    rest.initializeMemory(as: UInt8.self, repeating: Self.pattern)
  }

  deinit { munmap(whole, (pages + 2) * Self.pageBytes) }

  /// The pages that may be touched.
  var body: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(start: whole + Self.pageBytes, count: pages * Self.pageBytes)
  }

  /// What alignment leaves behind the last byte.
  private var rest: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(start: base + bytes, count: roundUp(bytes, to: Planner.alignment) - bytes)
  }

  /// Whether nothing was written behind the last byte.
  var isIntact: Bool { rest.allSatisfy { $0 == Self.pattern } }

  /// The parts of the body, as offsets from `base`, that were never touched.
  func untouchedPages() -> [Range<Int>] {
    var isTouched = [UInt8](repeating: 0, count: pages)
    guard mincore(body.baseAddress, body.count, &isTouched) == 0 else { return [] }
    let first = body.baseAddress! - base
    return isTouched.indices.filter { isTouched[$0] & 1 == 0 }.map {
      let start = first + $0 * Self.pageBytes
      return start..<start + Self.pageBytes
    }
  }
}
