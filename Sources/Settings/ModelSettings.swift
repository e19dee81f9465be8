import Kernel
import Models

/// The circuit that `train` and `distill` make. `evaluate` reads its circuit from the model file.
public struct ModelSettings: Sendable, Equatable {
  /// The model file: read by `evaluate`, written by `train` and `distill`.
  public var path = ""
  /// The digest of the only model that `evaluate` takes; nil: any.
  public var sha256: String?
  /// What the outputs are: logits of classes, or numbers.
  public var task = ModelTask.classification
  public var qubits = 7
  public var layers = 2
  public var entangler = Entangler.linear
  public var entanglingGate = EntanglingGate.cnot
  public var finalRotation = false
  public var rotation = RotationConvention.half
  public var qubitOrder = QubitOrder.littleEndian
  /// One observable a logit or number, in the text form of `Observable`: `Z0`, `0.5*Z0*Z1 - X2`.
  public var observables = ["Z0", "Z1"]
  public var readout = ReadoutKind.affine
  /// Where every scale and bias starts.
  public var scale = 1.0
  public var bias = 0.0

  public init() {}
}

extension ModelTask {
  /// What outputs are called in messages and plans.
  public var outputName: String { self == .classification ? "logits" : "outputs" }
}

/// How the readout's scales and biases come about.
public enum ReadoutKind: String, Sendable, CaseIterable {
  /// They stay as they start.
  case fixed
  /// They are trained together with the angles.
  case affine
}

extension ModelSettings {
  /// The circuit, or one of other layers or qubits with the same conventions.
  /// - Precondition: `qubits` above those of an entangler that is a list, as `Settings.problem` makes sure.
  public func ansatz(qubits: Int? = nil, layers: Int? = nil) -> Ansatz {
    Ansatz(
      qubits: qubits ?? self.qubits, layers: layers ?? self.layers, entangler: entangler,
      entanglingGate: entanglingGate, finalRotation: finalRotation, rotation: rotation, qubitOrder: qubitOrder)
  }
}

extension SettingKey {
  static var model: [SettingKey] {
    [
      SettingKey(
        "model.path", \.model.path, .path,
        flags: [SettingFlag("model", [.evaluate]), SettingFlag("output", [.train, .distill])],
        for: [.evaluate, .train, .distill], .nothing,
        "The model file that evaluate reads, and that train and distill write"),
      // No result depends on it: the digest of the model that made it stands in each.
      SettingKey(
        "model.sha256", \.model.sha256, ValueKind.sha256.orNone("none"), flags: ["model-sha256"], for: [.evaluate],
        .nothing, "The digest (sha256) of the only model that evaluate takes"),
      SettingKey(
        "model.task", \.model.task, .rawText, for: .circuit, .valueUnlessDefault,
        "classification: outputs are logits of classes; regression: they are numbers"),
      SettingKey(
        "model.qubits", \.model.qubits, .integer(Ansatz.qubitRange), for: .training, .value,
        "Qubits of the circuit to train"),
      SettingKey(
        "model.layers", \.model.layers, .integer(Model.layerRange), for: [.train, .distill], .value,
        "Layers of the circuit to train"),
      SettingKey(
        "model.entangler", \.model.entangler, .convention, for: .circuit, .value,
        "Pairs of qubits on which gates follow each layer's rotations: a pattern or a list, control first"),
      SettingKey(
        "model.entangling-gate", \.model.entanglingGate, .convention, for: .circuit, .valueUnlessDefault,
        "The gate on each of the entangler's pairs"),
      SettingKey(
        "model.final-rotation", \.model.finalRotation, .boolean, for: .circuit, .value,
        "One more layer of rotations at the end"),
      SettingKey(
        "model.rotation", \.model.rotation, .convention, for: .training, .value,
        "half: exp(-i angle P/2); full: exp(i angle P)"),
      SettingKey(
        "model.qubit-order", \.model.qubitOrder, .convention, for: .circuit, .value,
        "Whether qubit 0 is an index's lowest or highest bit"),
      SettingKey(
        "model.observables", \.model.observables, .observables, for: .circuit, .value,
        "One observable a logit, or a number of a regression"),
      SettingKey(
        "model.readout", \.model.readout, .rawText, for: .circuit, .value,
        "fixed: scale and bias stay; affine: they are trained"),
      SettingKey(
        "model.scale", \.model.scale, .number(-1e6...1e6), for: .circuit, .value, "Where each logit's scale starts"),
      SettingKey(
        "model.bias", \.model.bias, .number(-1e6...1e6), for: .circuit, .value, "Where each logit's bias starts"),
    ]
  }
}
