import Files
import Models
import Settings

/// What `inspect` shows of a model file.
public enum ModelReport {
  public static func text(_ model: Model, path: String, digest: String) -> String {
    let ansatz = model.ansatz
    var table = TextTable([.left, .left])
    table.add(["model", path])
    table.add(["sha256", digest])
    for line in VerificationReport.lines(model: path, digest: digest) { table.add(["verified", line]) }
    if model.task != .classification { table.add(["task", model.task.rawValue]) }
    table.add(["circuit", "\(counted(ansatz.qubits, "qubit", "qubits")), \(counted(ansatz.layers, "layer", "layers"))"])
    for (key, name) in ansatz.conventions { table.add([String(key.map { $0 == "_" ? " " : $0 }), name]) }
    table.add(["final rotation", ansatz.finalRotation ? "yes" : "no"])
    if let features = model.features {
      table.add([
        "features",
        "\(features.count) bits: projections of \(features.columns) numbers above "
          + shortestText(features.threshold),
      ])
    }
    table.add(["encoder", model.encoder.name])
    table.add(["angles", "[layer \(ansatz.rotationLayers), qubit \(ansatz.qubits), axis 3], radians"])
    for (logit, observable) in model.observables.enumerated() {
      let (scale, bias) = (shortestText(model.scales[logit]), shortestText(model.biases[logit]))
      table.add([
        "\(model.task == .classification ? "logit" : "output") \(logit)", "\(scale) * <\(observable.text)> + \(bias)",
      ])
    }
    for (key, value) in model.provenance.byKey { table.add(["made: \(key)", value]) }
    return table.text
  }

  public static func json(_ model: Model, path: String, digest: String) -> JSON {
    let ansatz = model.ansatz
    let circuit: [(String, JSON)] = [
      ("model", .string(path)), ("model_sha256", .string(digest)), ("qubits", .integer(ansatz.qubits)),
      ("layers", .integer(ansatz.layers)), ("final_rotation", .boolean(ansatz.finalRotation)),
    ]
    let task: [(String, JSON)] =
      model.task == .classification ? [] : [("task", .string(model.task.rawValue))]
    return .object(
      circuit + task + ansatz.conventions.map { ($0.key, .string($0.name)) } + [
        ("encoder", .string(model.encoder.name)),
        ("feature_columns", .optional(model.features?.columns)),
        ("feature_threshold", .optional(model.features?.threshold)),
        ("observables", .array(model.observables.map { .string($0.text) })),
        ("angles_shape", .array([.integer(ansatz.rotationLayers), .integer(ansatz.qubits), .integer(3)])),
        ("scales", .array(model.scales.map(JSON.number))), ("biases", .array(model.biases.map(JSON.number))),
        ("verification", VerificationReport.json(model: path, digest: digest) ?? .null),
        ("provenance", .object(model.provenance.map { ($0.key, .string($0.value)) })),
        ("version", .string(programVersion)),
      ])
  }
}
