/// Complex numbers for the slow reference; nothing of the kernel is used.
struct Complex: Equatable {
  var re: Double
  var im: Double

  init(_ re: Double, _ im: Double = 0) {
    self.re = re
    self.im = im
  }

  static func + (a: Complex, b: Complex) -> Complex { Complex(a.re + b.re, a.im + b.im) }
  static func * (a: Complex, b: Complex) -> Complex { Complex(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re) }
  var conjugate: Complex { Complex(re, -im) }
  var squaredSize: Double { re * re + im * im }
}
