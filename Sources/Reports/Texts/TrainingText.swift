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
    table.add(["", sparkline(losses, width: 60, isUnicode: TextLocale.isUnicode)])
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
    if let selected { add(selected, to: &table) }
    for row in device?.rows ?? [] { table.add(row) }
    let duration = durationText(microseconds: seconds * 1e6)
    table.add(["training", "\(counted(iterations, "iteration", "iterations")) in \(duration)"])
    for row in RunFactsReport.rows(facts) { table.add(row) }
    return table.text
  }

  private func add(_ selected: Selected, to table: inout TextTable) {
    let (count, kept) = (selected.restarts.count, selected.kept)
    let loss = fixedText(kept.validationLoss, digits: 6)
    table.add(["validation", "loss \(loss) on \(groupedText(selected.validationSamples)) samples held back"])
    let which = count > 1 ? "restart \(selected.index + 1) of \(count), " : ""
    let iterations = counted(kept.iterations, "iteration", "iterations")
    table.add(["kept", which + "as it was after \(groupedText(kept.bestIteration)) of \(iterations)"])
    if count == 1 { return }
    let losses = selected.restarts.map(\.validationLoss).sorted()
    let median = (losses[(count - 1) / 2] + losses[count / 2]) / 2
    let texts = [losses[0], losses[count - 1], median].map { fixedText($0, digits: 6) }
    table.add(["restarts", "validation loss \(texts[0]) to \(texts[1]), median \(texts[2])"])
  }

  public var json: JSON {
    var json: [(String, JSON)] = [("job", .string(teacher == nil ? Job.train.rawValue : Job.distill.rawValue))]
    json += test.numbers.map(members) ?? accuracyMembers
    json += [
      ("first_loss", .number(firstLoss)), ("last_loss", .number(lastLoss)),
      ("losses", .numbers(losses)), ("selection", selected.map(\.json) ?? .null),
      ("iterations", .integer(iterations)),
      ("seconds", .number(seconds)), ("parameters", .integer(parameters)), ("model", .string(modelPath)),
      ("model_sha256", .string(modelSHA256)), ("teacher_sha256", .optional(teacher?.modelSHA256)),
      ("teacher_logits", .optional(teacher?.logitsPath)),
      ("teacher_logits_sha256", .optional(teacher?.logitsSHA256)), ("device", device?.json ?? .null),
    ]
    return .object(json + RunFactsReport.members(facts))
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

extension TrainingReport.Selected {
  fileprivate var json: JSON {
    .object([
      ("kept", .integer(index)), ("validation_samples", .integer(validationSamples)),
      ("restarts", .array(restarts.map(\.json))),
    ])
  }
}

extension TrainingReport.Selected.Restart {
  fileprivate var json: JSON {
    .object([
      ("seed", .unsigned(seed)), ("validation_loss", .number(validationLoss)),
      ("best_iteration", .integer(bestIteration)), ("iterations", .integer(iterations)),
    ])
  }
}
