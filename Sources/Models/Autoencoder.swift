import Kernel

/// A trained autoencoder with every convention that decides what it does.
///
/// As a tensor file, metadata, all strings:
/// - `format`: `qkd-autoencoder`; `format_version`: `1`.
/// - `qubits`, `latent`, `layers`: decimal integers; the latent qubits are the lowest.
/// - `pairs`: `latent-trash`, `chain`, `ring`, `all`; `rotation`: `half`, `full`.
/// - `qubit_order`: `little-endian`; `coupling`: `exp(-itPP)`.
/// - `parameter_order`: `layer, qubit or pair, axis (x, y, z)`.
/// - every other key that begins with `made_`: provenance.
/// Tensors, F64: `angles` `[layers, qubits, 3]`, `couplings` `[layers, pairs, 3]`.
public struct Autoencoder: Sendable, Equatable {
  public static let format = "qkd-autoencoder"
  static let formatVersion = "1"
  static let parameterOrder = "layer, qubit or pair, axis (x, y, z)"
  static let coupling = "exp(-itPP)"

  public let ansatz: AutoencoderAnsatz
  /// In the ansatz's layout: angles, then couplings; radians.
  public var parameters: [Double]
  /// How it came about. Free text by key.
  public var provenance: [String: String]

  /// - Precondition: as many parameters as the ansatz has.
  public init(ansatz: AutoencoderAnsatz, parameters: [Double], provenance: [String: String] = [:]) {
    precondition(parameters.count == ansatz.parameterCount)
    self.ansatz = ansatz
    self.parameters = parameters
    self.provenance = provenance
  }

  /// - Throws: `ModelError`.
  public static func read(path: String) throws(ModelError) -> (autoencoder: Autoencoder, digest: String) {
    let file: TensorFile
    do { file = try TensorFile.read(path: path) } catch { throw .file(error) }
    return (try Autoencoder(file), file.digest)
  }

  /// Encodes it; the bytes depend on nothing but the autoencoder.
  /// - Throws: `ModelError.file` when a value is not finite or the file would become too large.
  public func tensorFile() throws(ModelError) -> TensorFile {
    var metadata: [String: String] = [
      "format": Self.format, "format_version": Self.formatVersion, "qubits": String(ansatz.qubits),
      "latent": String(ansatz.latent), "layers": String(ansatz.layers), "pairs": ansatz.pairs.name,
      "rotation": ansatz.rotation.name, "qubit_order": QubitOrder.littleEndian.name, "coupling": Self.coupling,
      "parameter_order": Self.parameterOrder,
    ]
    for (key, value) in provenance { metadata[Model.provenancePrefix + key] = value }
    do {
      return try TensorFile(
        metadata: metadata,
        tensors: [
          Tensor(
            name: "angles", shape: [ansatz.layers, ansatz.qubits, 3],
            values: .float64(Array(parameters[..<ansatz.angleCount]))),
          Tensor(
            name: "couplings", shape: [ansatz.layers, ansatz.pairCount, 3],
            values: .float64(Array(parameters[ansatz.angleCount...]))),
        ])
    } catch { throw .file(error) }
  }

  /// - Throws: `ModelError.entry`.
  public init(_ file: TensorFile) throws(ModelError) {
    let entries = ModelEntries(file: file)
    _ = try entries.text("format", [Self.format])
    _ = try entries.text("format_version", [Self.formatVersion])
    _ = try entries.text("parameter_order", [Self.parameterOrder])
    _ = try entries.text("qubit_order", [QubitOrder.littleEndian.name])
    _ = try entries.text("coupling", [Self.coupling])
    let qubits = try entries.integer("qubits", AutoencoderAnsatz.qubitRange)
    let ansatz = AutoencoderAnsatz(
      qubits: qubits, latent: try entries.integer("latent", 1...(qubits - 1)),
      layers: try entries.integer("layers", Model.layerRange), pairs: try entries.convention("pairs"),
      rotation: try entries.convention("rotation"))
    self.init(
      ansatz: ansatz,
      parameters: try entries.tensor("angles", [ansatz.layers, ansatz.qubits, 3])
        + entries.tensor("couplings", [ansatz.layers, ansatz.pairCount, 3]),
      provenance: entries.provenance)
  }
}

extension PairPattern: NamedConvention {
  public static var all: [PairPattern] { [.latentTrash, .chain, .ring, .everyPair] }

  public var name: String {
    switch self {
    case .latentTrash: "latent-trash"
    case .chain: "chain"
    case .ring: "ring"
    case .everyPair: "all"
    }
  }
}
