import Files
import Sessions
import Settings

extension PlannedInference {
  /// What was taken, and what the other way would cost.
  var rows: [(String, String)] {
    [
      ("logits from", taken.text),
      ("instead of", other?.text ?? "nothing else: matrices are for at most four qubits"),
    ]
  }

  var json: JSON { .object([("taken", taken.json), ("other", other?.json ?? .null)]) }
}

extension PlannedInference.Choice {
  fileprivate var text: String {
    let name = inference == .circuit ? "the circuit" : "one Hermitian matrix a logit"
    return "\(name): \(groupedText(multiplyAdds)) multiply-adds a sample, arena \(ByteSize.short(arenaBytes))"
  }

  fileprivate var json: JSON {
    .object([
      ("inference", .string(inference.rawValue)), ("multiply_adds", .integer(multiplyAdds)),
      ("arena_bytes", .integer(arenaBytes)),
    ])
  }
}
