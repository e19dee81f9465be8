import Files
import Models
import Settings

/// What `inspect` shows of a tape of teacher logits.
public enum TapeReport {
  public static func text(_ tape: LogitTape, path: String, digest: String) -> String {
    var table = TextTable([.left, .left])
    table.add(["tape", path])
    table.add(["sha256", digest])
    table.add(["teacher", tape.teacherDigest])
    table.add(["logits", "[sample \(groupedText(tape.samples)), logit \(tape.logits)]"])
    for (key, value) in tape.data.byKey { table.add(["of: \(key)", value]) }
    for (key, value) in tape.provenance.byKey { table.add(["made: \(key)", value]) }
    return table.text
  }

  public static func json(_ tape: LogitTape, path: String, digest: String) -> JSON {
    .object([
      ("tape", .string(path)), ("tape_sha256", .string(digest)), ("teacher_sha256", .string(tape.teacherDigest)),
      ("logits_shape", .array([.integer(tape.samples), .integer(tape.logits)])),
      ("data", .object(tape.data.map { ($0.key, .string($0.value)) })),
      ("provenance", .object(tape.provenance.map { ($0.key, .string($0.value)) })),
      ("version", .string(programVersion)),
    ])
  }
}
