/// A real symmetric matrix that is known by what it does to a vector.
protocol SymmetricOperator {
  var dimension: Int { get }
  /// output = matrix · input; both hold `dimension` elements and do not overlap.
  func apply(_ input: UnsafePointer<Double>, _ output: UnsafeMutablePointer<Double>)
}

/// The operator with one of its eigenvectors projected out of every image.
struct DeflatedOperator<Base: SymmetricOperator>: SymmetricOperator {
  let base: Base
  /// Normalised, [dimension].
  let eigenvector: UnsafePointer<Double>

  var dimension: Int { base.dimension }

  func apply(_ input: UnsafePointer<Double>, _ output: UnsafeMutablePointer<Double>) {
    base.apply(input, output)
    addScaled(-dot(eigenvector, output, dimension), eigenvector, to: output, dimension)
  }
}
