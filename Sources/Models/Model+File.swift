import Kernel

/// The model's entries in a tensor file. Metadata, all strings:
/// - `format`: `qkd-model`; `format_version`: `1`.
/// - `qubits`, `layers`: decimal integers.
/// - `entangler`: `linear`, `ring`, `descending`, `all-pairs`, or 1 to 64 pairs of qubits, control first, the qubits of
///   this circuit: `0-1, 1-2, 2-0`; `entangling_gate`, only where it is not `cnot`: `cz`;
///   `final_rotation`: `true`, `false`;
///   `rotation`: `half`, `full`; `qubit_order`: `little-endian`, `big-endian`; `encoder`: the encoder's name.
/// - `observables`: the observables' texts, joined by `; `; `task`, only where it is not `classification`:
///   `regression`.
/// - `parameter_order`: `layer, qubit, axis (x, y, z)`.
/// - `features`, only where rows become bits before they are encoded: `pca bits: (row - mean) . component > threshold`,
///   with
///   `pca_threshold`, a decimal number. Tensors, F64: `pca_mean` `[columns]`, `pca_components` `[qubits, columns]`,
///   which are orthonormal, the largest variance first, the element of largest magnitude positive. Images have bytes x
///   as x/255.
/// - `row_minimum`, `row_maximum`, decimal numbers, both or neither: of the rows that it was trained on.
/// - every other key that begins with `made_`: provenance.
/// Tensors, F64: `angles` `[rotation layers, qubits, 3]`, `scales` and `biases` `[logits]`.
extension Model {
  package static let format = "qkd-model"
  static let formatVersion = "1"
  package static let parameterOrder = "layer, qubit, axis (x, y, z)"
  static let featureConvention = "pca bits: (row - mean) . component > threshold"
  /// Files from before there was another gate do not have it.
  static let entanglingGateKey = "entangling_gate"
  static let provenancePrefix = "made_"
  /// More would not fit a label's type, nor any use.
  public static let largestLogitCount = 64
  /// Of the observables' texts, joined: a quarter of the file's header is left to all other entries.
  package static let largestObservableBytes = TensorFile.largestHeaderBytes / 4 * 3

  /// - Parameter limit: of the file, bytes.
  /// - Throws: `ModelError`.
  public static func read(
    path: String, atMost limit: Int = TensorFile.largestFileBytes
  ) throws(ModelError) -> (model: Model, digest: String) {
    let file: TensorFile
    do { file = try TensorFile.read(path: path, atMost: limit) } catch { throw .file(error) }
    return (try Model(file), file.digest)
  }

  /// Encodes the model; the bytes depend on nothing but the model.
  /// - Throws: `ModelError.file` when a value is not finite or the file would become too large, `.entry` when a scale
  ///   or bias is larger than `largestWeight`.
  public func tensorFile() throws(ModelError) -> TensorFile {
    try checkReadout()
    var metadata: [String: String] = [
      "format": Model.format, "format_version": Model.formatVersion, "qubits": String(ansatz.qubits),
      "layers": String(ansatz.layers), "final_rotation": String(ansatz.finalRotation), "encoder": encoder.name,
      "observables": observables.map(\.text).joined(separator: "; "), "parameter_order": Model.parameterOrder,
    ]
    for (key, name) in ansatz.conventions { metadata[key] = name }
    if ansatz.entanglingGate == .cnot { metadata[Model.entanglingGateKey] = nil }
    if task != .classification { metadata[Model.taskKey] = task.rawValue }
    for (key, value) in provenance { metadata[Model.provenancePrefix + key] = value }
    if let rowRange {
      metadata["row_minimum"] = "\(rowRange.lowerBound)"
      metadata["row_maximum"] = "\(rowRange.upperBound)"
    }
    var featureTensors: [Tensor] = []
    if let features {
      metadata["features"] = Model.featureConvention
      metadata["pca_threshold"] = "\(features.threshold)"
      featureTensors = [
        Tensor(name: "pca_mean", shape: [features.columns], values: .float64(features.mean)),
        Tensor(
          name: "pca_components", shape: [features.count, features.columns],
          values: .float64(features.components)),
      ]
    }
    do {
      return try TensorFile(
        metadata: metadata,
        tensors: [
          Tensor(name: "angles", shape: [ansatz.rotationLayers, ansatz.qubits, 3], values: .float64(angles)),
          Tensor(name: "scales", shape: [logits], values: .float64(scales)),
          Tensor(name: "biases", shape: [logits], values: .float64(biases)),
        ] + featureTensors)
    } catch { throw .file(error) }
  }

