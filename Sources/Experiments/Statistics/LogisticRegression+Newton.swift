import Glibc

/// What a fit is made of; all of it works on the lent memory.
extension LogisticRegression {
  /// Means and scales of the features, in two passes.
  /// - Returns: false where a row is invalid.
  func standardise<Rows: FeatureRows>(_ rows: Rows) -> Bool {
    let n = Double(rows.count)
    mean.update(repeating: 0, count: size)
    scale.update(repeating: 0, count: size)
    var index = 0
    while index < rows.count {
      rows.copy(index, into: row)
      let label = rows.label(index)
      if !(label >= 0 && label <= 1) { return false }
      var i = 0
      while i < features {
        mean[i] += row[i]
        i += 1
      }
      index += 1
    }
    var i = 0
    while i < features {
      mean[i] /= n
      i += 1
    }
    index = 0
    while index < rows.count {
      rows.copy(index, into: row)
      i = 0
      while i < features {
        scale[i] += (row[i] - mean[i]) * (row[i] - mean[i])
        i += 1
      }
      index += 1
    }
    i = 0
    while i < features {
      let deviation = (scale[i] / n).squareRoot()
      if !deviation.isFinite { return false }
      let isConstant = deviation <= 1e-12 * mean[i].magnitude || !(1 / deviation).isFinite
      scale[i] = isConstant ? 0 : 1 / deviation
      i += 1
    }
    return true
  }

  /// The objective at `weights`; leaves its gradient and second derivatives.
  func derivatives<Rows: FeatureRows>(_ rows: Rows, at weights: UnsafePointer<Double>) -> Double {
    let (gradient, curvature) = (newton.gradient, newton.curvature)
    let penalty = Self.ridge * Double(rows.count)
    var objective = 0.0
    var i = 0
    curvature.update(repeating: 0, count: size * size)
    while i < size {
      objective += penalty / 2 * weights[i] * weights[i]
      gradient[i] = penalty * weights[i]
      curvature[i * size + i] = penalty
      i += 1
    }
    var index = 0
    while index < rows.count {
      rows.copy(index, into: row)
      row[features] = 1
      var eta = weights[features]
      i = 0
      while i < features {
        row[i] = (row[i] - mean[i]) * scale[i]
        eta += weights[i] * row[i]
        i += 1
      }
      let label = rows.label(index)
      // e^η would overflow; the smaller of e^η and e^−η never does.
      let small = exp(-eta.magnitude)
      let probability = eta > 0 ? 1 / (1 + small) : small / (1 + small)
      objective += max(eta, 0) + log1p(small) - label * eta
      let slope = probability - label
      let weight = small / ((1 + small) * (1 + small))
      i = 0
      while i < size {
        gradient[i] += slope * row[i]
        let line = curvature + i * size
        let factor = weight * row[i]
        var j = 0
        while j <= i {
          line[j] += factor * row[j]
          j += 1
        }
        i += 1
      }
      index += 1
    }
    return objective
  }

  /// From coefficients of z to those of the features as given.
  func unstandardise() {
    let current = newton.point
    coefficients[features] = current[features]
    var i = 0
    while i < features {
      coefficients[i] = current[i] * scale[i]
      coefficients[features] -= coefficients[i] * mean[i]
      i += 1
    }
  }
}
