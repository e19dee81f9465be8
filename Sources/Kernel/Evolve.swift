/// One rotation layer, forward and backward, on states `[amplitude][re, im]` of lane vectors.
struct LayerPasses<V: LaneVector> {
  let tables: CircuitTables

  private func tangents(_ layer: Int) -> UnsafePointer<V.Scalar> {
    UnsafePointer(tables.tangent.assumingMemoryBound(to: V.Scalar.self)) + layer * tables.ansatz.qubits
  }

  /// From the state after the Ry of layer l − 1 (or the input, for l = 0) to the state after those of layer l.
  func apply(_ layer: Int, from input: UnsafePointer<V>, to output: UnsafeMutablePointer<V>) {
    IndexedPass<V>(tables, layer: layer).load(input, into: output)
    rotateUpperBits(layer, of: output, sign: 1)
  }

  /// The inverse of `apply`; `state` is overwritten. Exact for ψ as for λ, since the layer is unitary.
  func unapply(_ layer: Int, from state: UnsafeMutablePointer<V>, to output: UnsafeMutablePointer<V>) {
    rotateUpperBits(layer, of: state, sign: -1)
    IndexedPass<V>(tables, layer: layer).unload(state, into: output)
  }

  /// Ry, or its inverse, of the bits that do not ride on the indexed load, but for those outside the light cone.
  private func rotateUpperBits(_ layer: Int, of state: UnsafeMutablePointer<V>, sign: Double) {
    let rotated = tables.rotatedBits(layer: layer)
    let plan = PassPlan(qubits: UInt32.bitWidth - rotated.leadingZeroBitCount)
    let pass = RotationPass(state: state, vectors: 2 * tables.ansatz.amplitudes)
    var bit = min(3, tables.ansatz.qubits)
    while bit < plan.qubits {
      if rotated & BasisIndex.single(bit) == 0 {
        bit += 1
        continue
      }
      let count = plan.count(at: bit, vectorBytes: MemoryLayout<V>.stride)
      pass.run(bit: bit, count: count, tangents: tangents(layer), sign: V.Scalar(rounding: sign))
      bit += count
    }
  }
}
