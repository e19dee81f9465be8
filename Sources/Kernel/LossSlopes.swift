/// The loss of one sample and its slopes, from which a backward sweep starts. Adds loss, hits and the readout's own
/// gradient to the sums.
struct LossSlopes {
  let readout: Readout
  let loss: Loss
  let sums: GradientSums
  /// `[2][logit]`: logits, then slopes.
  let sample: UnsafeMutablePointer<Double>

  /// `[logit]`: weight · ∂loss/∂⟨O_j⟩.
  var values: UnsafeMutablePointer<Double> { sample + readout.logits }

  /// - Parameters:
  ///   - place: of the sample among the targets; it has one.
  ///   - expectation: ⟨O_j⟩ of the sample, by j.
  @inline(__always)
  func evaluate(_ targets: GroupTargets, at place: Int, expectation: (Int) -> Double) {
    let label = Int(targets.labels[place])
    let m = readout.logits
    var j = 0
    while j < m {
      sample[j] = expectation(j)
      j &+= 1
    }
    if let law = loss.shots {
      evaluate(law, targets, at: place)
      return
    }
    readout.apply(sample)
    sums.totals[0] +=
      targets.weight
      * loss.evaluate(
        outputs: sample, count: m, label: label, values: targets.values.map { $0 + place * m },
        teacher: targets.teacherLogits.map { $0 + place * m }, derivative: values)
    sums.totals[1] += argmax(sample, count: m - loss.hints) == label ? 1 : 0
    j = 0
    while j < m {
      var slope = targets.weight * values[j]
      if let pulls = targets.pulls { slope += pulls[place * m + j] }
      sums.scales[j] += slope * expectation(j)
      sums.biases[j] += slope
      values[j] = slope * readout.scales[j]
      j &+= 1
    }
  }

  /// The same for a loss that is averaged over measurements; `sample` holds the expectations. Outputs behind the logits
  /// have no readout.
  private func evaluate(_ law: ShotLaw, _ targets: GroupTargets, at place: Int) {
    let (label, m) = (Int(targets.labels[place]), readout.logits)
    let spread = law.spread(sample, readout.scales)
    let (first, second) = (sample[0], sample[1])
    sample[0] = readout.scales[0] * first + readout.biases[0]
    sample[1] = readout.scales[1] * second + readout.biases[1]
    sums.totals[1] += argmax(sample, count: 2) == label ? 1 : 0
    var result = law.mean(sample, spread: spread, slopes: values) {
      loss.evaluate(
        outputs: sample, count: m, label: label, values: nil, teacher: targets.teacherLogits.map { $0 + place * m },
        derivative: values)
    }
    (sample[0], sample[1]) = (first, second)
    sums.totals[0] += targets.weight * result.loss
    result.difference *= targets.weight
    result.deviation *= targets.weight
    law.addSlopes(result, sample, readout, sums, into: values)
  }
}
