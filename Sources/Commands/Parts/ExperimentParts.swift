import Experiments
import Files
import Reports

/// Parts of `reproduce`, joined into the report of all seeds.
enum ExperimentParts {
  /// What the parts of one experiment have in common. Settings come before their digest, so that a difference is told
  /// by its name.
  static let common = [
    "experiment", "preset", "version", "seeds", "first_seed", "axis", "training_samples", "test_samples", "settings",
    "settings_sha256", "margin", "controls", "measure", "quantum_limit",
  ]

  /// The report that a run over all seeds would have written, byte for byte.
  static func join(_ set: PartSet) throws(MergeError) -> JSON {
    let first = set.first
    guard let seeds = first.count("seeds", atMost: Part.largestSeeds), let rows = first["rows"]?.asArray,
      let comparisons = first["comparisons"]?.asArray, let fidelity = first["fidelity"],
      let margin = first["margin"]?.asNumber, margin >= 0
    else { throw first.notAPart("members of a report are missing") }
    var joined: [(row: JSON, accuracies: [Double])] = []
    for index in rows.indices {
      joined.append(
        try join(set, seeds: seeds) { $0["rows"]?.asArray.flatMap { $0.count == rows.count ? $0[index] : nil } })
    }
    var members: [(String, JSON)] = []
    for (name, value) in first.members {
      switch name {
      case "rows": members.append((name, .array(joined.map(\.row))))
      case "comparisons":
        guard let compared = compare(comparisons, joined, margin: margin, prefersLower: first["measure"] != nil) else {
          throw first.notAPart("a comparison without its rows")
        }
        members.append((name, .array(compared)))
      case "fidelity":
        if case .null = fidelity {
          members.append((name, value))
        } else {
          members.append((name, try join(set, seeds: seeds) { $0["fidelity"] }.row))
        }
      default: members.append((name, value))
      }
    }
    return .object(members)
  }

  /// One row, from the same row of all parts: seed k of the whole is seed k / N of part k % N.
  private static func join(
    _ set: PartSet, seeds: Int, _ row: (Part) -> JSON?
  ) throws(MergeError) -> (row: JSON, accuracies: [Double]) {
    var results: [[Double]] = []
    for part in set.parts {
      guard let values = row(part).flatMap(accuracies) else { throw part.notAPart("a row without accuracies") }
      let expected = part.shard.size(of: seeds)
      if values.count != expected {
        throw .count(path: part.path, what: "seed", given: values.count, expected: expected)
      }
      results.append(values)
    }
    guard seeds > 0, case .object(let members) = row(set.first) else { throw set.first.notAPart("a row is no object") }
    let accuracies = (0..<seeds).map { results[$0 % results.count][$0 / results.count] }
    let isOfErrors = members.contains { $0.0 == "rmse" }
    let summary = SampleSummary(accuracies, within: 0...(isOfErrors ? .infinity : 1)).members
    return (
      .object(
        members.map { name, value in
          if ["accuracies", "rmse"].contains(name) { return (name, .array(accuracies.map(JSON.number))) }
          return (name, summary.first { $0.0 == name }?.1 ?? value)
        }), accuracies
    )
  }

  /// `[seed]` of a row; nil where they are no shares, or in a regression no errors.
  private static func accuracies(_ row: JSON) -> [Double]? {
    let errors = row["rmse"]?.asArray
    guard let values = errors ?? row["accuracies"]?.asArray else { return nil }
    let shares = values.compactMap(\.asNumber).filter { $0 >= 0 && $0 <= (errors == nil ? 1 : .infinity) }
    return shares.count == values.count ? shares : nil
  }

  /// Comparisons anew, over all seeds; nil where one lacks a row that it compares.
  private static func compare(
    _ comparisons: [JSON], _ rows: [(row: JSON, accuracies: [Double])], margin: Double, prefersLower: Bool
  ) -> [JSON]? {
    let results = comparisons.compactMap { comparison -> PairedComparison? in
      func accuracies(_ treatment: String, of model: JSON?) -> [Double]? {
        rows.first { entry in
          ["layers", "iterations", "epoch", "shots"].allSatisfy { entry.row[$0]?.text == comparison[$0]?.text }
            && entry.row["model"]?.text == model?.text && entry.row["treatment"]?.text == comparison[treatment]?.text
        }?.accuracies
      }
      let model = comparison["model"]
      guard let baseline = accuracies("baseline", of: comparison["baseline_model"] ?? model),
        let treatment = accuracies("treatment", of: model)
      else { return nil }
      return PairedComparison(baseline: baseline, treatment: treatment, prefersLower: prefersLower)
    }
    if results.count < comparisons.count { return nil }
    let judgements = Judgement.of(results, margin: margin)
    return comparisons.indices.map { index in
      guard case .object(let members) = comparisons[index] else { return comparisons[index] }
      let anew = results[index].members + judgements[index].members
      return .object(members.map { name, value in (name, anew.first { $0.0 == name }?.1 ?? value) })
    }
  }
}
