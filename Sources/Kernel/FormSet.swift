/// The forms are evaluated four columns at a time.
typealias FormVector = SIMD4<Double>

/// The forms of all logits and the sums that their derivatives need, in double precision. Both are symmetric; only the
/// blocks of `FormVector.lanes` columns from the first row down to the block's own rows are touched.
struct FormSet {
  let dimension: Int
  let padded: Int
  let logits: Int
  /// `[logit][padded][padded]`
  let forms: UnsafeMutablePointer<Double>
  let weights: UnsafeMutablePointer<Double>
  /// `[padded]`: a sample's coefficients, and zeros.
  let coefficients: UnsafeMutablePointer<Double>
  /// `[logit]`: the sample's.
  let expectations: UnsafeMutablePointer<Double>

  private var entries: Int { padded &* padded }

  func form(_ logit: Int) -> UnsafeMutablePointer<Double> { forms + logit &* entries }

  /// Zeroes columns of a form.
  func clear(_ logit: Int, from first: Int, to end: Int) {
    let form = form(logit)
    var k = 0
    while k < padded {
      var l = first
      while l < end {
        form[k &* padded &+ l] = 0
        l &+= 1
      }
      k &+= 1
    }
  }

  /// Folds columns of a form, as they were summed, onto the triangle above the diagonal, so that cᵀFc is the sum over
  /// it. What was summed below the diagonal are copies, from pairs of lanes of one group.
  func fold(_ logit: Int, from first: Int, to end: Int) {
    let form = form(logit)
    var k = 0
    while k < padded {
      var l = first
      while l < end {
        let place = k &* padded &+ l
        form[place] = k < l ? 2 * form[place] : k == l ? form[place] : 0
        l &+= 1
      }
      k &+= 1
    }
  }

  /// The same for a form of which all was summed, and that is not symmetric yet: its antisymmetric part is dropped.
  func symmetrize(_ logit: Int) {
    let form = form(logit)
    var l = 0
    while l < padded {
      var k = 0
      while k < l {
        form[k &* padded &+ l] += form[l &* padded &+ k]
        form[l &* padded &+ k] = 0
        k &+= 1
      }
      l &+= 1
    }
  }

  func clearWeights() {
    var i = 0
    while i < logits &* entries {
      weights[i] = 0
      i &+= 1
    }
  }

  /// Makes a sample the one that `expectation` and `addWeight` speak of.
  func select(_ sample: UnsafePointer<Double>) {
    var k = 0
    while k < padded {
      coefficients[k] = k < dimension ? sample[k] : 0
      k &+= 1
    }
  }

  @inline(__always)
  private func load(_ values: UnsafePointer<Double>) -> FormVector {
    UnsafeRawPointer(values).load(as: FormVector.self)
  }

  @inline(__always)
  private func splat(_ k: Int) -> FormVector { FormVector(repeating: coefficients[k]) }

  /// cᵀF^j c.
  func expectation(_ logit: Int) -> Double {
    let form = form(logit)
    var total = FormVector.zero
    var l = 0
    while l < dimension {
      var (x0, x1, x2, x3) = (FormVector.zero, FormVector.zero, FormVector.zero, FormVector.zero)
      var (k, row) = (0, form + l)
      while k <= l {
        x0 = x0.adding(splat(k), times: load(row))
        x1 = x1.adding(splat(k &+ 1), times: load(row + padded))
        x2 = x2.adding(splat(k &+ 2), times: load(row + 2 &* padded))
        x3 = x3.adding(splat(k &+ 3), times: load(row + 3 &* padded))
        k &+= 4
        row += 4 &* padded
      }
      total = total.adding((x0 + x1) + (x2 + x3), times: load(coefficients + l))
      l &+= FormVector.lanes
    }
    return total.laneSum
  }

  /// W^j += w c cᵀ.
  func addWeight(_ weight: Double, logit: Int) {
    let sums = weights + logit &* entries
    var l = 0
    while l < dimension {
      let column = load(coefficients + l) * FormVector(repeating: weight)
      var (k, row) = (0, sums + l)
      while k < l &+ FormVector.lanes {
        UnsafeMutableRawPointer(row).storeBytes(
          of: load(row).adding(splat(k), times: column), as: FormVector.self)
        k &+= 1
        row += padded
      }
      l &+= FormVector.lanes
    }
  }

  /// W^j_kl.
  @inline(__always)
  func weight(_ logit: Int, _ k: Int, _ l: Int) -> Double {
    weights[logit &* entries &+ min(k, l) &* padded &+ max(k, l)]
  }
}
