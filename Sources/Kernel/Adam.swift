import CSupport

/// Adam (Kingma and Ba 2015, Algorithm 1) without weight decay, on borrowed memory.
public struct Adam: Sendable, Equatable {
  public let beta1: Double
  public let beta2: Double
  public let epsilon: Double

  @_noAllocation
  public init(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
  }

  /// One step of `count` parameters; `first` and `second` are the moments, zero before step 1.
  @_noAllocation
  public func step(
    _ step: Int, learningRate: Double, parameters: UnsafeMutablePointer<Double>, gradient: UnsafePointer<Double>,
    first: UnsafeMutablePointer<Double>, second: UnsafeMutablePointer<Double>, count: Int
  ) {
    let correction1 = 1 - qkd_pow(beta1, Double(step))
    let correction2 = 1 - qkd_pow(beta2, Double(step))
    var i = 0
    while i < count {
      let g = gradient[i]
      first[i] = beta1 * first[i] + (1 - beta1) * g
      second[i] = beta2 * second[i] + (1 - beta2) * g * g
      parameters[i] -= learningRate * (first[i] / correction1) / (qkd_sqrt(second[i] / correction2) + epsilon)
      i += 1
    }
  }
}

/// StepLR: the rate is multiplied by `factor` after every `every` steps.
public struct StepSchedule: Sendable, Equatable {
  public let every: Int
  public let factor: Double

  /// - Precondition: `every ≥ 1`.
  @_noAllocation
  public init(every: Int = 100, factor: Double = 0.5) {
    precondition(every >= 1)
    self.every = every
    self.factor = factor
  }

  /// What the base rate is multiplied by in a step, counted from 1.
  @_noAllocation
  public func multiplier(step: Int) -> Double { qkd_pow(factor, Double((step - 1) / every)) }
}
