import Files
import Settings
import Training

extension CompressionReport {
  /// The results, a line each.
  public var text: String {
    var table = TextTable([.left, .left])
    table.add(["autoencoder", "\(path) (written, \(groupedText(parameters)) parameters)"])
    table.add(["sha256", sha256])
    table.add([
      "circuit",
      "\(qubits) to \(counted(latent, "qubit", "qubits")), \(counted(layers, "layer", "layers")), pairs \(pairs)",
    ])
    let ends = (fixedText(losses[0], digits: 6), fixedText(losses[losses.count - 1], digits: 6))
    table.add(["infidelity", "\(ends.0) at first, \(ends.1) at last"])
    table.add(["", sparkline(losses, width: 60, isUnicode: TextLocale.isUnicode)])
    table.add([
      "fidelity",
      "mean \(fixedText(fidelity.mean, digits: 6)), "
        + "first percentile \(fixedText(fidelity.firstPercentile, digits: 6)), "
        + "minimum \(fixedText(fidelity.minimum, digits: 6)), n = \(groupedText(fidelity.samples))",
    ])
    table.add(["bound", "\(fixedText(bound, digits: 6)) for the mean, from the states' spectrum"])
    if let averageStateFidelity {
      table.add(["mixed", "\(fixedText(averageStateFidelity, digits: 6)) of the states' average, a mixed state"])
    }
    let duration = durationText(microseconds: seconds * 1e6)
    table.add(["training", "\(counted(losses.count, "iteration", "iterations")) in \(duration)"])
    for row in RunFactsReport.rows(facts) { table.add(row) }
    return table.text
  }

  public var json: JSON {
    .object(
      [
        ("job", .string(Job.compress.rawValue)), ("mean_fidelity", .number(fidelity.mean)),
        ("first_percentile_fidelity", .number(fidelity.firstPercentile)),
        ("minimum_fidelity", .number(fidelity.minimum)), ("samples", .integer(fidelity.samples)),
        ("mean_fidelity_bound", .number(bound)),
        ("average_state_fidelity", .optional(averageStateFidelity)), ("losses", .numbers(losses)),
        ("iterations", .integer(losses.count)), ("seconds", .number(seconds)), ("qubits", .integer(qubits)),
        ("latent", .integer(latent)), ("layers", .integer(layers)), ("pairs", .string(pairs)),
        ("parameters", .integer(parameters)), ("autoencoder", .string(path)), ("autoencoder_sha256", .string(sha256)),
      ] + RunFactsReport.members(facts))
  }
}
