/// What a regression's trial does with targets, `[sample][output]`. Nothing allocates.
extension LabelledSet {
  /// √ of the mean of (output − target)² over samples and outputs.
  func rootMeanSquare(_ values: UnsafePointer<Double>, _ targets: UnsafePointer<Double>, outputs: Int) -> Double {
    var (sum, i) = (0.0, 0)
    while i < count * outputs {
      sum += (values[i] - targets[i]) * (values[i] - targets[i])
      i += 1
    }
    return (sum / Double(count * outputs)).squareRoot()
  }

  /// Targets drawn to their mean by a share: (1 − share) t + share t̄, what label smoothing is to classes.
  func smooth(
    _ targets: UnsafePointer<Double>, outputs: Int, share: Double, into result: UnsafeMutablePointer<Double>
  ) {
    var output = 0
    while output < outputs {
      var (mean, i) = (0.0, output)
      while i < count * outputs {
        mean += targets[i] / Double(count)
        i += outputs
      }
      i = output
      while i < count * outputs {
        result[i] = (1 - share) * targets[i] + share * mean
        i += outputs
      }
      output += 1
    }
  }
}
