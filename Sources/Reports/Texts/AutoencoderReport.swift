import Files
import Models
import Settings

/// What `inspect` shows of an autoencoder's file.
public enum AutoencoderReport {
  public static func text(_ autoencoder: Autoencoder, path: String, digest: String) -> String {
    let ansatz = autoencoder.ansatz
    var table = TextTable([.left, .left])
    table.add(["autoencoder", path])
    table.add(["sha256", digest])
    for line in VerificationReport.lines(model: path, digest: digest) { table.add(["verified", line]) }
    table.add([
      "circuit",
      "\(ansatz.qubits) to \(counted(ansatz.latent, "qubit", "qubits")), \(counted(ansatz.layers, "layer", "layers"))",
    ])
    table.add(["pairs", ansatz.pairs.name])
    table.add(["rotation", ansatz.rotation.name])
    table.add(["angles", "[layer \(ansatz.layers), qubit \(ansatz.qubits), axis 3], radians"])
    table.add(["couplings", "[layer \(ansatz.layers), pair \(ansatz.pairCount), axis 3], exp(-itPP), radians"])
    for (key, value) in autoencoder.provenance.byKey { table.add(["made: \(key)", value]) }
    return table.text
  }

  public static func json(_ autoencoder: Autoencoder, path: String, digest: String) -> JSON {
    let ansatz = autoencoder.ansatz
    return .object([
      ("autoencoder", .string(path)), ("autoencoder_sha256", .string(digest)), ("qubits", .integer(ansatz.qubits)),
      ("latent", .integer(ansatz.latent)), ("layers", .integer(ansatz.layers)), ("pairs", .string(ansatz.pairs.name)),
      ("rotation", .string(ansatz.rotation.name)),
      ("angles_shape", .array([.integer(ansatz.layers), .integer(ansatz.qubits), .integer(3)])),
      ("couplings_shape", .array([.integer(ansatz.layers), .integer(ansatz.pairCount), .integer(3)])),
      ("verification", VerificationReport.json(model: path, digest: digest) ?? .null),
      ("provenance", .object(autoencoder.provenance.map { ($0.key, .string($0.value)) })),
      ("version", .string(programVersion)),
    ])
  }
}
