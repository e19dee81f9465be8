import Experiments
import Files

extension ExperimentReport {
  /// The report as a file has it: the same bytes for the same results, whatever the number of threads and however often
  /// the run was interrupted.
  /// - Parameter facts: also what this run was like.
  public func json(facts withFacts: Bool) -> JSON { .object(members(facts: withFacts)) }

  package func members(facts withFacts: Bool) -> [(String, JSON)] {
    var members: [(String, JSON)] = [
      ("report", .string("reproduce")), ("experiment", .string(name)), ("preset", .string(preset)),
      ("version", .string(facts.version)), ("seeds", .integer(seeds)), ("first_seed", .unsigned(firstSeed)),
      ("axis", .string(axis.rawValue)), ("training_samples", .integer(trainingSamples)),
      ("test_samples", .integer(testSamples)),
      ("settings", .object(settings.map { ($0.name, .string($0.value)) })),
      ("settings_sha256", .string(settingsSHA256)),
      ("rows", .array(rows.map { $0.json(isRegression ? "rmse" : "accuracies") })),
      ("margin", .number(margin)),
      ("comparisons", .array(zip(comparisons, judgements).map { $0.json($1) })), ("fidelity", fidelity?.json ?? .null),
      ("controls", .array(controls.map(\.json))),
    ]
    if !limits.isEmpty {
      let limits = limits.map { JSON.object([("shots", .integer($0.shots)), ("accuracy", .number($0.accuracy))]) }
      members.append(("quantum_limit", .array(limits)))
    }
    // Rows of accuracies have no such member.
    if isRegression { members.insert(("measure", .string("rmse")), at: 3) }
    if withFacts {
      members += [
        ("seconds", .number(seconds)), ("seeds_run", .integer(trialsRun)), ("slots", .integer(slots)),
        ("report_path", .string(reportPath)),
      ]
      // Version and seed stand above.
      members += RunFactsReport.members(facts).filter { !["seed", "version"].contains($0.0) }
    }
    return members
  }
}

extension SampleSummary {
  /// Of a row of a report.
  package var members: [(String, JSON)] {
    [
      ("mean", .number(mean)), ("sd", .optional(standardDeviation)), ("low", .optional(interval?.lower)),
      ("high", .optional(interval?.upper)),
    ]
  }
}

extension PairedComparison {
  /// Of a comparison of a report.
  package var members: [(String, JSON)] {
    [
      ("difference", .number(difference.mean)), ("low", .optional(difference.interval?.lower)),
      ("high", .optional(difference.interval?.upper)), ("p", .number(p)), ("better", .integer(better)),
      ("equal", .integer(equal)), ("worse", .integer(worse)),
    ]
  }
}

extension Judgement {
  /// Of a comparison of a report, behind those of its `PairedComparison`.
  package var members: [(String, JSON)] {
    [
      ("p_holm", .number(p)), ("verdict", .string(verdict.rawValue)), ("seeds_to_decide", .optional(seedsToDecide)),
    ]
  }
}

extension ExperimentReport.Row {
  /// The treatment's name in reports: with a logistic fit behind it where there is one.
  package var treatmentName: String { isFitted ? "\(treatment.rawValue) + logistic-fit" : treatment.rawValue }

  fileprivate func json(_ results: String) -> JSON {
    var members: [(String, JSON)] = [
      ("model", .string(model)), ("treatment", .string(treatmentName)), ("layers", .integer(layers)),
      ("qubits", .integer(qubits)),
    ]
    if let labels { members.append(("labels", .integer(labels))) }
    if let shots { members.append(("shots", .integer(shots))) }
    members += [
      ("iterations", .integer(iterations)), ("epoch", .optional(epoch)),
      (results, .array(accuracies.map(JSON.number))),
    ]
    members += summary.members
    members += [("paper_low", .optional(paper?.lowerBound)), ("paper_high", .optional(paper?.upperBound))]
    return .object(members)
  }
}

extension ExperimentReport.Comparison {
  fileprivate func json(_ judgement: Judgement) -> JSON {
    var members: [(String, JSON)] = [("model", .string(model))]
    if let baselineModel { members.append(("baseline_model", .string(baselineModel))) }
    if let shots { members.append(("shots", .integer(shots))) }
    members += [
      ("layers", .integer(layers)), ("iterations", .integer(iterations)), ("epoch", .optional(epoch)),
      ("baseline", .string(baseline.rawValue)), ("treatment", .string(treatment.rawValue)),
    ]
    return .object(members + result.members + judgement.members)
  }
}

extension ExperimentReport.Fidelity {
  fileprivate var json: JSON {
    .object(
      [("accuracies", .array(means.map(JSON.number)))] + summary.members + [("paper", .optional(paper))])
  }
}

extension ExperimentReport.Control {
  fileprivate var json: JSON {
    let (lower, upper) = accuracy.interval
    return .object([
      ("name", .string(name)), ("accuracy", .number(accuracy.value)), ("low", .number(lower)),
      ("high", .number(upper)),
    ])
  }
}
