import CSupport

/// Ry on a pair of real vectors, without its cosine: (x − k·y, y + k·x).
@inline(__always)
func rotate<V: LaneVector>(_ x: inout V, _ y: inout V, _ k: V) {
  let turned = x.subtracting(k, times: y)
  y = y.adding(k, times: x)
  x = turned
}

/// The four amplitudes of two bits, rotated about both: x0…x3 in the order of the index, k0 the lower bit's tangent.
@inline(__always)
func rotate4<V: LaneVector>(_ x0: inout V, _ x1: inout V, _ x2: inout V, _ x3: inout V, _ k0: V, _ k1: V) {
  rotate(&x0, &x1, k0)
  rotate(&x2, &x3, k0)
  rotate(&x0, &x2, k1)
  rotate(&x1, &x3, k1)
}

/// Eight reals of three bits, rotated about all three.
@inline(__always)
func rotate8<V: LaneVector>(
  _ x0: inout V, _ x1: inout V, _ x2: inout V, _ x3: inout V, _ x4: inout V, _ x5: inout V, _ x6: inout V,
  _ x7: inout V, _ k0: V, _ k1: V, _ k2: V
) {
  rotate4(&x0, &x1, &x2, &x3, k0, k1)
  rotate4(&x4, &x5, &x6, &x7, k0, k1)
  rotate(&x0, &x4, k2)
  rotate(&x1, &x5, k2)
  rotate(&x2, &x6, k2)
  rotate(&x3, &x7, k2)
}

/// Calls the body with every base index of so many neighbouring bits: those in which all of them are 0.
/// - Parameter width: the distance of a pair of the first bit.
@inline(__always)
func forEachBase(_ vectors: Int, _ width: Int, _ count: Int, _ body: (Int) -> Void) {
  var high = 0
  while high < vectors {
    var base = high
    while base < high &+ width {
      body(base)
      base &+= 1
    }
    high &+= width &<< count
  }
}

/// Ry is real, so a state of N amplitudes is 2N independent reals of each lane. A pass takes one to four neighbouring
/// bits through the registers in one sweep over memory.
struct RotationPass<V: LaneVector> {
  let state: UnsafeMutablePointer<V>
  let vectors: Int

  /// Rotates about `count` neighbouring bits, each by its tangent times `sign`.
  /// - Parameters:
  ///   - width: the distance of a pair of the first bit, in vectors.
  ///   - k: the first bit's tangent.
  @inline(__always)
  func run(width: Int, count: Int, tangents k: UnsafePointer<V.Scalar>, sign: V.Scalar) {
    switch count {
    case 4: four(width, k, sign)
    case 3: three(width, k, sign)
    case 2: two(width, k, sign)
    default: one(width, k, sign)
    }
  }

  @inline(__always)
  private func splat(_ tangent: V.Scalar, _ sign: V.Scalar) -> V { V(repeating: tangent * sign) }

  private func one(_ width: Int, _ k: UnsafePointer<V.Scalar>, _ sign: V.Scalar) {
    let k0 = splat(k[0], sign)
    forEachBase(vectors, width, 1) { base in
      let p = state + base
      var (x0, x1) = (p[0], p[width])
      rotate(&x0, &x1, k0)
      p[0] = x0
      p[width] = x1
    }
  }

  private func two(_ width: Int, _ k: UnsafePointer<V.Scalar>, _ sign: V.Scalar) {
    let (k0, k1) = (splat(k[0], sign), splat(k[1], sign))
    forEachBase(vectors, width, 2) { base in
      let p = state + base
      let q = p + 2 &* width
      var (x0, x1, x2, x3) = (p[0], p[width], q[0], q[width])
      rotate4(&x0, &x1, &x2, &x3, k0, k1)
      p[0] = x0
      p[width] = x1
      q[0] = x2
      q[width] = x3
    }
  }

  private func three(_ width: Int, _ k: UnsafePointer<V.Scalar>, _ sign: V.Scalar) {
    let (k0, k1, k2) = (splat(k[0], sign), splat(k[1], sign), splat(k[2], sign))
    forEachBase(vectors, width, 3) { base in
      let p = state + base
      let q = p + 4 &* width
      let (w2, w3) = (2 &* width, 3 &* width)
      var (x0, x1, x2, x3) = (p[0], p[width], p[w2], p[w3])
      var (x4, x5, x6, x7) = (q[0], q[width], q[w2], q[w3])
      rotate8(&x0, &x1, &x2, &x3, &x4, &x5, &x6, &x7, k0, k1, k2)
      p[0] = x0
      p[width] = x1
      p[w2] = x2
      p[w3] = x3
      q[0] = x4
      q[width] = x5
      q[w2] = x6
      q[w3] = x7
    }
  }

  private func four(_ width: Int, _ k: UnsafePointer<V.Scalar>, _ sign: V.Scalar) {
    let (k0, k1, k2, k3) = (splat(k[0], sign), splat(k[1], sign), splat(k[2], sign), splat(k[3], sign))
    forEachBase(vectors, width, 4) { base in
      let (w2, w3) = (2 &* width, 3 &* width)
      let p = state + base
      let q = p + 4 &* width
      let r = p + 8 &* width
      let s = p + 12 &* width
      var (x0, x1, x2, x3) = (p[0], p[width], p[w2], p[w3])
      var (x4, x5, x6, x7) = (q[0], q[width], q[w2], q[w3])
      var (y0, y1, y2, y3) = (r[0], r[width], r[w2], r[w3])
      var (y4, y5, y6, y7) = (s[0], s[width], s[w2], s[w3])
      rotate8(&x0, &x1, &x2, &x3, &x4, &x5, &x6, &x7, k0, k1, k2)
      rotate8(&y0, &y1, &y2, &y3, &y4, &y5, &y6, &y7, k0, k1, k2)
      rotate(&x0, &y0, k3)
      rotate(&x1, &y1, k3)
      rotate(&x2, &y2, k3)
      rotate(&x3, &y3, k3)
      rotate(&x4, &y4, k3)
      rotate(&x5, &y5, k3)
      rotate(&x6, &y6, k3)
      rotate(&x7, &y7, k3)
      p[0] = x0
      p[width] = x1
      p[w2] = x2
      p[w3] = x3
      q[0] = x4
      q[width] = x5
      q[w2] = x6
      q[w3] = x7
      r[0] = y0
      r[width] = y1
      r[w2] = y2
      r[w3] = y3
      s[0] = y4
      s[width] = y5
      s[w2] = y6
      s[w3] = y7
    }
  }
}

/// How the bits of a layer are cut into passes: the lowest ones, three at most, ride on the layer's load, the rest go
/// in groups of as many as the registers hold.
struct PassPlan {
  /// The number of bits, without those above the highest that is rotated.
  let qubits: Int
  let amplitudeBytes: Int

  /// How many bits the pass that begins at `bit` takes. Four bits need 16 registers for values alone; strides of a page
  /// and more put their 16 streams into the same few cache sets.
  @inline(__always)
  func count(at bit: Int) -> Int {
    let left = qubits - bit
    let widest = QKD_VECTOR_REGISTERS >= 32 && amplitudeBytes << bit < 4096 ? 4 : 3
    if left == 4 { return widest == 4 ? 4 : 2 }
    return min(left, widest)
  }
}
