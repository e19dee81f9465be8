import CSupport

/// A number on the unit circle.
struct Phase {
  let cosine: Double
  let sine: Double

  init(cosine: Double, sine: Double) {
    self.cosine = cosine
    self.sine = sine
  }

  init(_ angle: Double) {
    var (cosine, sine) = (0.0, 0.0)
    qkd_sincos(angle, &sine, &cosine)
    self.init(cosine: cosine, sine: sine)
  }

  static var one: Phase { Phase(cosine: 1, sine: 0) }

  var conjugate: Phase { Phase(cosine: cosine, sine: -sine) }
  var negated: Phase { Phase(cosine: -cosine, sine: -sine) }

  static func * (a: Phase, b: Phase) -> Phase {
    Phase(cosine: a.cosine * b.cosine - a.sine * b.sine, sine: a.cosine * b.sine + a.sine * b.cosine)
  }
}
