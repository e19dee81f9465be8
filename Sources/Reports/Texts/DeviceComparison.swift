import Batches
import Evaluation
import Files

/// What one model comes to on several devices.
public struct DeviceComparison: Sendable {
  private struct Entry: Sendable {
    let file: String
    let device: DeviceFacts
    let accuracy: Proportion
    let shots: ShotReport
  }

  private let shots: Int
  private var entries: [Entry] = []
  /// Devices that cannot run the model.
  public var refused = 0

  public init(shots: Int) { self.shots = shots }

  /// - Precondition: the evaluation was on a device, of classes, from shots, and had labels.
  public mutating func add(_ report: EvaluationReport, file: String) {
    guard let device = report.device, let accuracy = report.accuracy, let shots = report.shots else {
      preconditionFailure("an evaluation without a device, labels or shots")
    }
    entries.append(Entry(file: file, device: device, accuracy: accuracy, shots: shots))
  }

  /// The most accurate first; of equals as they were given.
  private var ranked: [Entry] {
    entries.enumerated().sorted {
      let (left, right) = ($0.element.shots.exact?.value ?? 0, $1.element.shots.exact?.value ?? 0)
      return left != right ? left > right : $0.offset < $1.offset
    }.map(\.element)
  }

  public var text: String {
    if entries.isEmpty { return "" }
    var table = TextTable([.left, .left, .right, .right, .right, .right])
    table.add(["device", "qubits", "exact", "\(groupedText(shots)) shots", "p50", "never"])
    for entry in ranked {
      table.add([
        entry.device.name.printed, entry.device.layout.map(String.init).joined(separator: "-"),
        entry.shots.exact.map { fixedText($0.value, digits: 4) } ?? "", fixedText(entry.accuracy.value, digits: 4),
        entry.shots.p50.map(wholeText) ?? "never",
        entry.shots.never.map { fixedText(100 * $0.value, digits: 2) + " %" } ?? "",
      ])
    }
    let samples = groupedText(entries[0].accuracy.trials)
    return table.text
      + """

      exact, \(groupedText(shots)) shots: accuracy on \(samples) samples, with exact values and with
      shots that are drawn; p50: shots until half of the decisions are right with
      95 %; never: samples that no number of shots decides rightly there.

      """
  }

  public var json: JSON {
    .array(
      ranked.map { entry in
        .object([
          ("file", .string(entry.file)), ("device", entry.device.json),
          ("accuracy", .number(entry.accuracy.value)), ("accuracy_interval", RunFactsReport.interval(entry.accuracy)),
          ("samples", .integer(entry.accuracy.trials)), ("shots", entry.shots.json),
        ])
      })
  }
}
