import CSupport

extension Loss {
  /// The second derivatives of a sample's loss by its outputs. Those of numbers and hints are constant, Huber's where
  /// the residual is below its threshold, else 0. With p the softmax of the logits, those of the
  /// cross-entropy are diag(p) − p pᵀ. With p the softmax of v = l/T and g = ∂D_KL/∂v, those of T² D_KL are
  /// diag(p + g) − p pᵀ − g pᵀ − p gᵀ with the student first (T² and the chain rule's 1/T² cancel), and
  /// diag(p) − p pᵀ with the teacher first. So all is convex but the divergence with the student first, which is bounded
  /// where the student is sure.
  ///
  /// - Precondition: `standardizesLogits` is false.
  /// - Parameters:
  ///   - outputs, label, values, teacher: as for `evaluate`.
  ///   - scratch: `[2][m]`.
  ///   - result: `[m][m]`, overwritten; symmetric.
  @_noAllocation
  public func curvature(
    outputs: UnsafePointer<Double>, count total: Int, label: Int, values: UnsafePointer<Double>? = nil,
    teacher: UnsafePointer<Double>?, scratch: UnsafeMutablePointer<Double>,
    into result: UnsafeMutablePointer<Double>
  ) {
    let alpha = teacher == nil ? 0 : distillationWeight
    let m = total - hints
    let (p, g) = (scratch, scratch + m)
    var j = 0
    while j < total * total {
      result[j] = 0
      j += 1
    }
    j = m
    while j < total {
      result[j * total + j] = teacher == nil ? 0 : 2 * hintWeight / Double(hints)
      j += 1
    }
    guard case .classes = kind else {
      j = 0
      while j < m {
        if let values { result[j * total + j] += (1 - alpha) * bend(outputs[j] - values[j]) / Double(m) }
        if let teacher, alpha > 0 { result[j * total + j] += alpha * bend(outputs[j] - teacher[j]) / Double(m) }
        j += 1
      }
      return
    }
    softmax(outputs, count: m, into: p)
    j = 0
    while j < m {
      g[j] = 0
      j += 1
    }
    if label >= 0 { addCurvature(p, g, m, weight: 1 - alpha, to: result, rowLength: total) }
    guard let teacher, alpha > 0 else { return }
    let student = SoftenedLogits(outputs, m, temperature: temperature, standardizes: false)
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
    addCurvature(p, g, m, weight: alpha, to: result, rowLength: total)
  }

  /// ∂²ℓ/∂y².
  private func bend(_ residual: Double) -> Double {
    switch kind {
    case .squaredError, .classes: 2
    case .huber(let threshold): abs(residual) <= threshold ? 1 : 0
    }
  }

  private func addCurvature(
    _ p: UnsafePointer<Double>, _ g: UnsafePointer<Double>, _ m: Int, weight: Double,
    to result: UnsafeMutablePointer<Double>, rowLength: Int
  ) {
    var j = 0
    while j < m {
      var k = 0
      while k < m {
        let product = p[j] * p[k] + (g[j] * p[k] + p[j] * g[k])
        result[j * rowLength + k] += weight * ((j == k ? p[j] + g[j] : 0) - product)
        k += 1
      }
      j += 1
    }
  }
}
