import Experiments

extension ExperimentReport {
  /// Two tables, accuracies and comparisons, then what the run was like.
  public var text: String {
    let title =
      "\(name), preset \(preset): \(counted(seeds, "seed", "seeds")) from \(firstSeed)"
      + (shard.map { " (of these \($0.size(of: seeds)), part \($0.text))" } ?? "") + ", "
      + "\(groupedText(trainingSamples)) training and \(groupedText(testSamples)) test samples\n\n"
    return title + accuracies + "\n" + verdicts + "\n" + runFacts(of: self)
  }

  /// A model a group, its rows below its name.
  private var accuracies: String {
    var table = TextTable([.left, .right, .right, .right, .left, .left])
    table.add([
      "treatment", progressTitle, isRegression ? "RMSE" : "mean %", "sd", "95 % interval",
      isRegression ? "" : "paper %",
    ])
    var model = ""
    for row in rows where isShown(row.epoch) {
      let layers = counted(row.layers, "layer", "layers")
      // Of several sizes the name says it.
      let size = row.model.first?.isNumber == true ? layers : counted(row.qubits, "qubit", "qubits") + ", " + layers
      let name = "\(row.model): \(size)"
      if name != model { table.add(line: name) }
      model = name
      table.add([
        "  \(row.treatment.rawValue)\(row.isFitted ? " + fit" : "")", progress(row.epoch, row.shots, row.iterations),
        result(row.summary.mean), row.summary.standardDeviation.map(result) ?? "", interval(row.summary, result),
        row.paper.map(paperText) ?? "",
      ])
    }
    for control in controls {
      table.add(line: control.name)
      table.add(["", "", percent(control.accuracy.value), "", "", ""])
    }
    if !limits.isEmpty { table.add(line: "quantum limit") }
    for limit in limits { table.add(["", groupedText(limit.shots), percent(limit.accuracy), "", "", ""]) }
    if let fidelity {
      table.add(line: "autoencoder")
      table.add([
        "  mean fidelity", "", percent(fidelity.summary.mean), fidelity.summary.standardDeviation.map(percent) ?? "",
        interval(fidelity.summary, percent), fidelity.paper.map(percent) ?? "",
      ])
    }
    return table.text + (rows.contains(where: \.isFitted) ? "+ fit: a logistic fit behind the readout\n" : "")
  }

  /// What is compared a group.
  private var verdicts: String {
    if comparisons.isEmpty { return "" }
    var table = TextTable([.right, .right, .left, .right, .left])
    table.add([progressTitle, isRegression ? "RMSE" : "points", "95 % interval", "p", "verdict"])
    let judged = zip(comparisons, judgements).map { (name: "\($0.model): \(text($0))", comparison: $0, judgement: $1) }
    var seen: Set<String> = []
    for (name, _, _) in judged where seen.insert(name).inserted {
      table.add(line: name)
      for (_, comparison, judgement) in judged.filter({ $0.name == name }) {
        let result = comparison.result
        table.add([
          progress(comparison.epoch, comparison.shots, comparison.iterations), signed(result.difference.mean),
          result.difference.interval.map { "\(signed($0.lower)) to \(signed($0.upper))" } ?? "",
          judgement.p < 0.001 ? "< 0.001" : fixedText(judgement.p, digits: 3), verdictText(judgement),
        ])
      }
    }
    return table.text + """
      p: Wilcoxon's signed-rank test over paired seeds, corrected by Holm for all \(comparisons.count).
      helps, harms: p < 0.05, and the interval of the mean excludes 0\(direction)
      No difference worth naming: the whole interval lies within
      ±\(marginText). Else undecided.

      """
  }

  private var progressTitle: String { axis == .epoch ? "epoch" : axis == .shots ? "shots" : "steps" }

  /// How far training went, or with how many shots it was tested.
  private func progress(_ epoch: Int?, _ shots: Int?, _ iterations: Int) -> String {
    if axis == .shots { return shots.map(groupedText) ?? "exact" }
    return groupedText(epoch ?? iterations)
  }

  private func text(_ comparison: Comparison) -> String {
    comparison.baselineModel.map { "\(comparison.treatment.rawValue) vs \($0)" }
      ?? "\(comparison.treatment.rawValue) vs \(comparison.baseline.rawValue)"
  }

  private func verdictText(_ judgement: Judgement) -> String {
    judgement.verdict.rawValue
      + (judgement.seedsToDecide.map { " (about \(groupedText($0)) seeds would tell)" } ?? "")
  }

  /// Of many epochs a few are enough to read.
  private func isShown(_ epoch: Int?) -> Bool {
    guard let epoch else { return true }
    return epoch <= 5 || epoch % 10 == 0 || epoch == rows.compactMap(\.epoch).max()
  }

  private func percent(_ share: Double) -> String { fixedText(100 * share, digits: 2) }
  private func result(_ value: Double) -> String { isRegression ? fixedText(value, digits: 5) : percent(value) }
  private var direction: String { isRegression ? ";\na lower RMSE is better." : "." }
  private var marginText: String {
    isRegression ? "\(shortestText(margin)), in the targets' unit" : "\(fixedText(100 * margin, digits: 2)) points"
  }
  private func signed(_ value: Double) -> String { (value >= 0 ? "+" : "") + result(value) }
  private func paperText(_ range: ClosedRange<Double>) -> String {
    range.lowerBound == range.upperBound
      ? fixedText(100 * range.lowerBound, digits: 1)
      : "\(fixedText(100 * range.lowerBound, digits: 0))–\(fixedText(100 * range.upperBound, digits: 0))"
  }
  private func interval(_ summary: SampleSummary, _ text: (Double) -> String) -> String {
    summary.interval.map { "\(text($0.lower)) to \(text($0.upper))" } ?? ""
  }
}

private func runFacts(of report: ExperimentReport) -> String {
  var table = TextTable([.left, .left])
  table.add(["report", "\(report.reportPath) \(writtenNote)"])
  let before = (report.shard?.size(of: report.seeds) ?? report.seeds) - report.trialsRun
  table.add([
    "trials",
    "\(counted(report.trialsRun, "seed", "seeds")) in \(durationText(microseconds: report.seconds * 1e6)), "
      + "\(report.slots) at a time" + (before > 0 ? "; \(before) finished before" : ""),
  ])
  for row in RunFactsReport.rows(report.facts) { table.add(row) }
  return table.text
}
