/// A real symmetric matrix that is known by what it does to a vector.
protocol SymmetricOperator {
  var dimension: Int { get }
  /// output = matrix · input; both hold `dimension` elements and do not overlap.
  func apply(_ input: UnsafePointer<Double>, _ output: UnsafeMutablePointer<Double>)
}

/// H, or one of its parts, in the coordinates of a symmetry sector, from the sector's tables alone.
struct SectorOperator: SymmetricOperator {
  let terms: ChainTerms
  let sector: SymmetrySector

  var dimension: Int { sector.dimension }

  /// H maps the sector to itself, so the image is known from its amplitudes at the orbits' representatives.
  func apply(_ input: UnsafePointer<Double>, _ output: UnsafeMutablePointer<Double>) {
    for orbit in 0..<sector.dimension {
      let representative = Int(sector.representatives[orbit])
      var amplitude = 0.0
      terms.forEachTarget(of: representative) { target, element in
        amplitude += element * (sector.scale[target] * input[Int(sector.index[target])])
      }
      output[orbit] = amplitude / sector.scale[representative]
    }
  }
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
