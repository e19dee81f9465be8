/// Samples by the forms, one after the other.
extension FormSet {
  /// - Parameters:
  ///   - rows: coefficients, `[sample][stride]`, the first `dimension` of each row.
  ///   - result: `[sample][logit]`.
  func applyReadout(
    _ readout: Readout, to rows: UnsafePointer<Double>, stride: Int, samples: Int,
    into result: UnsafeMutablePointer<Double>
  ) {
    var sample = 0
    while sample < samples {
      select(rows + sample * stride)
      let values = result + sample * logits
      var j = 0
      while j < logits {
        values[j] = expectation(j)
        j += 1
      }
      readout.apply(values)
      sample += 1
    }
  }

  /// Replaces the weights by the losses' derivatives by the forms.
  /// - Parameters:
  ///   - slopes: what losses, hits and the readout's gradient are added with.
  ///   - targets: by sample; `GroupTargets.noSample` is left out.
  ///   - rows: as for `applyReadout`.
  func setWeights(
    _ slopes: LossSlopes, _ targets: GroupTargets, rows: UnsafePointer<Double>, stride: Int, samples: Int
  ) {
    clearWeights()
    var sample = 0
    while sample < samples {
      if targets.labels[sample] != GroupTargets.noSample {
        select(rows + sample * stride)
        var j = 0
        while j < logits {
          expectations[j] = expectation(j)
          j += 1
        }
        slopes.evaluate(targets, at: sample) { expectations[$0] }
        j = 0
        while j < logits {
          addWeight(slopes.values[j], logit: j)
          j += 1
        }
      }
      sample += 1
    }
  }
}
