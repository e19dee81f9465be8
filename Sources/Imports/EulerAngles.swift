import CSupport
import Glibc
import Kernel

/// A rotation of one qubit, w − i (x X + y Y + z Z), up to its global phase: a quaternion, of any length.
struct QubitRotation {
  var (w, x, y, z): (Double, Double, Double, Double)

  /// exp(−i a P) = cos a − i sin a P.
  init(_ gate: Gate, halfAngle a: Double) {
    let (cosine, sine) = (qkd_cos(a), qkd_sin(a))
    (w, x, y, z) = (cosine, gate == .rx ? sine : 0, gate == .ry ? sine : 0, gate == .rz ? sine : 0)
  }

  /// Another rotation behind this one: the product of the matrices, `next` on the left. −iX, −iY and −iZ multiply as
  /// the quaternions' i, j and k do.
  mutating func append(_ next: QubitRotation) {
    (w, x, y, z) = (
      next.w * w - next.x * x - next.y * y - next.z * z,
      next.w * x + next.x * w + next.y * z - next.z * y,
      next.w * y - next.x * z + next.y * w + next.z * x,
      next.w * z + next.x * y - next.y * x + next.z * w
    )
  }

  /// The angles a, b, c of RZ(c) · RY(b) · RX(a), half convention, that are this rotation up to a phase.
  ///
  /// With A = a/2 and so on the product has w + y = √2 sin(B + π/4) cos(A − C), x − z = √2 sin(B + π/4) sin(A − C),
  /// w − y = √2 cos(B + π/4) cos(A + C), x + z = √2 cos(B + π/4) sin(A + C). With b in [−π/2, π/2] both factors are at
  /// least 0, so that every angle is that of a point of the plane: no arcsine, which loses half the digits at b = ±π/2,
  /// where a + c or a − c alone is determined.
  var angles: (a: Double, b: Double, c: Double) {
    let difference = atan2(x - z, w + y)
    let sum = atan2(x + z, w - y)
    let b = 2 * atan2(hypot(x - z, w + y), hypot(x + z, w - y)) - .pi / 2
    return (sum + difference, b, sum - difference)
  }
}

/// Angles of gates that act one after the other, as those of RX, RY, RZ.
/// - Parameter rotation: what the given angles and the returned ones mean.
/// - Returns: the same angles for some of a model's own gates in their order, else those of an equal rotation, up to
///   its global phase.
package func modelAngles(_ angles: [Double], _ gates: [Gate], _ rotation: RotationConvention) -> [Double] {
  var result = [0.0, 0, 0]
  if Gate.areOfModel(gates) {
    for (gate, angle) in zip(gates, angles) { result[gate.rawValue] = angle }
    return result
  }
  let half = rotation.halfAngleFactor / 2
  var block = QubitRotation(gates[0], halfAngle: half * angles[0])
  for (gate, angle) in zip(gates, angles).dropFirst() { block.append(QubitRotation(gate, halfAngle: half * angle)) }
  let (a, b, c) = block.angles
  return [a, b, c].map { $0 / rotation.halfAngleFactor }
}
