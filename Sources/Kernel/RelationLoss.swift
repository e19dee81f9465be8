import CSupport

/// How far a batch's samples lie from one another, as the teacher sees it and as the student does: with d_ab the
/// Euclidean distance of two samples' vectors and μ the mean over all P pairs of the batch,
///
///     L = 1/P · Σ_{a<b} (d_ab/μ − t_ab/ν)²,
///
/// t and ν being the teacher's. So vectors need have neither a common scale or origin nor as many components
/// (relational distillation by distances: Park et al., CVPR 2019, Eq. 5, with squares for Huber's loss).
public struct RelationLoss: Sendable {
  /// What the loss is multiplied by, ≥ 0.
  public let weight: Double

  @_noAllocation
  public init(weight: Double) { self.weight = weight }

  /// - Parameters:
  ///   - student: the samples' vectors, `[sample][stride]`, the first `length` of each row.
  ///   - teacher: the same of the teacher.
  ///   - derivative: `[sample][stride]`: to the first `length` of each row weight · ∂L/∂student is added.
  /// - Returns: weight · L; 0 where there are no two samples, or all of one side are equal.
  @_noAllocation
  public func addGradient(
    student: UnsafePointer<Double>, teacher: UnsafePointer<Double>, samples: Int, stride: Int, length: Int,
    derivative: UnsafeMutablePointer<Double>
  ) -> Double {
    let pairs = Double(samples * (samples - 1) / 2)
    var (mean, meanOfTeacher) = (0.0, 0.0)
    forPairs(samples) { a, b in
      mean += distance(student + a * stride, student + b * stride, length) / pairs
      meanOfTeacher += distance(teacher + a * stride, teacher + b * stride, length) / pairs
    }
    guard mean > 0, meanOfTeacher > 0 else { return 0 }
    // ∂L/∂d_ab = 2/(P μ) (r_ab − Σ r d/(P μ)), r the residuals: μ depends on all distances.
    var (loss, shared) = (0.0, 0.0)
    forPairs(samples) { a, b in
      let own = distance(student + a * stride, student + b * stride, length)
      let residual = own / mean - distance(teacher + a * stride, teacher + b * stride, length) / meanOfTeacher
      loss += residual * residual / pairs
      shared += residual * own / (pairs * mean)
    }
    forPairs(samples) { a, b in
      let (x, y) = (student + a * stride, student + b * stride)
      let own = distance(x, y, length)
      // Two equal samples have no direction.
      if own == 0 { return }
      let residual = own / mean - distance(teacher + a * stride, teacher + b * stride, length) / meanOfTeacher
      let slope = weight * 2 / (pairs * mean) * (residual - shared) / own
      var k = 0
      while k < length {
        derivative[a * stride + k] += slope * (x[k] - y[k])
        derivative[b * stride + k] -= slope * (x[k] - y[k])
        k += 1
      }
    }
    return weight * loss
  }

  private func forPairs(_ samples: Int, _ body: (Int, Int) -> Void) {
    var a = 0
    while a < samples {
      var b = a + 1
      while b < samples {
        body(a, b)
        b += 1
      }
      a += 1
    }
  }

  private func distance(_ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>, _ length: Int) -> Double {
    var (sum, k) = (0.0, 0)
    while k < length {
      sum += (x[k] - y[k]) * (x[k] - y[k])
      k += 1
    }
    return qkd_sqrt(sum)
  }
}
