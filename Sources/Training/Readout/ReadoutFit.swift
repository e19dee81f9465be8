import Budget
import Kernel

/// Solves a readout, logit_j = scale_j ⟨O_j⟩ + bias_j, for the least loss on a whole training set, with the circuit as
/// it is. It minimises
///
///     Σ_i loss(logits of sample i) + ½ · 10⁻⁸ · samples · ‖w‖²,   logit_j = w_j z_j + w_{m+j},
///
/// with z_j the expectation moved and scaled to mean 0 and variance 1 over the set, by Newton's method from w = 0.
///
/// - The penalty keeps the answer finite where the classes can be separated, and makes it unique: the softmax does not
///   see what is added to all logits, so the loss alone leaves the biases' sum open. On z, it does not depend on the
///   observables' units. It is so small that where classes can be separated the samples beside the threshold decide
///   where it stands: at 10⁻⁶ more distant ones pull at it, too.
/// - The loss is convex in w, and the answer its minimum, but for a divergence with the student first: there it is the
///   minimum that is found from w = 0. Numbers are fitted by least squares, in one step; Huber's loss, which is flat
///   far from its minimum, begins with their answer.
/// - An expectation whose spread is below 10⁻¹² is constant, and gets the scale 0.
/// - The answer depends on expectations and targets alone, not on scales and biases as they were: to solve twice is to
///   solve once. Sums are taken in the order of the samples, on the calling thread.
/// - Where Newton's method does not converge in 100 steps, the best so far is the answer.
///
/// Allocates nothing.
package struct ReadoutFit {
  static let ridge = 1e-8

  /// No more than memory was planned for.
  package var samples: Int
  package let logits: Int
  /// `[sample][logit]`, to be filled with what is fitted; solving standardises it.
  package let expectations: UnsafeMutablePointer<Double>
  /// `[scales and biases]`: room for those that solving replaces.
  package let before: UnsafeMutablePointer<Double>
  private let newton: DampedNewton
  /// `[logit]`: of z; of a sample.
  private let mean, deviation, values, slopes: UnsafeMutablePointer<Double>
  /// `[2][logit]`, and the loss's second derivatives `[logit][logit]`.
  private let scratch, curvature: UnsafeMutablePointer<Double>

  /// How many Doubles it takes beside the expectations.
  package static func workspaceCount(logits m: Int) -> Int {
    DampedNewton.workspaceCount(size: 2 * m) + m * (m + 8)
  }

  package init(
    samples: Int, logits m: Int, expectations: UnsafeMutablePointer<Double>, workspace: UnsafeMutablePointer<Double>
  ) {
    self.samples = samples
    logits = m
    self.expectations = expectations
    before = workspace
    mean = workspace + 2 * m
    deviation = workspace + 3 * m
    values = workspace + 4 * m
    slopes = workspace + 5 * m
    scratch = workspace + 6 * m
    curvature = workspace + 8 * m
    newton = DampedNewton(size: 2 * m, workspace: curvature + m * m)
  }

  /// - Parameters:
  ///   - members: `[sample]`: which of the set they are; nil: the first.
  ///   - labels, values, teacher: of the set: `[sample]`, `[sample][logit]` or nil.
  ///   - readout: `[scales, then biases]`, overwritten.
  @discardableResult
  package func solve(
    _ loss: Loss, members: UnsafePointer<Int32>? = nil, labels: UnsafePointer<Int32>,
    values: UnsafePointer<Double>? = nil, teacher: UnsafePointer<Double>?, into readout: UnsafeMutablePointer<Double>
  ) -> DampedNewton.Outcome {
    standardise()
    let weights = newton.point
    weights.update(repeating: 0, count: newton.size)
    if case .huber = loss.kind { minimise(loss.squared, members, labels, values, teacher) }
    let outcome = minimise(loss, members, labels, values, teacher)
    var j = 0
    while j < logits {
      readout[j] = deviation[j] > 0 ? weights[j] / deviation[j] : 0
      readout[logits + j] = weights[logits + j] - readout[j] * mean[j]
      j += 1
    }
    return outcome
  }

  /// From where the search stands.
  @discardableResult
  private func minimise(
    _ loss: Loss, _ members: UnsafePointer<Int32>?, _ labels: UnsafePointer<Int32>,
    _ values: UnsafePointer<Double>?, _ teacher: UnsafePointer<Double>?
  ) -> DampedNewton.Outcome {
    // So near that Newton's steps are good without a look, whatever the sums' rounding: a hundredth of what the penalty
    // holds them with.
    return newton.minimise(tolerance: 1e-2 * Self.ridge * Double(samples), fullSteps: 6) { place in
      derivatives(loss, members, labels, values, teacher, at: place)
    }
  }

  /// Makes z of the expectations, in two passes.
  private func standardise() {
    let m = logits
    mean.update(repeating: 0, count: m)
    deviation.update(repeating: 0, count: m)
    var (i, j) = (0, 0)
    while i < samples * m {
      mean[i % m] += expectations[i] / Double(samples)
      i += 1
    }
    i = 0
    while i < samples * m {
      expectations[i] -= mean[i % m]
      deviation[i % m] += expectations[i] * expectations[i] / Double(samples)
      i += 1
    }
    while j < m {
      let spread = deviation[j].squareRoot()
      deviation[j] = spread > 1e-12 ? spread : 0
      j += 1
    }
    i = 0
    while i < samples * m {
      expectations[i] = deviation[i % m] > 0 ? expectations[i] / deviation[i % m] : 0
      i += 1
    }
  }

  /// The objective at `weights`; leaves its derivatives with the search.
  private func derivatives(
    _ loss: Loss, _ members: UnsafePointer<Int32>?, _ labels: UnsafePointer<Int32>, _ targets: UnsafePointer<Double>?,
    _ teacher: UnsafePointer<Double>?, at weights: UnsafePointer<Double>
  ) -> Double {
    let (m, size) = (logits, newton.size)
    let penalty = Self.ridge * Double(samples)
    var objective = 0.0
    newton.curvature.update(repeating: 0, count: size * size)
    var j = 0
    while j < size {
      objective += penalty / 2 * weights[j] * weights[j]
      newton.gradient[j] = penalty * weights[j]
      newton.curvature[j * size + j] = penalty
      j += 1
    }
    var i = 0
    while i < samples {
      let z = expectations + i * m
      let sample = members.map { Int($0[i]) } ?? i
      let taught = teacher.map { $0 + sample * m }
      j = 0
      while j < m {
        values[j] = weights[j] * z[j] + weights[m + j]
        j += 1
      }
      let (label, target) = (Int(labels[sample]), targets.map { $0 + sample * m })
      objective += loss.evaluate(
        outputs: values, count: m, label: label, values: target, teacher: taught, derivative: slopes)
      loss.curvature(
        outputs: values, count: m, label: label, values: target, teacher: taught, scratch: scratch, into: curvature)
      add(z)
      i += 1
    }
    return objective
  }

  /// Adds a sample's derivatives; of the second ones the lower triangle alone.
  private func add(_ z: UnsafePointer<Double>) {
    let (m, size) = (logits, newton.size)
    var j = 0
    while j < m {
      newton.gradient[j] += slopes[j] * z[j]
      newton.gradient[m + j] += slopes[j]
      let (scaleRow, biasRow) = (newton.curvature + j * size, newton.curvature + (m + j) * size)
      var k = 0
      while k < m {
        let second = curvature[j * m + k]
        biasRow[k] += second * z[k]
        if k <= j {
          scaleRow[k] += second * z[j] * z[k]
          biasRow[m + k] += second
        }
        k += 1
      }
      j += 1
    }
  }
}

