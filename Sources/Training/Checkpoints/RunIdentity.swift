import Batches
import Files
import Models
import Settings

/// Everything that the results of a run that trains depend on, as text: settings by their keys, digests of files, the
/// version. What does not change a result (threads, paths) is not there, nor is what changes its last digits alone
/// (the layout that the planner chose, the processor that the program was built for).
package struct RunIdentity {
  /// By the settings' keys, or words that look like them.
  package let entries: [String: String]

  /// One digest for one result, but for its last digits.
  package var digest: String {
    let lines = entries.byKey.map { "\($0.key)=\($0.value)\n" }
    return SHA256.hex(of: Array(lines.joined().utf8))
  }

  /// - Parameters:
  ///   - settings: with `training.states` as many as the training set really has.
  ///   - teacher: what of it results depend on, whether its file or a tape of its logits is given.
  ///   - digest: of a file; 64 digits.
  package init(
    _ settings: Settings, job: Job, teacher: [String: String] = [:],
    digest: (String) throws(SessionError) -> String = fileDigest
  ) throws(SessionError) {
    var entries = ["version": programVersion, "job": job.rawValue].merging(teacher) { $1 }
    for (key, value) in try settings.identity(of: job, digest: digest) { entries[key] = value.asString ?? value.text }
    self.entries = entries
  }

  /// Stands for a digest where only its length counts.
  package static func noDigest(ofFile path: String) throws(SessionError) -> String {
    String(repeating: "0", count: 2 * SHA256.digestBytes)
  }
}

extension Model {
  /// The entry of a model's or an autoencoder's provenance that holds the digest of the run that made it.
  package static let runKey = "run"
}
