import CSupport

extension Loss {
  /// The second derivatives of a sample's loss by its logits. With p the softmax of the logits, those of the
  /// cross-entropy are diag(p) − p pᵀ. With p the softmax of v = l/T and g = ∂D_KL/∂v, those of T² D_KL are
  /// diag(p + g) − p pᵀ − g pᵀ − p gᵀ with the student first (T² and the chain rule's 1/T² cancel), and
  /// diag(p) − p pᵀ with the teacher first. So all is convex but the divergence with the student first, which is bounded
  /// where the student is sure.
  ///
  /// - Precondition: `standardizesLogits` is false.
  /// - Parameters:
  ///   - logits: `[m]`.
  ///   - teacher: the teacher's logits `[m]`, or nil.
  ///   - scratch: `[2][m]`.
  ///   - result: `[m][m]`, overwritten; symmetric.
  @_noAllocation
  public func curvature(
    logits: UnsafePointer<Double>, count m: Int, teacher: UnsafePointer<Double>?,
    scratch: UnsafeMutablePointer<Double>, into result: UnsafeMutablePointer<Double>
  ) {
    let alpha = teacher == nil ? 0 : distillationWeight
    let (p, g) = (scratch, scratch + m)
    var j = 0
    while j < m * m {
      result[j] = 0
      j += 1
    }
    softmax(logits, count: m, into: p)
    j = 0
    while j < m {
      g[j] = 0
      j += 1
    }
    addCurvature(p, g, m, weight: 1 - alpha, to: result)
    guard let teacher, alpha > 0 else { return }
    let student = SoftenedLogits(logits, m, temperature: temperature, standardizes: false)
    let softened = SoftenedLogits(teacher, m, temperature: temperature, standardizes: false)
    var divergence = 0.0
    j = 0
    while j < m {
      let logP = student.logProbability(j)
      p[j] = qkd_exp(logP)
      divergence += p[j] * (logP - softened.logProbability(j))
      j += 1
    }
    j = 0
    while j < m && direction == .studentFirst {
      g[j] = p[j] * (student.logProbability(j) - softened.logProbability(j) - divergence)
      j += 1
    }
    addCurvature(p, g, m, weight: alpha, to: result)
  }

  private func addCurvature(
    _ p: UnsafePointer<Double>, _ g: UnsafePointer<Double>, _ m: Int, weight: Double,
    to result: UnsafeMutablePointer<Double>
  ) {
    var j = 0
    while j < m {
      var k = 0
      while k < m {
        let product = p[j] * p[k] + g[j] * p[k] + p[j] * g[k]
        result[j * m + k] += weight * ((j == k ? p[j] + g[j] : 0) - product)
        k += 1
      }
      j += 1
    }
  }
}
