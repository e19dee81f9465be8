import Budget
import Settings

/// What a run held of its own, beside what was planned and allowed, and what it used of the program's file.
public struct MemoryFacts: Sendable, Equatable {
  public let ramPlannedBytes: Int
  /// What only the process held, at the seal or after it; nil where the system does not tell.
  public let ramPeakBytes: Int?
  public let ramBudgetBytes: Int
  /// The program's clean pages, from the headers of its file.
  public let romBytes: Int
  /// What is in memory of them, and of other files' pages that are mapped; nil where the system does not tell.
  public let romTouchedBytes: Int?
  /// The most of both that was in memory at once; nil where the system does not tell.
  public let residentPeakBytes: Int?

  public init(
    ramPlannedBytes: Int, ramPeakBytes: Int?, ramBudgetBytes: Int, romBytes: Int, romTouchedBytes: Int?,
    residentPeakBytes: Int?
  ) {
    self.ramPlannedBytes = ramPlannedBytes
    self.ramPeakBytes = ramPeakBytes
    self.ramBudgetBytes = ramBudgetBytes
    self.romBytes = romBytes
    self.romTouchedBytes = romTouchedBytes
    self.residentPeakBytes = residentPeakBytes
  }

  /// - Parameter held: what only the process held at its most so far; what it holds now is looked up.
  /// - Throws: `SessionError.ramOverPlan` where a process that runs nothing else holds more than was planned.
  package init(planned: Int, held: Int?, _ host: HostSettings) throws(SessionError) {
    let now = ProcessMemory.anonymousBytes()
    let peak = [held, now].compactMap { $0 }.max()
    if host.ownsProcess, let peak, peak > planned { throw .ramOverPlan(held: peak, planned: planned) }
    let resident = ProcessMemory.residentBytes()
    self.init(
      ramPlannedBytes: planned, ramPeakBytes: peak, ramBudgetBytes: host.memoryBytes,
      romBytes: ProcessMemory.image.romBytes, romTouchedBytes: resident.ofFiles, residentPeakBytes: resident.peak)
  }
}
