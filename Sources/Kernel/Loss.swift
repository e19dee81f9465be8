import CSupport

/// Which distribution stands first in the Kullback–Leibler divergence of distillation.
public enum DistillationDirection: UInt8, Sendable {
  /// D_KL(σ(l_s/T) ‖ σ(l_t/T)), the paper's Eq. 7.
  case studentFirst
  /// D_KL(σ(l_t/T) ‖ σ(l_s/T)), Hinton's original.
  case teacherFirst
}

/// The loss of one sample: α T² D_KL + (1 − α) L_CE (paper, Eqs. 4 and 7); without a teacher, L_CE.
public struct Loss: Sendable, Equatable {
  /// α in [0, 1].
  public let distillationWeight: Double
  /// T > 0.
  public let temperature: Double
  public let direction: DistillationDirection
  /// ε in [0, 1): the target is 1 − ε at the label plus ε/m everywhere (the control that distillation must beat).
  public let labelSmoothing: Double

  public static let crossEntropy = Loss(distillationWeight: 0)

  @_noAllocation
  public init(
    distillationWeight: Double, temperature: Double = 1, direction: DistillationDirection = .studentFirst,
    labelSmoothing: Double = 0
  ) {
    self.distillationWeight = distillationWeight
    self.temperature = temperature
    self.direction = direction
    self.labelSmoothing = labelSmoothing
  }

  /// - Parameters:
  ///   - logits: `[m]`.
  ///   - teacher: the teacher's logits `[m]`, or nil.
  ///   - derivative: `[m]`, overwritten with ∂loss/∂logit.
  /// - Returns: the loss in nats.
  @_noAllocation
  public func evaluate(
    logits: UnsafePointer<Double>, count m: Int, label: Int, teacher: UnsafePointer<Double>?,
    derivative: UnsafeMutablePointer<Double>
  ) -> Double {
    let alpha = teacher == nil ? 0 : distillationWeight
    let logNorm = logSumExp(logits, m, temperature: 1)
    var entropy = 0.0
    var j = 0
    while j < m {
      let target = labelSmoothing / Double(m) + (j == label ? 1 - labelSmoothing : 0)
      entropy -= target * (logits[j] - logNorm)
      derivative[j] = (1 - alpha) * (qkd_exp(logits[j] - logNorm) - target)
      j += 1
    }
    guard let teacher, alpha > 0 else { return (1 - alpha) * entropy }
    return (1 - alpha) * entropy + alpha * divergence(logits, teacher, m, alpha, derivative)
  }

  /// T² D_KL; adds α times its derivative, which has one factor T left.
  private func divergence(
    _ logits: UnsafePointer<Double>, _ teacher: UnsafePointer<Double>, _ m: Int, _ alpha: Double,
    _ derivative: UnsafeMutablePointer<Double>
  ) -> Double {
    let t = temperature
    let studentNorm = logSumExp(logits, m, temperature: t)
    let teacherNorm = logSumExp(teacher, m, temperature: t)
    var sum = 0.0
    var j = 0
    while j < m {
      let (logP, logQ) = (logits[j] / t - studentNorm, teacher[j] / t - teacherNorm)
      sum += direction == .studentFirst ? qkd_exp(logP) * (logP - logQ) : qkd_exp(logQ) * (logQ - logP)
      j += 1
    }
    j = 0
    while j < m {
      let (logP, logQ) = (logits[j] / t - studentNorm, teacher[j] / t - teacherNorm)
      let slope = direction == .studentFirst ? qkd_exp(logP) * (logP - logQ - sum) : qkd_exp(logP) - qkd_exp(logQ)
      derivative[j] += alpha * t * slope
      j += 1
    }
    return t * t * sum
  }
}

/// log Σ exp(l/T), by the largest first, so that no exponential overflows.
@_noAllocation
func logSumExp(_ logits: UnsafePointer<Double>, _ m: Int, temperature: Double) -> Double {
  var largest = logits[0]
  var j = 1
  while j < m {
    largest = max(largest, logits[j])
    j += 1
  }
  var sum = 0.0
  j = 0
  while j < m {
    sum += qkd_exp((logits[j] - largest) / temperature)
    j += 1
  }
  return largest / temperature + qkd_log(sum)
}

/// softmax(l), `[m]`.
@_noAllocation
public func softmax(
  _ logits: UnsafePointer<Double>, count m: Int, into probabilities: UnsafeMutablePointer<Double>
) {
  let norm = logSumExp(logits, m, temperature: 1)
  var j = 0
  while j < m {
    probabilities[j] = qkd_exp(logits[j] - norm)
    j += 1
  }
}

/// The class of the largest logit; the lowest of equals.
@_noAllocation
public func argmax(_ logits: UnsafePointer<Double>, count m: Int) -> Int {
  var best = 0
  var j = 1
  while j < m {
    if logits[j] > logits[best] { best = j }
    j += 1
  }
  return best
}
