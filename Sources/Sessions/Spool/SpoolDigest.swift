import Files
import Kernel
import Students

/// The settings of a profile that decide an input's results, the model aside.
struct SpoolDigest {
  let json: JSON
  let sha256: String

  init(_ evaluation: Evaluation) {
    let settings = evaluation.settings
    let gate = settings.evaluation
    json = .object([
      ("format", .string(settings.spool.format.rawValue)), ("encoder", .string(evaluation.encoder.name)),
      ("precision", .string(settings.host.precision.name)),
      ("classes", .array(settings.data.classes.map(JSON.integer))),
      ("compressor_sha256", .optional(evaluation.compressor?.digest)),
      ("confidence_threshold", .number(gate.confidenceThreshold)),
      ("minimum_accuracy", .optional(gate.minimumAccuracy)),
      ("maximum_low_confidence", .optional(gate.maximumLowConfidence)),
      ("drift_significance", .optional(gate.driftSignificance)),
    ])
    sha256 = SHA256.hex(of: Array(json.text.utf8))
  }
}
