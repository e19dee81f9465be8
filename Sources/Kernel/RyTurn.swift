/// What a layer's Ry does to the moments of one qubit: Z before it is cos b · Z + sin b · X after it.
struct RyTurn {
  let cosine: Double
  let sine: Double

  /// Below this, dividing by sin b would lose too many digits, and X is taken directly.
  static let smallestSine = 0.1

  var isDirect: Bool { sine.magnitude < Self.smallestSine }

  /// X after the rotation, from what the moments' first slot holds.
  func x(slot: Double, z: Double) -> Double { isDirect ? slot : (slot - cosine * z) / sine }
}

extension CircuitTables {
  /// From k = tan(b/2), of the rotation that is left after the flip. The first layer has no products below it.
  func ryTurn(layer: Int, bit: Int) -> RyTurn {
    if layer == 0 { return RyTurn(cosine: 1, sine: 0) }
    let place = layer * ansatz.qubits + bit
    let k =
      format.precision == .float64
      ? tangent.assumingMemoryBound(to: Double.self)[place] : tangent.assumingMemoryBound(to: Float.self)[place].double
    return RyTurn(cosine: (1 - k * k) / (1 + k * k), sine: 2 * k / (1 + k * k))
  }

  /// The bits, of those that are rotated, whose X is solved for.
  func solvedX(layer: Int) -> UInt32 { rotatedBits(layer: layer) & ~directX(layer: layer) }

  /// The bits, of those that are rotated, whose X is taken directly.
  func directX(layer: Int) -> UInt32 {
    var mask: UInt32 = 0
    var bit = 0
    while bit < ansatz.qubits {
      if ryTurn(layer: layer, bit: bit).isDirect { mask |= BasisIndex.single(bit) }
      bit += 1
    }
    return mask & rotatedBits(layer: layer)
  }
}
