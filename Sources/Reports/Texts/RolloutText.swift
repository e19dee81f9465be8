import Evaluation
import Files
import Settings

extension RolloutReport {
  public var text: String {
    var table = TextTable([.left, .left])
    table.add([event.rawValue, outcomeText])
    table.add(["model", modelPath])
    table.add(["was", fromSHA256 ?? (outcome == .completed ? "exchanged before" : "no model that can be read")])
    if event == .rollout { table.add(["candidate", candidatePath]) }
    table.add(["sha256", toSHA256])
    if let test {
      let inputs = test.inputs
      table.add([
        "inputs",
        "\(groupedText(inputs.labelled)) of \(groupedText(inputs.evaluated)) with labels, "
          + counted(inputs.samples, "sample", "samples")
          + (inputs.unreadable == 0 ? "" : "; \(groupedText(inputs.unreadable)) cannot be evaluated"),
      ])
      for row in test.score?.rows ?? [["accuracy", test.accuracy.map(RunFactsReport.text) ?? "unknown"]] {
        table.add(row)
      }
      table.add([
        "gate", test.gate.passed ? "met" : "missed: " + test.gate.misses.map(\.setting).joined(separator: ", "),
      ])
    }
    if keepsPrevious { table.add(["kept as", previousPath]) }
    return table.text
  }

  public var json: JSON {
    .object(
      [
        ("job", .string(event.rawValue)), ("outcome", .string(outcomeName)), ("model", .string(modelPath)),
        ("candidate", .string(candidatePath)), ("previous", keepsPrevious ? .string(previousPath) : .null),
      ] + digests + testMembers + [("version", .string(programVersion))])
  }

  private var keepsPrevious: Bool {
    (outcome == .done || outcome == .completed) && (fromSHA256 != nil || event == .rollback)
  }

  private var outcomeName: String {
    switch outcome {
    case .done: "done"
    case .inPlace: "in-place"
    case .passed: "passed"
    case .missed: "missed"
    case .completed: "completed"
    }
  }

  private var outcomeText: String {
    switch outcome {
    case .done: event == .rollout ? "the candidate is in place" : "the previous model is in place"
    case .inPlace: "it is in place already; nothing was changed"
    case .passed: "the candidate would be put in place; nothing was changed"
    case .missed: "the model in place stays; nothing was changed"
    case .completed: "the one that was cut off is done now; none was begun"
    }
  }
}
