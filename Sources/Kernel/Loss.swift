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
  /// Whether the divergence takes each side's logits as (l − mean) / (standard deviation + `deviationFloor`), both over
  /// the sample's classes (Sun et al., "Logit standardization in knowledge distillation", CVPR 2024, Eq. 10): a student
  /// need not match its teacher's offset and range. The deviation is the population's: Σ (l − mean)² / m.
  ///
  /// - Equal logits, whose deviation is 0, become zeros, and have a finite gradient.
  /// - Two logits become ±1, whatever they are: that says which is larger, and its gradient vanishes but for the floor.
  ///   It takes three logits to say more.
  public let standardizesLogits: Bool

  /// What keeps the division finite; the authors' own value.
  public static let deviationFloor = 1e-7

  public static let crossEntropy = Loss(distillationWeight: 0)

  @_noAllocation
  public init(
    distillationWeight: Double, temperature: Double = 1, direction: DistillationDirection = .studentFirst,
    labelSmoothing: Double = 0, standardizesLogits: Bool = false
  ) {
    self.distillationWeight = distillationWeight
    self.temperature = temperature
    self.direction = direction
    self.labelSmoothing = labelSmoothing
    self.standardizesLogits = standardizesLogits
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

  /// T² D_KL; adds α times its derivative. With v the student's softened logits, ∂(T² D_KL)/∂v is T² slope, where the
  /// slopes add up to 0. So for v = l/T it is T slope, and for v = (l − mean)/(T d), d = deviation + floor, the chain
  /// rule leaves
  /// ∂/∂l_k = (T/d) (slope_k − (l_k − mean) Σ_j slope_j (l_j − mean) / (m · deviation · d)).
  private func divergence(
    _ logits: UnsafePointer<Double>, _ teacher: UnsafePointer<Double>, _ m: Int, _ alpha: Double,
    _ derivative: UnsafeMutablePointer<Double>
  ) -> Double {
    let t = temperature
    let student = SoftenedLogits(logits, m, temperature: t, standardizes: standardizesLogits)
    let teacher = SoftenedLogits(teacher, m, temperature: t, standardizes: standardizesLogits)
    var sum = 0.0
    var j = 0
    while j < m {
      let (logP, logQ) = (student.logProbability(j), teacher.logProbability(j))
      sum += direction == .studentFirst ? qkd_exp(logP) * (logP - logQ) : qkd_exp(logQ) * (logQ - logP)
      j += 1
    }
    var alongDeviation = 0.0
    if student.deviation > 0 {
      j = 0
      while j < m {
        alongDeviation += slope(j, student, teacher, sum) * (logits[j] - student.shift)
        j += 1
      }
      alongDeviation /= Double(m) * student.deviation * student.divisor
    }
    j = 0
    while j < m {
      let slope = slope(j, student, teacher, sum) - (logits[j] - student.shift) * alongDeviation
      derivative[j] += alpha * t * slope / student.divisor
      j += 1
    }
    return t * t * sum
  }

  /// ∂D_KL/∂v_j.
  private func slope(_ j: Int, _ student: SoftenedLogits, _ teacher: SoftenedLogits, _ divergence: Double) -> Double {
    let (logP, logQ) = (student.logProbability(j), teacher.logProbability(j))
    return direction == .studentFirst ? qkd_exp(logP) * (logP - logQ - divergence) : qkd_exp(logP) - qkd_exp(logQ)
  }
}

/// One side of the divergence: v_j = (l_j − shift) / (T · divisor), and the logarithms of its softmax.
struct SoftenedLogits {
  private let logits: UnsafePointer<Double>
  /// 0 and 1, or the mean and the guarded standard deviation.
  private(set) var shift = 0.0
  private(set) var divisor = 1.0
  /// 0 where logits stay as they are.
  private(set) var deviation = 0.0
  private let temperature: Double
  private let norm: Double

  init(_ logits: UnsafePointer<Double>, _ m: Int, temperature: Double, standardizes: Bool) {
    self.logits = logits
    if standardizes {
      var j = 0
      while j < m {
        shift += logits[j] / Double(m)
        j += 1
      }
      var squares = 0.0
      j = 0
      while j < m {
        squares += (logits[j] - shift) * (logits[j] - shift)
        j += 1
      }
      deviation = qkd_sqrt(squares / Double(m))
      divisor = deviation + Loss.deviationFloor
    }
    self.temperature = temperature * divisor
    norm = logSumExp(logits, m, temperature: self.temperature, shift: shift)
  }

  func logProbability(_ j: Int) -> Double { (logits[j] - shift) / temperature - norm }
}

/// log Σ exp((l − shift)/T), by the largest first, so that no exponential overflows.
@_noAllocation
func logSumExp(_ logits: UnsafePointer<Double>, _ m: Int, temperature: Double, shift: Double = 0) -> Double {
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
  return (largest - shift) / temperature + qkd_log(sum)
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
