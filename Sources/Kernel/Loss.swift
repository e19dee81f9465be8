import CSupport

/// Which distribution stands first in the Kullback–Leibler divergence of distillation.
public enum DistillationDirection: UInt8, Sendable {
  /// D_KL(σ(l_s/T) ‖ σ(l_t/T)), the paper's Eq. 7.
  case studentFirst
  /// D_KL(σ(l_t/T) ‖ σ(l_s/T)), Hinton's original.
  case teacherFirst
}

/// What a network's outputs are, and so what they are held against.
public enum LossKind: Sendable, Equatable {
  /// Logits of classes: the label's cross-entropy, and a divergence from the teacher's.
  case classes
  /// Numbers: (y − t)², the mean over the outputs.
  case squaredError
  /// Numbers: Huber's loss, r²/2 up to |r| = threshold and linear from there on, the mean over the outputs.
  case huber(threshold: Double)
}

/// The loss of one sample: α T² D_KL + (1 − α) L_CE (paper, Eqs. 4 and 7), or for numbers
/// α ℓ(student, teacher) + (1 − α) ℓ(student, target); without a teacher its last term, with α = 0.
///
/// The last `hints` outputs are no answers: each is to be the teacher's output of the same place, and
/// β (y − t)², the mean over them, is added.
public struct Loss: Sendable, Equatable {
  public let kind: LossKind
  public let hints: Int
  /// β ≥ 0.
  public let hintWeight: Double
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

  /// What the loss of two classes is averaged over; nil: values are exact. With it, outputs behind the two logits serve
  /// their moments.
  public let shots: ShotLaw?

  /// What keeps the division finite; the authors' own value.
  public static let deviationFloor = 1e-7

  public static let crossEntropy = Loss(distillationWeight: 0)

  @_noAllocation
  public init(
    distillationWeight: Double, temperature: Double = 1, direction: DistillationDirection = .studentFirst,
    labelSmoothing: Double = 0, standardizesLogits: Bool = false, kind: LossKind = .classes, hints: Int = 0,
    hintWeight: Double = 0, shots: ShotLaw? = nil
  ) {
    self.kind = kind
    self.hints = hints
    self.hintWeight = hintWeight
    self.shots = shots
    self.distillationWeight = distillationWeight
    self.temperature = temperature
    self.direction = direction
    self.labelSmoothing = labelSmoothing
    self.standardizesLogits = standardizesLogits
  }

  /// - Parameters:
  ///   - outputs: `[m]`: logits or numbers, then hints.
  ///   - label: the class; below 0 where it is not known, and the teacher alone is learnt from, with its weight α.
  ///   - values: the numbers that the outputs are to be, `[m]`, where outputs are numbers.
  ///   - teacher: the teacher's outputs `[m]`, or nil.
  ///   - derivative: `[m]`, overwritten with ∂loss/∂output.
  /// - Returns: the loss; of classes in nats.
  @_noAllocation
  public func evaluate(
    outputs: UnsafePointer<Double>, count m: Int, label: Int, values: UnsafePointer<Double>? = nil,
    teacher: UnsafePointer<Double>?, derivative: UnsafeMutablePointer<Double>
  ) -> Double {
    let answers = m - hints
    let hint = matchHints(outputs, teacher, answers, derivative)
    let alpha = teacher == nil ? 0 : distillationWeight
    guard case .classes = kind else {
      var (sum, j) = (0.0, 0)
      while j < answers {
        derivative[j] = 0
        if let values { sum += (1 - alpha) * distance(outputs[j], values[j], answers, 1 - alpha, derivative + j) }
        if let teacher, alpha > 0 { sum += alpha * distance(outputs[j], teacher[j], answers, alpha, derivative + j) }
        j += 1
      }
      return sum + hint
    }
    let entropy = crossEntropy(outputs, label, answers, alpha, derivative)
    guard let teacher, alpha > 0 else { return (1 - alpha) * entropy + hint }
    return (1 - alpha) * entropy + alpha * divergence(outputs, teacher, answers, alpha, derivative) + hint
  }

  /// L_CE; sets the derivative of (1 − α) L_CE.
  private func crossEntropy(
    _ logits: UnsafePointer<Double>, _ label: Int, _ m: Int, _ alpha: Double,
    _ derivative: UnsafeMutablePointer<Double>
  ) -> Double {
    let logNorm = logSumExp(logits, m, temperature: 1)
    var entropy = 0.0
    var j = 0
    while j < m {
      let target = labelSmoothing / Double(m) + (j == label ? 1 - labelSmoothing : 0)
      entropy -= target * (logits[j] - logNorm)
      derivative[j] = label < 0 ? 0 : (1 - alpha) * (qkd_exp(logits[j] - logNorm) - target)
      j += 1
    }
    return label < 0 ? 0 : entropy
  }

  /// ℓ of one of m numbers; adds weight · ∂ℓ/∂y.
  private func distance(
    _ value: Double, _ target: Double, _ m: Int, _ weight: Double, _ derivative: UnsafeMutablePointer<Double>
  ) -> Double {
    let residual = value - target
    switch kind {
    case .huber(let threshold) where abs(residual) > threshold:
      derivative.pointee += weight * (residual > 0 ? threshold : -threshold) / Double(m)
      return threshold * (abs(residual) - threshold / 2) / Double(m)
    case .huber:
      derivative.pointee += weight * residual / Double(m)
      return residual * residual / 2 / Double(m)
    case .squaredError, .classes:
      derivative.pointee += weight * 2 * residual / Double(m)
      return residual * residual / Double(m)
    }
  }

  /// β times the mean of (y − t)² over the hints; sets their derivatives.
  private func matchHints(
    _ outputs: UnsafePointer<Double>, _ teacher: UnsafePointer<Double>?, _ first: Int,
    _ derivative: UnsafeMutablePointer<Double>
  ) -> Double {
    var (sum, j) = (0.0, first)
    while j < first + hints {
      let residual = teacher.map { outputs[j] - $0[j] } ?? 0
      derivative[j] = hintWeight * 2 * residual / Double(hints)
      sum += hintWeight * residual * residual / Double(hints)
      j += 1
    }
    return sum
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
