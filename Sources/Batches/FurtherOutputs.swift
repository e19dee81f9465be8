import Models

extension Model {
  /// The same model with further outputs behind its logits: the values of these observables, as they are.
  package func with(further: [Observable]) -> Model {
    if further.isEmpty { return self }
    return Model(
      ansatz: ansatz, observables: observables + further, angles: angles,
      scales: scales + further.map { _ in 1 }, biases: biases + further.map { _ in 0 }, encoder: encoder,
      features: features, rowRange: rowRange, provenance: provenance, task: task)
  }
}
