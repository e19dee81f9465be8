/// One rotation layer, forward and backward, on states `[amplitude][re, im]` of lane vectors.
struct LayerPasses<V: LaneVector> {
  let tables: CircuitTables

  private var plan: PassPlan { PassPlan(qubits: tables.ansatz.qubits) }

  private func tangents(_ layer: Int) -> UnsafePointer<V.Scalar> {
    UnsafePointer(tables.tangent.assumingMemoryBound(to: V.Scalar.self)) + layer * tables.ansatz.qubits
  }

  /// From the state after the Ry of layer l − 1 (or the input, for l = 0) to the state after those of layer l.
  func apply(_ layer: Int, from input: UnsafePointer<V>, to output: UnsafeMutablePointer<V>) {
    IndexedPass<V>(tables, layer: layer).load(input, into: output)
    let pass = RotationPass(state: output, vectors: 2 * tables.ansatz.amplitudes)
    var bit = plan.indexedBits
    while bit < tables.ansatz.qubits {
      let count = plan.count(at: bit, vectorBytes: MemoryLayout<V>.stride)
      pass.run(bit: bit, count: count, tangents: tangents(layer), sign: V.Scalar(rounding: 1))
      bit += count
    }
  }

  /// The inverse of `apply`; `state` is overwritten. Exact for ψ as for λ, since the layer is unitary.
  func unapply(_ layer: Int, from state: UnsafeMutablePointer<V>, to output: UnsafeMutablePointer<V>) {
    let pass = RotationPass(state: state, vectors: 2 * tables.ansatz.amplitudes)
    var bit = plan.indexedBits
    while bit < tables.ansatz.qubits {
      let count = plan.count(at: bit, vectorBytes: MemoryLayout<V>.stride)
      pass.run(bit: bit, count: count, tangents: tangents(layer), sign: V.Scalar(rounding: -1))
      bit += count
    }
    IndexedPass<V>(tables, layer: layer).unload(state, into: output)
  }
}
