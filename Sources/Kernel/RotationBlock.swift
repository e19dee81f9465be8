/// RX, RY, RZ of one qubit in one layer as one matrix: RZ·RY·RX = ((a, b), (−b̄, ā)).
struct RotationBlock {
  let a: LaneComplex<Double>
  let b: LaneComplex<Double>

  /// - Parameter angles: x, y, z of the qubit, radians, in the ansatz's convention.
  init(_ rotation: RotationConvention, angles: UnsafePointer<Double>) {
    let half = rotation.halfAngleFactor / 2
    let (x, y, z) = (Phase(half * angles[0]), Phase(half * angles[1]), Phase(half * angles[2]))
    let (are, aim) = (y.cosine * x.cosine, y.sine * x.sine)
    let (bre, bim) = (-y.sine * x.cosine, -y.cosine * x.sine)
    a = LaneComplex(z.cosine * are + z.sine * aim, z.cosine * aim - z.sine * are)
    b = LaneComplex(z.cosine * bre + z.sine * bim, z.cosine * bim - z.sine * bre)
  }

  func entry(_ row: Int, _ column: Int) -> LaneComplex<Double> {
    if row == 0 { return column == 0 ? a : b }
    return column == 0 ? b.conjugate.negated : a.conjugate
  }
}
