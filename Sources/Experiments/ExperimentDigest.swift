import Batches
import Files
import Models
import Settings

/// What an experiment's results depend on: settings by their keys, and the digests of its files.
struct ExperimentDigest {
  /// Names and values, for the report.
  let entries: [(name: String, value: String)]
  let hex: String

  /// - Throws: `SessionError.file` for a file that cannot be read.
  init(_ plan: ExperimentPlan, precision: String, lanes: Int, history: String) throws(SessionError) {
    var settings = plan.settings
    (settings.training.states, settings.evaluation.samples) = (plan.trainingSamples, plan.testSamples)
    // Each trial has a seed of its own, and more of them change none; lanes are those that the planner chose.
    let identity = try settings.identity(of: .reproduce, digest: fileDigest)
      .filter { !["seed", "host.lanes"].contains($0.key) }
    entries =
      [("by", "qkd-run \(programVersion) reproduce"), ("lanes", "\(lanes)"), ("history", history)]
      + identity.map { ($0.key, $0.value.asString ?? $0.value.text) }
    hex = SHA256.hex(of: Array(entries.map { "\($0.name)=\($0.value)\n" }.joined().utf8))
  }
}
