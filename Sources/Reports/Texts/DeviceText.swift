import Batches
import Evaluation
import Files

extension DeviceFacts {
  /// So many lines of a calibration's findings are shown; all of them stand in the JSON report.
  private static let shownFindings = 3

  package var rows: [[String]] {
    let qubits = digest == nil ? "" : ", qubits " + layout.map(String.init).joined(separator: ", ")
    var rows = [["device", (digest == nil ? "every qubit alike" : name.printed) + qubits]]
    for finding in findings.prefix(Self.shownFindings) { rows.append(["", finding.printed]) }
    if findings.count > Self.shownFindings {
      rows.append(["", "and \(groupedText(findings.count - Self.shownFindings)) more (--format json tells all)"])
    }
    return rows
  }

  package var json: JSON {
    .object([
      ("name", .string(name)), ("sha256", .optional(digest)), ("layout", .array(layout.map(JSON.integer))),
      ("findings", .array(findings.map(JSON.string))),
    ])
  }
}

extension ShotReport {
  package var rows: [[String]] {
    var rows = [["shots", groupedText(shots) + " a sample and setting, drawn; the accuracy is theirs"]]
    guard let exact, let never else { return rows }
    rows.append(["exact", RunFactsReport.text(exact)])
    let texts = [("p50", p50), ("p90", p90), ("p99", p99)].map { name, value in
      "\(name) " + (value.map(wholeText) ?? "never")
    }
    rows.append(["to decide", texts.joined(separator: ", ") + " shots, for 95 % right; never: " + share(never)])
    return rows
  }

  private func share(_ proportion: Proportion) -> String {
    fixedText(100 * proportion.value, digits: 2) + " %"
  }

  package var json: JSON {
    .object([
      ("shots", .integer(shots)), ("exact_accuracy", .optional(exact?.value)),
      ("exact_accuracy_interval", RunFactsReport.interval(exact)), ("never_decided", .optional(never?.value)),
      (
        "shots_to_decide",
        .object([("p50", .optional(p50)), ("p90", .optional(p90)), ("p99", .optional(p99))])
      ),
    ])
  }
}
