import Evaluation
import Foundation
import Sessions
import Settings
import TemporaryFolders
import Testing

/// Calibration against its definitions, of the predictions that the same run writes.
@Suite struct CalibrationTests {
  private struct Row {
    let label, answer: Int
    let probabilities, logits: [Double]
  }

  private func evaluate(_ observables: [String], classes: Int) throws -> (Calibration, [Row]) {
    let folder = TemporaryFolder()
    let (states, labels) = try writeGroundStates(in: folder, count: 500)
    var settings = shortSettings(in: folder)
    settings.data.source = .file
    settings.data.path = states
    settings.data.labelsPath = labels
    settings.evaluation.samples = 0
    settings.evaluation.predictionsPath = folder.path + "/p.npy"
    try writeModel(settings.model.path, qubits: 7, observables: observables)
    let report = try Session.evaluate(settings)
    let read = try rows(ofNPY: settings.evaluation.predictionsPath, withLabels: true).map { row in
      Row(
        label: Int(row[2]), answer: Int(row[1]), probabilities: Array(row[4..<4 + classes]),
        logits: Array(row[(4 + classes)...]))
    }
    #expect(read.count == 500 && read.allSatisfy { $0.logits.count == classes })
    return (try #require(report.calibration), read)
  }

  private func check(_ found: Calibration, _ rows: [Row], classes: Int) {
    let n = Double(rows.count)
    var error = 0.0
    for bin in 0..<15 {
      let members = rows.filter { min(14, Int(($0.probabilities.max()! * 15).rounded(.down))) == bin }
      if members.isEmpty { continue }
      let count = Double(members.count)
      let accuracy = Double(members.count { $0.label == $0.answer }) / count
      let confidence = members.reduce(0) { $0 + $1.probabilities.max()! } / count
      error += count / n * abs(accuracy - confidence)
    }
    #expect(abs(found.expectedError - error) < 1e-12 && error > 0)
    let brier = rows.reduce(0.0) { sum, row in
      sum + (0..<classes).reduce(0.0) { $0 + pow(row.probabilities[$1] - ($1 == row.label ? 1 : 0), 2) }
    }
    #expect(abs(found.brierScore - brier / n) < 1e-12)
    #expect(
      found.confusion
        == (0..<classes).map { label in
          (0..<classes).map { answer in rows.count { $0.label == label && $0.answer == answer } }
        })
  }

  @Test func twoClasses() throws {
    let (found, rows) = try evaluate(["Z0 - 0.5*X1", "0.5*X0*X1 + 0.25"], classes: 2)
    check(found, rows, classes: 2)
    // All differences lie on one side of 0, close together: the area is known badly, and says so.
    try checkArea(found, rows)
    // With the threshold in their midst, as a training puts it, it is known well.
    let mean = rows.reduce(0) { $0 + ($1.logits[1] - $1.logits[0]) / Double(rows.count) }
    let constant = 0.25 - mean / 1.5
    let sign = constant < 0 ? "-" : "+"
    let text = "0.5*X0*X1 \(sign) \(String(format: "%.6f", abs(constant)))"
    let (centred, centredRows) = try evaluate(["Z0 - 0.5*X1", text], classes: 2)
    check(centred, centredRows, classes: 2)
    #expect(try checkArea(centred, centredRows) < 0.1)
  }

  /// - Returns: how far the area may be off.
  @discardableResult private func checkArea(_ found: Calibration, _ rows: [Row]) throws -> Double {
    let ones = rows.filter { $0.label == 1 }.map { $0.logits[1] - $0.logits[0] }
    let zeros = rows.filter { $0.label == 0 }.map { $0.logits[1] - $0.logits[0] }
    let pairs = ones.reduce(0.0) { sum, one in
      sum + zeros.reduce(0.0) { $0 + (one > $1 ? 1 : one == $1 ? 0.5 : 0) }
    }
    let area = try #require(found.rocArea)
    let exact = pairs / Double(ones.count * zeros.count)
    #expect(abs(area.value - exact) <= area.error + 1e-12, "\(area), \(exact)")
    #expect(exact > 0.01 && exact < 0.999)
    return area.error
  }

  @Test func moreClasses() throws {
    let (found, rows) = try evaluate(["Z0 - 0.5*X1", "Y1*Z0 + 0.25", "X2*X3"], classes: 3)
    check(found, rows, classes: 3)
    #expect(found.rocArea == nil)
  }
}
