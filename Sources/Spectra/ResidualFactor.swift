/// The residual of a reduced state without the sector's dimension: with the basis images W = (1 − ΦΦᵀ)[AΦ, BΦ] = QT,
/// ‖Hψ − Eψ‖² = ‖(A_r + h2 B_r − E) c‖² + ‖T (c, h2 c)‖² for ψ = Φc. Taking T (upper triangular) instead of WᵀW keeps
/// residuals down to rounding of H; the square would lose half of the digits.
struct ResidualFactor {
  /// [2R][2R], row-major, zero below the diagonal.
  let factor: UnsafeMutablePointer<Double>
  let basisDimension: Int

  /// - Parameters:
  ///   - columns: [R][sector dimension], the orthonormal basis.
  ///   - images: [2R][sector dimension], scratch.
  init(
    _ chain: ChainSpecification, _ sector: SymmetrySector, basisDimension: Int, columns: UnsafePointer<Double>,
    images: UnsafeMutablePointer<Double>, factor: UnsafeMutablePointer<Double>
  ) {
    let dimension = sector.dimension
    let size = 2 * basisDimension
    factor.update(repeating: 0, count: size * size)
    for image in 0..<size {
      let isConstant = image < basisDimension
      let terms = isConstant ? ChainTerms.constantPart(chain) : ChainTerms.linearPart(chain)
      let vector = images + image * dimension
      sector.matrix(terms).apply(columns + image % basisDimension * dimension, vector)
      let whole = norm(vector, dimension)
      // Gram–Schmidt twice; what the basis takes away belongs to the first term of the residual.
      for _ in 0..<2 {
        for state in 0..<basisDimension {
          let column = columns + state * dimension
          addScaled(-dot(column, vector, dimension), column, to: vector, dimension)
        }
        for earlier in 0..<image {
          let direction = images + earlier * dimension
          let component = dot(direction, vector, dimension)
          factor[earlier * size + image] += component
          addScaled(-component, direction, to: vector, dimension)
        }
      }
      let remaining = norm(vector, dimension)
      factor[image * size + image] = remaining
      // Rounding errors alone have no direction that later images could share.
      let isNoise = remaining <= 0x1p-48 * whole
      scale(vector, by: isNoise ? 0 : 1 / remaining, dimension)
    }
    self.factor = factor
    self.basisDimension = basisDimension
  }

  /// ‖T (c, h2 c)‖².
  func squaredNorm(_ coefficients: UnsafePointer<Double>, h2: Double) -> Double {
    let size = 2 * basisDimension
    var sum = 0.0
    for row in 0..<size {
      let elements = factor + row * size
      var component = 0.0
      for column in row..<max(row, basisDimension) { component += elements[column] * coefficients[column] }
      for column in max(row, basisDimension)..<size {
        component += elements[column] * (h2 * coefficients[column - basisDimension])
      }
      sum += component * component
    }
    return sum
  }
}
