import Reports
import Samples
import Settings

extension Settings {
  /// The file that describes this host's part: beside what the whole would write; nil without `host.shard`.
  func partPath(_ job: Job) -> String? {
    host.shard.map { $0.path(of: job == .reproduce ? experiment.reportFile : evaluation.predictionsPath) + ".json" }
  }

  /// These settings with the outputs of this host's part in place of those of the whole.
  /// - Throws: `CommandError` where the job has no parts: without a file to evaluate, or without one to write.
  func ofPart(_ job: Job) throws(CommandError) -> Settings {
    guard let shard = host.shard else { return self }
    var part = self
    switch job {
    case .reproduce: part.experiment.reportPath = partPath(job)!
    // Each input of a spool belongs to one part, and has results of its own.
    case .evaluate where spool.isUsed: break
    case .evaluate:
      let output = evaluation.predictionsPath
      if output.isEmpty {
        throw .session(
          .setting(
            name: "evaluation.predictions", given: "nothing",
            allowed: "a file (--predictions): the parts of host.shard are joined by it"))
      }
      if data.path == "-" || data.labelsPath == "-" {
        throw .session(.setting(name: "data.path", given: "-", allowed: "a file, which all parts of host.shard read"))
      }
      let format: PredictionFormat
      do { format = try PredictionFormat(path: output) } catch { throw .session(.samples(path: output, error)) }
      part.evaluation.predictionsPath = shard.path(of: output) + "." + format.rawValue
    case .train, .distill, .compress: break
    }
    return part
  }
}
