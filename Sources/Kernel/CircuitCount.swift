extension LightCone {
  /// Multiply-adds that the circuit takes for a sample, encoding left out, as the passes do them (N = 2ⁿ, for each
  /// branch; a lone multiplication or addition counts as one):
  /// - a rotation layer: 4N for the diagonal's complex factors, 2N for the Ry of each bit. The three lowest bits ride
  ///   on the indexed load and are turned whether or not they are in the cone, those above only in it;
  /// - the first layer of a product state: 8N, by doubling;
  /// - diagonal strings: 2N for the probabilities; N for each of no or several Z; 2N for all single Z together;
  /// - other strings: 4N for the pending diagonal, 2N each.
  @_noAllocation
  public func multiplyAdds(form: InputForm, branches: Int) -> Int {
    let amplitudes = ansatz.amplitudes
    let riding = min(3, ansatz.qubits)
    var walk = LightConeWalk(self)
    var total = 0
    var layer = ansatz.rotationLayers - 1
    while true {
      let above = ansatz.swapped(walk.strings.support) >> 3
      let isBuilt = layer == 0 && form == .factors
      total += amplitudes * (isBuilt ? 8 : 4 + 2 * (riding + above.nonzeroBitCount))
      if layer == 0 { break }
      walk.passEntangler()
      layer -= 1
    }
    var (hasDiagonal, hasSingle, hasFlips) = (false, false, false)
    var t = 0
    while t < count {
      if !terms[t].isDiagonal {
        hasFlips = true
        total += 2 * amplitudes
      } else {
        hasDiagonal = true
        if terms[t].signs.nonzeroBitCount == 1 { hasSingle = true } else { total += amplitudes }
      }
      t += 1
    }
    total += amplitudes * ((hasDiagonal ? 2 : 0) + (hasSingle ? 2 : 0) + (hasFlips ? 4 : 0))
    return branches * total
  }
}
