import Batches
import Files
import Models
import Settings

/// The settings of a profile that decide an input's results, the model aside.
struct SpoolDigest {
  let json: JSON
  let sha256: String

  init(_ evaluation: EvaluationRun) throws(SessionError) {
    let identity = try evaluation.settings.identity(of: .evaluate, digest: fileDigest)
    json = .object(identity.map { ($0.key, $0.value) })
    sha256 = SHA256.hex(of: Array(json.text.utf8))
  }
}
