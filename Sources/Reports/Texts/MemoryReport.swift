import Batches
import Files
import Settings

extension MemoryFacts {
  /// RAM: what only the process held. ROM: the program's clean pages, which the system drops and reads again at will.
  package var rows: [[String]] {
    func short(_ bytes: Int?) -> String { bytes.map(ByteSize.short) ?? "unknown" }
    return [
      [
        "RAM",
        "\(short(ramPeakBytes)) held, \(short(ramPlannedBytes)) planned, budget \(short(ramBudgetBytes))",
      ],
      ["ROM", "\(short(romTouchedBytes)) touched of \(short(romBytes)); resident peak \(short(residentPeakBytes))"],
    ]
  }

  package var members: [(String, JSON)] {
    [
      ("ram_planned_bytes", .integer(ramPlannedBytes)), ("ram_peak_bytes", .optional(ramPeakBytes)),
      ("ram_budget_bytes", .integer(ramBudgetBytes)), ("rom_bytes", .integer(romBytes)),
      ("rom_touched_bytes", .optional(romTouchedBytes)), ("resident_peak_bytes", .optional(residentPeakBytes)),
    ]
  }
}
