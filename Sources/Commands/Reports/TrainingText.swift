import Files
import Settings
import Training

extension TrainingReport {
  /// The results, a line each.
  public var text: String {
    var table = TextTable([.left, .left])
    table.add(["model", "\(modelPath) (written, \(groupedText(parameters)) parameters)"])
    table.add(["sha256", modelSHA256])
    if let digest = teacher?.modelSHA256 { table.add(["teacher", digest]) }
    if let path = teacher?.logitsPath { table.add(["its logits", path]) }
    if let digest = teacher?.logitsSHA256 { table.add(["their sha256", digest]) }
    table.add([
      "loss",
      "\(fixedText(firstLoss, digits: 6)) at first, \(fixedText(lastLoss, digits: 6)) at last"
        + (test.numbers == nil ? ", nats" : ""),
    ])
    table.add(["", sparkline(losses, width: 60)])
    if let score = test.numbers {
      for row in rows(score) { table.add(row) }
    } else {
      table.add(["accuracy", RunFactsReport.text(testAccuracy)])
    }
    if let accuracy = teacher?.testAccuracy {
      table.add(["the teacher's", RunFactsReport.text(accuracy)])
    } else if let accuracy = teacher?.trainingAccuracy {
      table.add(["the teacher's", RunFactsReport.text(accuracy) + ", training set"])
    }
    let duration = durationText(microseconds: seconds * 1e6)
    table.add(["training", "\(counted(iterations, "iteration", "iterations")) in \(duration)"])
    for row in RunFactsReport.rows(facts) { table.add(row) }
    return table.text
  }

  public var json: JSON {
    .object(
      [
        ("job", .string(teacher == nil ? Job.train.rawValue : Job.distill.rawValue))
      ] + (test.numbers.map(members) ?? accuracyMembers) + [
        ("first_loss", .number(firstLoss)), ("last_loss", .number(lastLoss)),
        ("losses", .array(losses.map(JSON.number))), ("iterations", .integer(iterations)),
        ("seconds", .number(seconds)), ("parameters", .integer(parameters)), ("model", .string(modelPath)),
        ("model_sha256", .string(modelSHA256)), ("teacher_sha256", .optional(teacher?.modelSHA256)),
        ("teacher_logits", .optional(teacher?.logitsPath)),
        ("teacher_logits_sha256", .optional(teacher?.logitsSHA256)),
      ] + RunFactsReport.members(facts))
  }

  private var accuracyMembers: [(String, JSON)] {
    [
      ("accuracy", .number(testAccuracy.value)), ("accuracy_interval", RunFactsReport.interval(testAccuracy)),
      ("samples", .integer(testAccuracy.trials)), ("teacher_accuracy", .optional(teacher?.testAccuracy?.value)),
      ("teacher_accuracy_interval", RunFactsReport.interval(teacher?.testAccuracy)),
      ("teacher_training_accuracy", .optional(teacher?.trainingAccuracy?.value)),
    ]
  }
}
