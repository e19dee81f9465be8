import Evaluation
import Files
import Settings

extension SpoolSummary {
  public var text: String {
    var table = TextTable([.left, .left])
    table.add(["evaluated", "\(counted(evaluated, "file", "files")), \(counted(samples, "sample", "samples"))"])
    table.add(["skipped", "\(counted(skipped, "file", "files")) with results"])
    if rejected > 0 { table.add(["rejected", "\(counted(rejected, "file", "files")), in \(rejectedPath)"]) }
    if unmoved > 0 { table.add(["not moved", counted(unmoved, "file", "files")]) }
    if left > 0 { table.add(["left", counted(left, "file", "files")]) }
    if gatesMissed > 0 { table.add(["gate missed", counted(gatesMissed, "file", "files")]) }
    table.add(["results", resultsPath])
    for row in memory.rows { table.add(row) }
    return table.text
  }

  public var json: JSON {
    .object(
      [
        ("job", .string(Job.evaluate.rawValue)), ("inbox", .string(inboxPath)), ("results", .string(resultsPath)),
        ("evaluated", .integer(evaluated)), ("samples", .integer(samples)), ("skipped", .integer(skipped)),
        ("rejected", .integer(rejected)), ("left", .integer(left)), ("unmoved", .integer(unmoved)),
        ("gates_missed", .integer(gatesMissed)),
      ] + memory.members + [("version", .string(programVersion))])
  }
}
