import Kernel
import Models

/// Why an array is no model with some conventions: what was given, and what is allowed.
struct Unfit: Error {
  let what: String
  let given: String
  let allowed: String

  init(_ what: String, _ given: String, _ allowed: String) {
    self.what = what
    self.given = given
    self.allowed = allowed
  }
}

/// Everything that makes a model but its conventions.
struct Assembly {
  let source: AngleSource
  /// `[logit]`; nil: 1.
  let scales: [Double]?
  /// nil: 0.
  let biases: [Double]?
  /// Whose features and range of rows are taken too.
  let like: Model?

  /// - Parameter texts: of all conventions, in the one spelling.
  /// - Throws: `Unfit`.
  func model(_ texts: [Convention: String]) throws(Unfit) -> Model {
    let (axes, gates) = (Axis.list(texts[.axes]!)!, Gate.list(texts[.gates]!)!)
    let extents = try extents(axes, gates)
    let (layers, qubits) = (extents[.layer] ?? 1, extents[.qubit] ?? 1)
    guard Ansatz.qubitRange.contains(qubits) else {
      throw Unfit("the qubit axis", "\(qubits)", "1 to \(Ansatz.qubitRange.upperBound)")
    }
    let isFinal = texts[.finalRotation] == "true"
    let own = isFinal ? layers - 1 : layers
    guard Model.layerRange.contains(own) else {
      throw Unfit(
        "the layer axis", "\(layers)",
        "\(isFinal ? 2 : 1) to \(Model.layerRange.upperBound + (isFinal ? 1 : 0)), the final rotation's own among them")
    }
    for (key, count) in [("qubits", qubits), ("layers", own)] {
      if let said = source.counts[key], said != "\(count)" {
        throw Unfit("shape \(source.shape), of \(count) \(key)", "\(key) = \(said) in the metadata", "the same number")
      }
    }
    let entangler = Entangler(name: texts[.entangler]!)!
    if entangler.highestQubit >= qubits { throw Unfit("entangler", entangler.name, "qubits 0 to \(qubits - 1)") }
    let observables = texts[.observables]!.split(separator: ";").compactMap { try? Observable(String($0)) }
    if let highest = observables.map(\.highestQubit).max(), highest >= qubits {
      throw Unfit("observables", "qubit \(highest)", "qubits 0 to \(qubits - 1)")
    }
    let task = ModelTask(rawValue: texts[.task]!)!
    guard observables.count >= task.fewestOutputs else {
      throw Unfit("observables", "\(observables.count)", "at least 2 for classes; or --task regression")
    }
    let encoder = Encoder(name: texts[.encoder]!)!
    if let features = like?.features, features.count != qubits || !encoder.takesBits {
      throw Unfit("the features of --like", "\(features.count) bits", "a bit a qubit, \(qubits), by phase or basis")
    }
    let ansatz = Ansatz(
      qubits: qubits, layers: own, entangler: entangler, entanglingGate: EntanglingGate(name: texts[.entanglingGate]!)!,
      finalRotation: isFinal, rotation: RotationConvention(name: texts[.rotation]!)!,
      qubitOrder: QubitOrder(name: texts[.qubitOrder]!)!)
    return Model(
      ansatz: ansatz, observables: observables, angles: angles(axes, gates, ansatz),
      scales: try readout("scales", scales, observables.count, otherwise: 1),
      biases: try readout("biases", biases, observables.count, otherwise: 0), encoder: encoder,
      features: like?.features, rowRange: like?.rowRange, task: task)
  }

  /// The extents of the axes that the array has.
  private func extents(_ axes: [Axis], _ gates: [Gate]) throws(Unfit) -> [Axis: Int] {
    let shape = source.shape
    guard shape.count == axes.count else {
      throw Unfit("shape", "\(shape)", "as many axes as --axes \(Axis.text(axes)) names, \(axes.count)")
    }
    if shape.contains(0) { throw Unfit("shape", "\(shape)", "extents from 1 on") }
    let extents = Dictionary(uniqueKeysWithValues: zip(axes, shape))
    guard extents[.gate] ?? 1 == gates.count else {
      throw Unfit(
        "the gate axis", "\(extents[.gate].map(String.init) ?? "left out")",
        "\(gates.count), the gates of --gates \(Gate.text(gates))")
    }
    return extents
  }

  /// `[rotation layer][qubit][x, y, z]`
  private func angles(_ axes: [Axis], _ gates: [Gate], _ ansatz: Ansatz) -> [Double] {
    var strides: [Axis: Int] = [:]
    var stride = 1
    for (axis, extent) in zip(axes, source.shape).reversed() {
      strides[axis] = stride
      stride *= extent
    }
    let (layerStride, qubitStride, gateStride) = (strides[.layer] ?? 0, strides[.qubit] ?? 0, strides[.gate] ?? 0)
    var result: [Double] = []
    result.reserveCapacity(ansatz.parameterCount)
    for layer in 0..<ansatz.rotationLayers {
      for qubit in 0..<ansatz.qubits {
        let first = layer * layerStride + qubit * qubitStride
        let block = gates.indices.map { source.angles[first + $0 * gateStride] }
        result += modelAngles(block, gates, ansatz.rotation)
      }
    }
    return result
  }

  private func readout(
    _ name: String, _ values: [Double]?, _ logits: Int, otherwise: Double
  ) throws(Unfit) -> [Double] {
    guard let values else { return [Double](repeating: otherwise, count: logits) }
    guard values.count == logits else {
      throw Unfit(name, "\(values.count)", "\(logits), one an observable")
    }
    if let value = values.first(where: { !($0.magnitude <= Model.largestWeight) }) {
      throw Unfit(name, "\(value)", "numbers up to \(Model.largestWeight) in magnitude")
    }
    return values
  }
}
