import Evaluation
import Files
import Reports

/// Parts joined into what one run would have done.
package struct Merge {
  private let path: String
  private let parts: Int
  /// nil: the parts are of an experiment.
  private let summary: EvaluationParts.Summary?
  private let report: JSON

  /// Writes the report of all seeds, or the predictions of all samples.
  package init(_ parts: [String], into path: String) throws(MergeError) {
    if let part = parts.first(where: { isSameFile($0, path) }) { throw .outputIsPart(path: part) }
    let set = try PartSet(paths: parts) { kind in
      switch kind {
      case "reproduce": ExperimentParts.common
      case "evaluate": EvaluationParts.common
      default: nil
      }
    }
    self.path = path
    self.parts = parts.count
    if set.first["report"]?.asString == "evaluate" {
      let summary = try EvaluationParts.join(set, into: path)
      self.summary = summary
      report = summary.json
    } else {
      summary = nil
      report = try ExperimentParts.join(set)
      try write(report, to: path)
    }
  }

  package var json: JSON { report }

  package var text: String {
    if let summary { return summary.text }
    let seeds = counted(report["seeds"]?.asInteger ?? 0, "seed", "seeds")
    return "\(path): \(seeds) of \(counted(parts, "part", "parts")) \(writtenNote)\n"
  }

  /// What the settings of an evaluation's parts hold the whole to; nil: nothing.
  package var gate: QualityGate? { summary?.gate }
}

private func write(_ report: JSON, to path: String) throws(MergeError) {
  var text = report.text + "\n"
  do {
    var file = try AtomicFile(path: path)
    // A write that fails makes the commit fail.
    _ = text.withUTF8 { file.append(UnsafeRawBufferPointer($0)) }
    try file.commit()
  } catch { throw .file(error) }
}
