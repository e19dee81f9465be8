/// The loss of one sample and its slopes, from which a backward sweep starts. Adds loss, hits and the readout's own
/// gradient to the sums.
struct LossSlopes {
  let readout: Readout
  let loss: Loss
  /// What the sample's loss is multiplied by.
  let weight: Double
  let sums: GradientSums
  /// `[2][logit]`: logits, then slopes.
  let sample: UnsafeMutablePointer<Double>

  /// `[logit]`: weight · ∂loss/∂⟨O_j⟩.
  var values: UnsafeMutablePointer<Double> { sample + readout.logits }

  /// - Parameters:
  ///   - values, teacher: as for `Loss.evaluate`, or nil.
  ///   - pulls: derivatives by the outputs that are added, or nil.
  ///   - expectation: ⟨O_j⟩ of the sample, by j.
  @inline(__always)
  func evaluate(
    label: Int, values target: UnsafePointer<Double>?, teacher: UnsafePointer<Double>?,
    pulls: UnsafePointer<Double>?, expectation: (Int) -> Double
  ) {
    let m = readout.logits
    var j = 0
    while j < m {
      sample[j] = expectation(j)
      j &+= 1
    }
    readout.apply(sample)
    sums.totals[0] +=
      weight
      * loss.evaluate(
        outputs: sample, count: m, label: label, values: target, teacher: teacher, derivative: values)
    sums.totals[1] += argmax(sample, count: m - loss.hints) == label ? 1 : 0
    j = 0
    while j < m {
      var slope = weight * values[j]
      if let pulls { slope += pulls[j] }
      sums.scales[j] += slope * expectation(j)
      sums.biases[j] += slope
      values[j] = slope * readout.scales[j]
      j &+= 1
    }
  }
}
