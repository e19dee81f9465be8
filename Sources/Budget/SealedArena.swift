import CSupport
import Glibc

/// How a seal is held.
public struct SealOptions: Sendable, Equatable {
  /// The process's limits are set: no new mapping, no data beyond the plan. Only for a process that does nothing else.
  public var limits = false
  /// The first allocation, release or mapping ends the process with status 70 and a backtrace, and pages that nobody
  /// touches show, because none is touched beforehand. Only for a process that does nothing else.
  public var audits = false

  public init() {}
}

/// What happened in the whole process while the arena was sealed.
public struct SealRecord: Sendable, Equatable {
  /// Calls of `malloc` and its kin, of `free`, of `mmap` and its kin; nil where they cannot be counted.
  public var allocations, releases, mappings: Int?
  /// Bytes by which everything mapped grew; nil where the system does not tell.
  public var growthBytes: Int?
  /// Page faults that had to read from a disk, and others: first touches of program code, for the most part.
  public var majorFaults, minorFaults: Int?
  /// What only this process held, at the seal or at the end, whichever was more; nil where the system does not tell.
  public var ramPeakBytes: Int?
  /// Of an audit: buffers, or the gaps between them, of which whole pages were never touched, and how many bytes.
  public var untouched: [Untouched]?

  public init() {}

  public struct Untouched: Sendable, Equatable {
    public let buffer: String
    public let bytes: Int

    public init(buffer: String, bytes: Int) {
      self.buffer = buffer
      self.bytes = bytes
    }
  }
}

/// The arena after the seal. It offers no way to reserve, only to end the sealed phase and to hear what happened in it.
public struct SealedArena: ~Copyable {
  public let plan: MemoryPlan
  private let mapping: Mapping
  private let options: SealOptions
  private let limits: ProcessLimits?
  private let mappedAtSeal: Int64
  /// What only this process held when the arena was sealed; nil where the system does not tell.
  public let ramAtSealBytes: Int?
  private let countsAtSeal: Counts

  init(_ plan: MemoryPlan, _ mapping: Mapping, _ options: SealOptions) {
    self.plan = plan
    self.mapping = mapping
    self.options = options
    if !options.audits { qkd_touch(mapping.body.baseAddress, mapping.body.count) }
    qkd_touch_stack()
    qkd_trim_heap()
    ramAtSealBytes = ProcessMemory.anonymousBytes()
    mappedAtSeal = qkd_mapped_bytes()
    limits = options.limits ? ProcessLimits(dataBytes: plan.ramBytes, mappedBytes: mappedAtSeal) : nil
    // The code is in memory before its faults are counted.
    _ = Counts()
    countsAtSeal = Counts()
    if options.audits { qkd_audit_begin() }
  }

  /// Ends the sealed phase; the memory stays.
  /// - Precondition: nothing was written behind the arena's last byte. Called once.
  public func end() -> SealRecord {
    if options.audits { qkd_audit_end() }
    let counts = Counts()
    limits?.restore()
    precondition(mapping.isIntact, "a buffer was written beyond the plan's last byte")
    var record = SealRecord()
    record.allocations = difference(counts.allocations, countsAtSeal.allocations)
    record.releases = difference(counts.releases, countsAtSeal.releases)
    record.mappings = difference(counts.mappings, countsAtSeal.mappings)
    record.growthBytes = difference(qkd_mapped_bytes(), mappedAtSeal)
    record.minorFaults = difference(counts.minorFaults, countsAtSeal.minorFaults)
    record.majorFaults = difference(counts.majorFaults, countsAtSeal.majorFaults)
    record.ramPeakBytes = ramAtSealBytes.flatMap { atSeal in ProcessMemory.anonymousBytes().map { max($0, atSeal) } }
    record.untouched = options.audits ? untouched() : nil
    return record
  }

  private func untouched() -> [SealRecord.Untouched] {
    let pages = mapping.untouchedPages()
    func bytes(_ range: Range<Int>) -> Int { pages.reduce(0) { $0 + range.clamped(to: $1).count } }
    return plan.buffers.map { .init(buffer: $0.name, bytes: bytes($0.offset..<$0.offset + $0.bytes)) }
      .filter { $0.bytes > 0 }
  }

  private func difference(_ end: Int64, _ start: Int64) -> Int? { start < 0 || end < 0 ? nil : Int(end - start) }
}

/// The process's counters at one moment.
private struct Counts {
  let allocations = qkd_allocation_count()
  let releases = qkd_free_count()
  let mappings = qkd_mapping_count()
  let minorFaults, majorFaults: Int64

  init() {
    var (minor, major): (Int64, Int64) = (0, 0)
    qkd_page_faults(&minor, &major)
    (minorFaults, majorFaults) = (minor, major)
  }
}