  /// - Throws: `ModelError.entry`.
  public init(_ file: TensorFile) throws(ModelError) {
    let entries = ModelEntries(file: file)
    _ = try entries.text("format", [Model.format])
    _ = try entries.text("format_version", [Model.formatVersion])
    _ = try entries.text("parameter_order", [Model.parameterOrder])
    let observables = try entries.observables()
    let qubits = try entries.integer("qubits", Ansatz.qubitRange)
    let entangler: Entangler = try entries.convention("entangler")
    if entangler.highestQubit >= qubits {
      throw .entry("entangler", given: entangler.name, allowed: "qubits 0 to \(qubits - 1)")
    }
    let ansatz = Ansatz(
      qubits: qubits, layers: try entries.integer("layers", Model.layerRange), entangler: entangler,
      entanglingGate: file.metadata[Model.entanglingGateKey] == nil
        ? .cnot : try entries.convention(Model.entanglingGateKey),
      finalRotation: try entries.text("final_rotation", ["true", "false"]) == "true",
      rotation: try entries.convention("rotation"), qubitOrder: try entries.convention("qubit_order"))
    if let highest = observables.map(\.highestQubit).max(), highest >= ansatz.qubits {
      throw .entry("observables", given: "qubit \(highest)", allowed: "qubits 0 to \(ansatz.qubits - 1)")
    }
    let encoder: Encoder = try entries.convention("encoder")
    let features = try entries.features(qubits: ansatz.qubits)
    if features != nil && !encoder.takesBits {
      throw .entry("encoder", given: encoder.name, allowed: "phase, basis: the features are bits")
    }
    self.init(
      ansatz: ansatz, observables: observables,
      angles: try entries.tensor("angles", [ansatz.rotationLayers, ansatz.qubits, 3]),
      scales: try entries.tensor("scales", [observables.count]),
      biases: try entries.tensor("biases", [observables.count]), encoder: encoder,
      features: features, rowRange: try entries.rowRange(),
      provenance: entries.provenance, task: try entries.task())
    try checkReadout()
  }

  private func checkReadout() throws(ModelError) {
    for (name, values) in [("scales", scales), ("biases", biases)] {
      // What is not finite is the file's to refuse.
      if let large = values.first(where: { $0.isFinite && $0.magnitude > Model.largestWeight }) {
        throw .entry(name, given: "\(large)", allowed: "magnitudes up to \(Model.largestWeight)")
      }
    }
  }
}

/// The entries of a tensor file, each with what is allowed.
struct ModelEntries {
  let file: TensorFile

  /// By key, without the prefix.
  var provenance: [String: String] {
    var result: [String: String] = [:]
    for (key, value) in file.metadata where key.hasPrefix(Model.provenancePrefix) {
      result[String(key.dropFirst(Model.provenancePrefix.count))] = value
    }
    return result
  }

  func text(_ key: String, _ allowed: [String]) throws(ModelError) -> String {
    guard let value = file.metadata[key], allowed.contains(value) else {
      throw .entry(key, given: file.metadata[key], allowed: allowed.joined(separator: ", "))
    }
    return value
  }

  func integer(_ key: String, _ range: ClosedRange<Int>) throws(ModelError) -> Int {
    guard let text = file.metadata[key], let value = Int(text), range.contains(value), String(value) == text else {
      throw .entry(key, given: file.metadata[key], allowed: "\(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  func convention<Convention: NamedConvention>(_ key: String) throws(ModelError) -> Convention {
    guard let text = file.metadata[key], let value = Convention(name: text) else {
      throw .entry(key, given: file.metadata[key], allowed: Convention.allowedNames)
    }
    return value
  }

  /// Files from before there was another task do not have it.
  func task() throws(ModelError) -> ModelTask {
    if file.metadata[Model.taskKey] == nil { return .classification }
    return ModelTask(rawValue: try text(Model.taskKey, ModelTask.allCases.map(\.rawValue))) ?? .classification
  }

  func observables() throws(ModelError) -> [Observable] {
    guard let text = file.metadata["observables"] else {
      throw .entry("observables", given: nil, allowed: "observables joined by ';'")
    }
    var result: [Observable] = []
    for part in text.utf8.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false) {
      let trimmed = String(decoding: part.drop { $0 == UInt8(ascii: " ") }, as: UTF8.self)
      do { result.append(try Observable(trimmed)) } catch {
        throw .entry("observables", given: trimmed, allowed: "\(error.expected) at character \(error.character)")
      }
    }
    if result.count > Model.largestLogitCount {
      throw .entry("observables", given: "\(result.count)", allowed: "at most \(Model.largestLogitCount)")
    }
    return result
  }

  /// nil for a model without features.
  func features(qubits: Int) throws(ModelError) -> PrincipalFeatures? {
    if file.metadata["features"] == nil && file["pca_mean"] == nil && file["pca_components"] == nil {
      return nil
    }
    _ = try text("features", [Model.featureConvention])
    let threshold = try number("pca_threshold")
    let columns = file["pca_mean"]?.shape.first ?? 0
    guard columns > 0 else { throw .entry("pca_mean", given: nil, allowed: "F64 [columns]") }
    return PrincipalFeatures(
      mean: try tensor("pca_mean", [columns]),
      components: try tensor("pca_components", [qubits, columns]),
      threshold: threshold)
  }

  func number(_ key: String) throws(ModelError) -> Double {
    guard let given = file.metadata[key], let number = Double(given), number.isFinite else {
      throw .entry(key, given: file.metadata[key], allowed: "a finite number")
    }
    return number
  }

  /// nil for a model that does not say.
  func rowRange() throws(ModelError) -> ClosedRange<Double>? {
    if file.metadata["row_minimum"] == nil && file.metadata["row_maximum"] == nil { return nil }
    let (least, largest) = (try number("row_minimum"), try number("row_maximum"))
    if least > largest { throw .entry("row_minimum", given: "\(least)", allowed: "up to row_maximum, \(largest)") }
    return least...largest
  }

  func tensor(_ name: String, _ shape: [Int]) throws(ModelError) -> [Double] {
    guard let tensor = file[name], case .float64(let values) = tensor.values, tensor.shape == shape else {
      let given = file[name].map { "\($0.values.type) \($0.shape)" }
      throw .entry(name, given: given, allowed: "F64 \(shape)")
    }
    return values
  }
}