extension Loss {
  /// The same by squared error.
  fileprivate var squared: Loss {
    Loss(
      distillationWeight: distillationWeight, temperature: temperature, direction: direction,
      labelSmoothing: labelSmoothing, standardizesLogits: standardizesLogits, kind: .squaredError, hints: hints,
      hintWeight: hintWeight)
  }
}

/// The memory of a `ReadoutFit`.
package struct ReadoutFitMemory {
  private let samples, logits: Int
  private let expectations, workspace: Reservation<Double>

  /// - Parameter prefix: stands before the buffers' names in the plan.
  package init(_ prefix: String = "", samples: Int, logits: Int, in planner: inout Planner) {
    self.samples = samples
    self.logits = logits
    expectations = planner.reserve(
      prefix + "readout expectations", [Extent("samples", samples), Extent("logits", logits)], of: Double.self,
      lifetime: .run, owner: "Training")
    workspace = planner.reserve(
      prefix + "readout fit", [Extent("numbers", ReadoutFit.workspaceCount(logits: logits))], of: Double.self,
      lifetime: .run, owner: "Training")
  }

  package func bind(_ arena: borrowing Arena) -> ReadoutFit {
    ReadoutFit(
      samples: samples, logits: logits, expectations: arena.pointer(expectations), workspace: arena.pointer(workspace))
  }
}
