/// A complex number for each lane.
struct LaneComplex<V: LaneVector> {
  var re: V
  var im: V

  @inline(__always)
  init(_ re: V, _ im: V) {
    self.re = re
    self.im = im
  }

  /// The same number in every lane; where a lane is a Double itself, both are the same.
  @inline(__always) @_disfavoredOverload
  init(_ re: Double, _ im: Double) {
    self.re = V(repeating: V.Scalar(rounding: re))
    self.im = V(repeating: V.Scalar(rounding: im))
  }

  @inline(__always)
  static var zero: LaneComplex { LaneComplex(V.zero, V.zero) }

  @inline(__always)
  var conjugate: LaneComplex { LaneComplex(re, V.zero - im) }

  @inline(__always)
  var negated: LaneComplex { LaneComplex(V.zero - re, V.zero - im) }

  @inline(__always)
  static func * (a: LaneComplex, b: LaneComplex) -> LaneComplex {
    LaneComplex((a.re * b.re).subtracting(a.im, times: b.im), (a.re * b.im).adding(a.im, times: b.re))
  }

  /// self + a·b.
  @inline(__always)
  func adding(_ a: LaneComplex, times b: LaneComplex) -> LaneComplex {
    LaneComplex(
      re.adding(a.re, times: b.re).subtracting(a.im, times: b.im),
      im.adding(a.re, times: b.im).adding(a.im, times: b.re))
  }

  /// self + ā·b.
  @inline(__always)
  func adding(conjugateOf a: LaneComplex, times b: LaneComplex) -> LaneComplex {
    LaneComplex(
      re.adding(a.re, times: b.re).adding(a.im, times: b.im),
      im.adding(a.re, times: b.im).subtracting(a.im, times: b.re))
  }
}

/// A state, or a cotangent of one: `[amplitude][re, im]` of lane vectors.
struct LaneState<V: LaneVector> {
  let vectors: UnsafeMutablePointer<V>

  @inline(__always)
  init(_ bytes: UnsafeMutableRawPointer) { vectors = bytes.assumingMemoryBound(to: V.self) }

  @inline(__always)
  subscript(amplitude: Int) -> LaneComplex<V> {
    LaneComplex(vectors[2 &* amplitude], vectors[2 &* amplitude &+ 1])
  }

  @inline(__always)
  func set(_ amplitude: Int, _ value: LaneComplex<V>) {
    vectors[2 &* amplitude] = value.re
    vectors[2 &* amplitude &+ 1] = value.im
  }
}
